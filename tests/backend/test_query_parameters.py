"""A parameter that nothing reads is refused and named, on every route of the API; pages ignore it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.views import APIView

from foundation.parameters import Parameters
from orders.models import Order
from tests.factories import make_product, make_stock, make_store, make_user
from webhooks.services import create_subscription

pytestmark = [pytest.mark.service, pytest.mark.django_db]

# They read no parameters, and a client may add its own to get past a cache.
ELSEWHERE = {"schema/", "docs/", "auth/token/"}
QUERIES = {"search/suggest/": "q=lamp&", "products/batch/": "id=1&"}
WRITES = {"products/": "sku=L-1&"}
NOT_READ = "pagesize=5&near=1&near=2"


def routes(patterns: list[Any] | None = None, above: str = "") -> Iterator[tuple[str, Any]]:
    """Every route of the API with its view."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and issubclass(getattr(pattern.callback, "cls", object), APIView):
            yield route, pattern.callback.cls  # type: ignore[attr-defined]  # a class-based view has it


ROUTES = {
    (method, route): view
    for route, view in routes()
    for method in ("GET", "POST", "PATCH")
    if route not in ELSEWHERE and hasattr(view, method.lower())
}
LISTS = sorted(route for (method, route), view in ROUTES.items() if method == "GET" and hasattr(view, "paginator"))


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(make_user("admin", is_staff=True, is_superuser=True))
    return client


def address(route: str, method: str = "GET") -> str:
    """An address of the route at which there is something."""
    store, product = make_store(), make_product()
    make_stock(store, product, 1)
    order = Order.objects.create(store=store, customer=make_user(), status="CONFIRMED", total=1)
    hook = create_subscription(name="ERP", url="https://erp.example/", kinds=["order.confirmed"]).subscription
    ids = {
        "store_id": store.pk,
        "product_id": product.pk,
        "pk": product.pk,
        "sku": product.sku,
        "order_id": order.pk,
        "subscription_id": hook.pk,
    }
    query = QUERIES.get(route, "") if method == "GET" else WRITES.get(route, "")
    return f"/{re.sub(r'<[a-z]+:([a-z_]+)>', lambda found: str(ids.get(found[1], 1)), route)}?{query}"


def named(response: Any) -> tuple[int, set[str]]:
    return response.status_code, {error["field"] for error in response.json()["errors"]}


@pytest.mark.parametrize(("method", "route"), sorted(ROUTES))
def test_unknown_parameters_are_named(staff: Client, method: str, route: str) -> None:
    response = staff.generic(method, address(route, method) + NOT_READ, "{}", content_type="application/json")
    assert named(response) == (400, {"pagesize", "near"})


@pytest.mark.parametrize("route", LISTS)
def test_parameters_of_pages_are_known_and_have_one_value(staff: Client, route: str) -> None:
    url = address(route)
    assert staff.get(f"{url}page_size=5").status_code == 200
    assert named(staff.get(f"{url}page_size=5&page_size=6")) == (400, {"page_size"})


def test_every_wrong_parameter_is_named_at_once(client: Client) -> None:
    response = client.get(f"{address('stores/<int:store_id>/inventory/')}low_stock=perhaps&low=1&q=a&q=b")
    assert named(response) == (400, {"low_stock", "low", "q"})
    detail = next(error["message"] for error in response.json()["errors"] if error["field"] == "low")
    assert detail == "There is no parameter low. There are: q, low_stock, page, page_size."


@pytest.mark.parametrize("page", ["/", "/search/?q=lamp", "/store/", "/basket/", "/account/", "/sign-in/"])
def test_pages_ignore_what_advertisements_add(client: Client, page: str) -> None:
    added = "utm_source=mail&utm_source=again&gclid=1&fbclid=2"
    assert client.get(f"{page}{'&' if '?' in page else '?'}{added}").status_code == 200


class Coloured(Parameters):
    dynamic_names = re.compile(r"attr\.[a-z]+")
    q = serializers.CharField(required=False)


def test_names_that_match_a_pattern_may_repeat() -> None:
    valid = Coloured().run_validation(QueryDict("q=lamp&attr.colour=red&attr.colour=blue&attr.size=1"))
    assert valid == {"q": "lamp", "dynamic": {"attr.colour": ["red", "blue"], "attr.size": ["1"]}}
    with pytest.raises(ValidationError) as refused:
        Coloured().run_validation(QueryDict("attr.Colour=red&attribute=1"))
    assert set(refused.value.get_full_details()) == {"attr.Colour", "attribute"}
