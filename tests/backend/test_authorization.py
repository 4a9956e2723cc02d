"""An Authorization header names a caller, or the request is refused: it is never an anonymous one."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from django.utils import timezone
from knox.models import AuthToken
from pytest_django import Settings

from backend.api import schema
from orders.models import Order
from stores.models import Store
from tests.backend.test_middleware_order import addresses
from tests.factories import make_stocked, make_user

pytestmark = [pytest.mark.service, pytest.mark.django_db]

# They answer while PostgreSQL, which has the tokens, is unavailable.
WITHOUT_CALLERS = {"/health/live", "/health/ready"}
SCHEMES = ["Bearer", "Token", "bearer", "TOKEN"]


@pytest.fixture
def token() -> str:
    text: str = AuthToken.objects.create(user=make_user("ada"))[1]
    return text


def unusable(token: str) -> list[str]:
    return [
        *("", " ", "Bearer", "Token ", "Bearer  ", token, f"Basic {token}", f"Bearer{token}"),
        *(f"Bearer {token}x", f"Bearer {token} more", f"Bearer {token}, Bearer {token}", f"Bearer: {token}"),
        *("Bearer é", "Bearer null", f"Token {token[:-1]}", f"Bearer Token {token}", "Bearer \t"),
    ]


@pytest.mark.parametrize("path", ["/search/products/", "/search/suggest/?q=lamp", "/orders/", "/schema/", "/"])
def test_unusable_header_is_refused(client: Client, token: str, path: str) -> None:
    for header in unusable(token):
        response = client.get(path, headers={"Authorization": header})
        assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer"), header
        assert response["Content-Type"] == "application/problem+json"


def test_unusable_header_is_refused_on_every_route(client: Client) -> None:
    everywhere = set(addresses(get_resolver().url_patterns)) - WITHOUT_CALLERS
    assert {"/", "/search/products/", "/docs/", "/metrics", "/auth/token/", "/orders/"} <= everywhere
    statuses = {
        (method, path): client.generic(method, path, headers={"Authorization": "Bearer nobody"}).status_code
        for path in everywhere
        for method in ("GET", "POST")
        if (method, path) != ("POST", "/metrics")  # has only GET
    }
    assert {request: status for request, status in statuses.items() if status != 401} == {}


def test_health_is_answered_whatever_the_header_is(client: Client) -> None:
    for path in WITHOUT_CALLERS:
        assert client.get(path, headers={"Authorization": "Bearer nobody"}).status_code == 200


@pytest.mark.parametrize("scheme", SCHEMES)
def test_token_is_accepted_by_either_name(client: Client, token: str, scheme: str) -> None:
    sent = {"Authorization": f"{scheme} {token}"}
    for path in ("/search/products/", "/search/suggest/?q=lamp", "/stores/", "/schema/", "/"):
        assert client.get(path, headers=sent).status_code == 200
    assert client.delete("/auth/token/", headers=sent).status_code == 204
    assert client.get("/stores/", headers=sent).status_code == 401


def test_expired_token_and_token_of_an_inactive_user_are_refused_by_a_search(client: Client, token: str) -> None:
    sent = {"Authorization": f"Bearer {token}"}
    AuthToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    assert client.get("/search/products/", headers=sent).status_code == 401
    _, another = AuthToken.objects.create(user=make_user("bob", is_active=False))
    assert client.get("/search/products/", headers={"Authorization": f"Bearer {another}"}).status_code == 401


@pytest.mark.parametrize("scheme", SCHEMES)
def test_order_belongs_to_the_customer_of_the_token(client: Client, store: Store, token: str, scheme: str) -> None:
    body = {"store_id": store.pk, "items": [{"product_id": make_stocked(store, 5).pk, "quantity": 1}]}
    sent = {"Authorization": f"{scheme} {token}"}
    placed = client.post("/orders/", body, content_type="application/json", headers=sent)
    order = Order.objects.select_related("customer").get(pk=placed.json()["id"])
    assert (placed.status_code, order.customer and order.customer.get_username()) == (201, "ada")
    path = f"/orders/{order.pk}/"
    assert (client.get(path).status_code, client.get(path, headers=sent).status_code) == (404, 200)


def test_header_costs_one_look_up(client: Client, token: str, django_assert_num_queries: Any) -> None:
    sent = {"Authorization": f"Bearer {token}"}
    with django_assert_num_queries(3):  # the token, its user's tokens (knox), the count of stores
        client.get("/stores/", headers=sent)


def operation(client: Client, path: str) -> Any:
    return client.get("/schema/?format=json").json()["paths"][path]["post"]


def test_schema_says_that_tokens_are_bearer_tokens(client: Client) -> None:
    schemes = client.get("/schema/?format=json").json()["components"]["securitySchemes"]
    assert {"type": "http", "scheme": "bearer"} in schemes.values()
    assert {"knoxApiToken": []} in operation(client, "/orders/")["security"]
    assert "401" in operation(client, "/search/clicks/")["responses"]


def test_schema_says_whether_guests_may_order(client: Client, settings: Settings) -> None:
    assert {} in operation(client, "/orders/")["security"]
    settings.GUEST_CHECKOUT = False
    schema.document.cache_clear()
    assert {} not in operation(client, "/orders/")["security"]


def test_caller_without_a_token_is_told_to_send_one(client: Client) -> None:
    refused = client.get("/orders/")
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, "Bearer")


def test_schema_is_made_once_for_all_callers(client: Client, token: str) -> None:
    callers: list[dict[str, str]] = [{}, {"Authorization": f"Bearer {token}"}, {"Origin": "https://shop.example"}]
    answers = [client.get("/schema/?format=json", headers=headers) for headers in callers]
    assert [answer["Content-Type"] for answer in answers] == ["application/vnd.oai.openapi+json"] * 3
    assert len({answer.content for answer in answers}) == 1
    assert client.get("/schema/")["Content-Type"] == "application/vnd.oai.openapi; charset=utf-8"
    assert schema.document.cache_info().misses == 2


def test_signing_in_needs_no_token(client: Client) -> None:
    assert not any(operation(client, "/auth/token/").get("security", []))
