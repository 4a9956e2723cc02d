"""Who may do what: every route of the URL configuration, every method, every kind of caller.

A route without a row here fails. A method that a row does not name must be refused to everyone.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from orders.models import Order, OrderItem
from tests.factories import make_product, make_staff, make_stock, make_store, make_user
from webhooks.services import create_subscription, send_test

pytestmark = [pytest.mark.service, pytest.mark.django_db]

CALLERS = ("anonymous", "customer", "other customer", "staff", "staff elsewhere", "admin")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REFUSED = {401, 403, 405, 429}

# The order is `customer`'s, at the store where `staff` works. A row is the status for each of
# CALLERS.
ANYONE = "200 200 200 200 200 200"
ANYONE_GOES_ON = "302 302 302 302 302 302"
ANYONE_BAD = "400 400 400 400 400 400"
MATRIX: dict[tuple[str, str], str] = {
    ("health/live", "GET"): ANYONE,
    ("health/ready", "GET"): ANYONE,
    ("metrics", "GET"): ANYONE,  # from this machine: test_metrics.py has the others
    ("schema/", "GET"): ANYONE,
    ("docs/", "GET"): ANYONE,
    ("auth/token/", "POST"): ANYONE_BAD,  # no password was sent
    ("auth/token/", "DELETE"): "401 401 401 401 401 401",  # a session is no token
    ("auth/register/", "POST"): "201 201 201 201 201 201",
    ("auth/password/reset/", "POST"): "202 202 202 202 202 202",
    ("auth/password/reset/confirm/", "POST"): ANYONE_BAD,  # the code is wrong
    ("search/products/", "GET"): ANYONE,
    ("search/suggest/", "GET"): ANYONE,
    ("search/products/", "POST"): ANYONE,
    ("search/suggest/", "POST"): ANYONE,
    ("search/multi/", "POST"): ANYONE,
    ("search/clicks/", "POST"): "202 202 202 202 202 202",
    # Writing needs the permission to change products, which here only the admin has.
    ("media/<path:name>", "GET"): "404 404 404 404 404 404",  # SERVE_MEDIA is off
    ("products/", "GET"): "401 403 403 403 403 200",
    ("products/", "PUT"): "401 403 403 403 403 400",  # without a SKU
    ("products/", "PATCH"): "401 403 403 403 403 400",
    ("products/", "DELETE"): "401 403 403 403 403 400",
    ("products/bulk/", "POST"): "401 403 403 403 403 200",
    ("products/sku/<path:sku>/", "GET"): "401 403 403 403 403 200",
    ("products/sku/<path:sku>/", "PUT"): "401 403 403 403 403 200",
    ("products/sku/<path:sku>/", "PATCH"): "401 403 403 403 403 200",
    ("products/sku/<path:sku>/", "DELETE"): "401 403 403 403 403 200",
    ("products/<sku:sku>/", "GET"): ANYONE,
    ("products/<sku:sku>/", "PUT"): "401 403 403 403 403 201",  # the product's id is not its SKU
    ("products/<sku:sku>/", "PATCH"): "401 403 403 403 403 404",
    ("products/<sku:sku>/", "DELETE"): "401 403 403 403 403 404",
    ("products/batch/", "GET"): ANYONE,
    ("products/<sku:sku>/stock/", "GET"): ANYONE,
    ("categories/", "GET"): ANYONE,
    ("config/", "GET"): ANYONE,
    ("stores/", "GET"): ANYONE,
    ("stores/<int:store_id>/", "GET"): ANYONE,
    ("stores/<int:store_id>/inventory/", "GET"): ANYONE,
    ("stores/<int:store_id>/inventory/<int:product_id>/", "PATCH"): "401 403 403 200 403 200",
    ("stores/<int:store_id>/orders/", "GET"): "401 403 403 200 403 200",
    ("orders/", "GET"): "401 200 200 200 200 200",
    ("orders/", "POST"): "201 201 201 201 201 201",  # GUEST_CHECKOUT is on; orders' tests turn it off
    ("orders/<uuid:order_id>/", "GET"): "404 200 404 200 404 200",
    ("orders/<uuid:order_id>/cancel/", "POST"): "404 200 404 200 404 200",
    # The permissions of the admin; `test_webhook_api.py` has each of them.
    ("webhooks/", "GET"): "401 403 403 403 403 200",
    ("webhooks/", "POST"): "401 403 403 403 403 201",
    ("webhooks/<int:subscription_id>/", "GET"): "401 403 403 403 403 200",
    ("webhooks/<int:subscription_id>/", "PATCH"): "401 403 403 403 403 200",
    ("webhooks/<int:subscription_id>/", "DELETE"): "401 403 403 403 403 204",
    ("webhooks/<int:subscription_id>/rotate-secret/", "POST"): "401 403 403 403 403 200",
    ("webhooks/<int:subscription_id>/test/", "POST"): "401 403 403 403 403 202",
    ("webhooks/<int:subscription_id>/redeliver/", "POST"): "401 403 403 403 403 202",
    ("webhooks/<int:subscription_id>/deliveries/", "GET"): "401 403 403 403 403 200",
    ("webhooks/<int:subscription_id>/deliveries/<int:delivery_id>/redeliver/", "POST"): "401 403 403 403 403 202",
    ("", "GET"): ANYONE,
    ("search/", "GET"): ANYONE,
    ("product/<int:product_id>/", "GET"): ANYONE,
    ("compare/", "GET"): ANYONE,
    ("favicon.ico", "GET"): ANYONE_GOES_ON,
    ("store/", "GET"): ANYONE,
    ("store/choose/", "POST"): ANYONE_GOES_ON,
    ("basket/", "GET"): ANYONE,
    ("basket/add/", "POST"): ANYONE_BAD,
    ("basket/update/", "POST"): ANYONE_GOES_ON,
    ("basket/fit/", "POST"): ANYONE_GOES_ON,
    ("checkout/", "POST"): ANYONE_GOES_ON,
    ("order/<uuid:order_id>/", "GET"): "404 200 404 200 404 200",
    ("order/<uuid:order_id>/cancel/", "POST"): "404 302 404 302 404 302",
    ("order/<uuid:order_id>/take-available/", "POST"): "404 302 404 302 404 302",
    ("account/", "GET"): ANYONE,
    ("sign-in/", "GET"): "200 302 302 302 302 302",
    ("sign-in/", "POST"): "200 302 302 302 302 302",
    ("sign-in/", "PUT"): "200 302 302 302 302 302",  # Django's form view takes PUT for POST
    ("sign-in/", "PATCH"): "405 302 302 302 302 302",  # signed-in callers are redirected before the method is checked
    ("sign-in/", "DELETE"): "405 302 302 302 302 302",
    ("sign-out/", "POST"): ANYONE_GOES_ON,
    ("register/", "GET"): "200 302 302 302 302 302",
    ("register/", "POST"): "200 302 302 302 302 302",  # without the fields
    ("forgotten-password/", "GET"): ANYONE,
    ("forgotten-password/", "POST"): ANYONE,  # without an address
    ("new-password/", "GET"): ANYONE,
    ("new-password/", "POST"): ANYONE,  # without a code
    ("staff/", "GET"): "302 200 200 302 302 200",
    ("staff/<int:store_id>/orders/", "GET"): "302 403 403 200 403 200",
    ("staff/<int:store_id>/inventory/", "GET"): "302 403 403 200 403 200",
    ("staff/<int:store_id>/inventory/<int:product_id>/", "POST"): "302 403 403 302 403 302",
    ("admin/", "GET"): "302 302 302 302 302 200",
    ("admin/", "POST"): "302 302 302 302 302 200",
    ("admin/", "PUT"): "302 302 302 302 302 200",
    ("admin/", "PATCH"): "302 302 302 302 302 200",
    ("admin/", "DELETE"): "302 302 302 302 302 200",
    **{("admin/dashboard/", method): "302 302 302 302 302 200" for method in METHODS},
}


@dataclass
class World:
    clients: dict[str, Client]
    arguments: dict[str, Any]
    bodies: dict[str, dict[str, Any]]

    def url(self, route: str, method: str = "GET") -> str:
        """The address of a route with this world's store, product and order in it."""
        for name, value in self.arguments.items():
            for kind in ("int", "uuid", "sku", "path"):
                route = route.replace(f"<{kind}:{name}>", str(value[kind] if isinstance(value, dict) else value))
        return f"/{route}{QUERIES.get(route, '') if method == 'GET' or route not in self.bodies else ''}"


