"""User input never becomes part of a query, a statement, a header, a log line or a page's code."""

from typing import Any

import pytest
from django.test import Client

from products.models import Product
from tests.factories import make_product, make_stock, make_store

pytestmark = [pytest.mark.service, pytest.mark.django_db]

HOSTILE = [
    "' OR 1=1 --",
    "'; DROP TABLE products_product; --",
    '{"match_all": {}}',
    "name:* OR _exists_:sku",
    "/.*.*.*.*.*a{50}/",
    "(((((((((((",
    "* ~ ? \\ \" ' + - && || ! ^ [ ] { } :",
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% debug %}",
    "%00%0d%0aSet-Cookie: a=b",
    "\r\nSet-Cookie: a=b",
    "🙂" * 60,
    "é" * 200,
    "=HYPERLINK(A1)",
]


@pytest.fixture(autouse=True)
def world() -> dict[str, Any]:
    store, product = make_store(), make_product("Copper kettle", sku="CK-1")
    make_product("Secret thing", active=False)
    make_stock(store, product, 5)
    return {"store": store.pk, "product": product.pk}


@pytest.mark.parametrize("text", HOSTILE)
def test_search_treats_hostile_text_as_words(client: Client, text: str) -> None:
    found = client.get("/search/products/", {"q": text})
    suggested = client.get("/search/suggest/", {"q": text})
    page = client.get("/search/", {"q": text})
    assert (found.status_code, page.status_code) == (200, 200)
    assert suggested.status_code in {200, 400}
    assert "Secret thing" not in found.content.decode()
    assert "<script>alert(1)" not in page.content.decode()
    assert not any("Set-Cookie: a=b" in str(answer.headers) for answer in (found, suggested, page))
    assert Product.objects.count() == 2


@pytest.mark.parametrize(
    "parameter", ["category", "brand", "sort", "price_min", "store_id", "page", "page_size", "cursor"]
)
def test_search_parameters_are_checked(client: Client, parameter: str) -> None:
    statuses = {text: client.get("/search/products/", {parameter: text}).status_code for text in HOSTILE}
    assert {text: status for text, status in statuses.items() if status not in {200, 400}} == {}


@pytest.mark.parametrize("text", HOSTILE)
def test_store_pages_and_lists_are_checked(client: Client, world: dict[str, Any], text: str) -> None:
    lists = [
        client.get(f"/stores/{world['store']}/inventory/", {"q": text}),
        client.get(f"/stores/{world['store']}/inventory/", {"page": text}),
        client.get("/stores/", {"page": text}),
        client.get("/store/", {"city": text, "near": text}),
    ]
    assert all(answer.status_code in {200, 400, 404} for answer in lists)


def test_pages_never_redirect_to_another_site(client: Client, world: dict[str, Any]) -> None:
    for target in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        answer = client.post("/store/choose/", {"store_id": world["store"], "next": target})
        assert answer["Location"].startswith("/")
        assert not answer["Location"].startswith("//")


def test_other_sites_may_not_read_responses(client: Client) -> None:
    answer = client.options(
        "/orders/", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    )
    assert not [header for header in answer.headers if header.lower().startswith("access-control")]


def test_policy_of_pages_forbids_inline_code(client: Client) -> None:
    page = client.get("/")
    policy = page["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert (page["X-Frame-Options"], page["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert page["Referrer-Policy"] == "same-origin"
    assert page["Cross-Origin-Opener-Policy"] == "same-origin"


def test_depth_and_size_of_a_search_are_bounded(client: Client) -> None:
    too_much: list[dict[str, Any]] = [
        {"q": "a" * 201},
        {"page": 101, "page_size": 100},
        {"page_size": 101},
        {"q": "x", "page": 0},
    ]
    assert [client.get("/search/products/", parameters).status_code for parameters in too_much] == [400] * 4
    many_words = " ".join(["kettle"] * 28)
    assert client.get("/search/products/", {"q": many_words}).status_code == 200


def test_order_of_too_many_lines_or_units_is_refused(client: Client, world: dict[str, Any]) -> None:
    line = {"product_id": world["product"], "quantity": 1}
    for items in ([line] * 101, [{**line, "quantity": 10**9}], [{**line, "quantity": 0}], []):
        body = {"store_id": world["store"], "items": items}
        assert client.post("/orders/", body, content_type="application/json").status_code == 400
