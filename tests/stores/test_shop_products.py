"""What anybody may read of products with their stock: one, several, and the stock of one across stores."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from products.models import Product
from tests.factories import make_attribute, make_product, make_stock, make_store

pytestmark = [pytest.mark.django_db, pytest.mark.service]

BATCH = "/products/batch/"
PRIVATE = {"active", "popularity", "created_at", "updated_at"}


@pytest.fixture
def laptop() -> Product:
    make_attribute("memory", "number", unit="GB")
    make_attribute("margin", filterable=False, shown=False)
    make_attribute("series", shown=False)
    return make_product(
        "Laptop",
        sku="L/1",
        attributes={"margin": "high", "memory": 8, "series": "Aero"},
        images=[{"url": "front.png", "alt": "Front"}, {"url": "https://x.example/b.png", "alt": ""}],
    )


def test_product_has_what_anybody_may_read_and_nothing_else(api: APIClient, laptop: Product) -> None:
    store = make_store()
    make_stock(store, laptop, 3)
    make_stock(make_store(), laptop, 0)
    shown = api.get(f"/products/{laptop.pk}/", {"store_id": store.pk}).json()
    assert shown["attributes"] == {"memory": 8, "series": "Aero"}
    assert shown["specifications"] == [{"code": "memory", "label": "Memory", "text": "8\u00a0GB"}]
    assert shown["images"] == [
        {"url": "/media/front.png", "alt": "Front"},
        {"url": "https://x.example/b.png", "alt": ""},
    ]
    assert shown["stock"] == {"in_stock": True, "stores": 1, "quantity": 3}
    assert not PRIVATE & shown.keys()
    assert api.get(BATCH, {"id": laptop.pk, "store_id": store.pk}).json() == {"products": [shown]}


def test_several_products_come_by_id_or_sku_in_the_order_of_the_request(api: APIClient) -> None:
    lamp, chair, table = make_product("Lamp"), make_product("Chair", sku="C 1"), make_product("Table")
    hidden = make_product("Hidden", active=False, sku="H")
    query: dict[str, Any] = {
        "id": [table.pk, hidden.pk, 999_999, lamp.pk, table.pk],
        "sku": ["C 1", "H", "none", lamp.sku],
    }
    assert [one["id"] for one in api.get(BATCH, query).json()["products"]] == [table.pk, lamp.pk, chair.pk]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "id"),
        ({"id": "one"}, "id[0]"),
        ({"sku": [f"S{number}" for number in range(101)]}, "sku"),
        ({"id": [str(number) for number in range(1, 61)], "sku": [f"S{number}" for number in range(60)]}, "id"),
        ({"id": "1", "store_id": "9999"}, "store_id"),
        ({"id": "1", "brand": "HP"}, "brand"),
    ],
)
def test_bad_batch_is_refused_by_name(api: APIClient, query: dict[str, Any], field: str) -> None:
    refused = api.get(BATCH, query)
    assert (refused.status_code, [error["field"] for error in refused.json()["errors"]]) == (400, [field])


def test_number_is_an_id_and_anything_else_a_sku(api: APIClient) -> None:
    product = make_product("Lamp", sku="O-1")
    numbered = make_product("Numbered", sku=str(product.pk))
    unlike_any_id = make_product("Unlike any id", sku="0999999")
    assert api.get("/products/O-1/").json()["id"] == product.pk
    assert api.get(f"/products/{numbered.sku}/").json()["id"] == product.pk
    for nothing in (unlike_any_id.sku, "none", "9" * 40):
        assert api.get(f"/products/{nothing}/").status_code == 404
        assert api.get(f"/products/{nothing}/stock/").status_code == 404


@pytest.fixture
def stocked(laptop: Product) -> Product:
    zurich = make_store("Zürich", city="Zürich", latitude=Decimal("47.37"), longitude=Decimal("8.54"))
    make_stock(zurich, laptop, 0)
    bern = make_store("Bern", city="Bern", latitude=Decimal("46.95"), longitude=Decimal("7.45"))
    make_stock(bern, laptop, 2)
    make_stock(make_store("Online"), laptop, 40)
    make_stock(make_store("Elsewhere"), make_product("Lamp"), 1)
    return laptop


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [("Bern", 2), ("Online", 40), ("Zürich", 0)]),
        ({"in_stock": "true"}, [("Bern", 2), ("Online", 40)]),
        ({"in_stock": "false"}, [("Zürich", 0)]),
        ({"near": "47.4,8.5"}, [("Zürich", 0), ("Bern", 2), ("Online", 40)]),
        ({"near": "47.4,8.5", "in_stock": "on"}, [("Bern", 2), ("Online", 40)]),
        ({"city": "zurich"}, [("Zürich", 0)]),
        ({"page_size": "1", "page": "2"}, [("Online", 40)]),
    ],
)
def test_stock_is_listed_across_stores(
    api: APIClient, stocked: Product, query: dict[str, str], found: list[tuple[str, int]]
) -> None:
    rows = api.get(f"/products/{stocked.pk}/stock/", query).json()["results"]
    assert [(row["store"]["name"], row["quantity"]) for row in rows] == found
    assert [row["in_stock"] for row in rows] == [quantity > 0 for _, quantity in found]
    assert all((row["distance_km"] is not None) == ("near" in query) for row in rows if row["store"]["latitude"])


def test_stock_of_a_hidden_product_is_not_found(api: APIClient) -> None:
    product = make_product(active=False)
    make_stock(make_store(), product, 1)
    assert api.get(f"/products/{product.pk}/stock/").status_code == 404


def test_number_of_queries_is_the_same_for_1_and_3_rows(api: APIClient, laptop: Product) -> None:
    products = [laptop]
    counts = []
    for more in (1, 2):
        for number in range(more):
            store = make_store()
            make_stock(store, laptop, 1)
            products.append(make_product(f"Lamp {number}", category=f"Lamps > {more}{number}"))
        ids = [product.pk for product in products[: 2 * more - 1]]
        taken = []
        for path, query in ((BATCH, {"id": ids}), (f"/products/{laptop.pk}/stock/", {"near": "1,2"})):
            with CaptureQueriesContext(connection) as queries:
                api.get(path, query)
            taken.append(len(queries))
        counts.append(taken)
    assert counts == [[3, 3], [3, 3]]  # products, attributes, stock; the product, the number of stores, the page