HOOK: dict[str, Any] = {"name": "ERP", "url": "https://erp.example.com/hook", "kinds": ["order.confirmed"]}
QUERIES = {"search/suggest/": "?q=kettle", "products/batch/": "?id=1"}


@pytest.fixture
def world() -> World:
    store, elsewhere, product = make_store(), make_store("Elsewhere"), make_product(price="10.00")
    make_stock(store, product, 50)
    customer = make_user("customer")
    order = Order.objects.create(store=store, customer=customer, status=Order.Status.CONFIRMED, total="10.00")
    line = {"sku": product.sku, "name": product.name, "quantity": 1, "unit_price": "10.00", "line_total": "10.00"}
    OrderItem.objects.create(order=order, product=product, **line)
    users = {
        "customer": customer,
        "other customer": make_user("other"),
        "staff": make_staff(store),
        "staff elsewhere": make_staff(elsewhere),
        "admin": make_user("admin", is_staff=True, is_superuser=True),
    }
    clients = {"anonymous": Client(), **{name: Client() for name in users}}
    for name, user in users.items():
        clients[name].force_login(user)
    whole = {"name": "Lamp", "price": "1.00"}
    bodies: dict[str, dict[str, Any]] = {
        "products/<sku:sku>/": whole,
        "products/sku/<path:sku>/": whole,
        "products/bulk/": {"operations": [{"method": "DELETE", "sku": product.sku}]},
        "orders/": {"store_id": store.pk, "items": [{"product_id": product.pk, "quantity": 1}]},
        "stores/<int:store_id>/inventory/<int:product_id>/": {"adjust": 1},
        "webhooks/": HOOK,
        "search/suggest/": {"q": "kettle"},
        "search/multi/": {"searches": [{"q": "kettle"}]},
        "auth/register/": {"username": "new", "email": "new@example.com", "password": "a long secret"},
        "auth/password/reset/": {"email": "new@example.com"},
        "auth/password/reset/confirm/": {"code": "wrong", "password": "a long secret"},
        "search/clicks/": {"q": "kettle", "product_id": product.pk, "position": 1},
    }
    sku = {"sku": product.pk, "path": product.sku, "int": "", "uuid": ""}
    named = {"name": "picture.png", "store_id": store.pk, "product_id": product.pk, "sku": sku, "order_id": order.pk}
    subscription = create_subscription(**HOOK).subscription
    named |= {"subscription_id": subscription.pk, "delivery_id": send_test(subscription_id=subscription.pk).pk}
    return World(clients, named, bodies)


def routes(patterns: Any = None, above: str = "") -> Iterator[str]:
    """Every route of the project; the admin's are one."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = above + str(pattern.pattern)
        if isinstance(pattern, URLPattern) or route == "admin/":
            yield route
        elif isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)


def status_of(client: Client, method: str, world: World, route: str) -> int:
    """The status of one request, whose changes are rolled back."""
    if route.startswith(API) or method != "POST":
        sent = {"data": world.bodies.get(route, {}), "content_type": "application/json"}
    else:
        sent = {"data": FORMS.get(route, {})}
    before = transaction.savepoint()
    status: int = getattr(client, method.lower())(
        world.url(route, method), **({} if method == "GET" else sent)
    ).status_code
    transaction.savepoint_rollback(before)
    return status


API = (
    "auth/",
    "orders/",
    "stores/",
    "search/products",
    "search/suggest",
    "search/multi",
    "search/clicks",
    "products/",
    "webhooks/",
)
FORMS = {"staff/<int:store_id>/inventory/<int:product_id>/": {"kind": "adjust", "units": "1"}}


def test_every_route_has_a_row() -> None:
    assert {route for route, _ in MATRIX} == set(routes())


@pytest.mark.parametrize("route", sorted(set(routes())))
def test_route_returns_the_expected_status_to_each_caller(world: World, route: str) -> None:
    for method in METHODS:
        expected = MATRIX.get((route, method))
        answers = {name: status_of(client, method, world, route) for name, client in world.clients.items()}
        if expected is None:
            assert set(answers.values()) <= REFUSED, method
        else:
            assert answers == dict(zip(CALLERS, map(int, expected.split()), strict=True)), method


def test_missing_order_looks_like_the_order_of_another_customer(world: World) -> None:
    stranger = world.clients["other customer"]
    existing = stranger.get(world.url("orders/<uuid:order_id>/"))
    missing = stranger.get(f"/orders/{uuid.uuid4()}/")
    assert {**existing.json(), "instance": ""} == {**missing.json(), "instance": ""}


def test_responses_for_one_caller_are_not_cacheable(world: World) -> None:
    customer = world.clients["customer"]
    mine = [customer.get(world.url(route)) for route in ("orders/<uuid:order_id>/", "stores/", "search/products/")]
    assert [answer["Cache-Control"] for answer in mine] == ["private, no-store"] * 3
    assert world.clients["anonymous"].get("/stores/")["Cache-Control"].startswith("public")


def test_admin_is_for_admins(world: World) -> None:
    pages = [f"/admin/{app}/" for app in ("orders/order", "stores/inventory", "products/product", "auth/user")]
    for caller in CALLERS[:-1]:
        assert {world.clients[caller].get(page).status_code for page in pages} == {302}
    assert {world.clients["admin"].get(page).status_code for page in pages} <= {200, 404}


def test_forms_are_refused_without_a_csrf_token(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = world.clients["customer"].cookies
    pages = ("checkout/", "basket/add/", "order/<uuid:order_id>/cancel/", "orders/<uuid:order_id>/cancel/", "sign-out/")
    assert {client.post(world.url(page)).status_code for page in pages} == {403}
