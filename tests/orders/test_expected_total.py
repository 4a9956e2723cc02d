"""`expected_total`: a higher price is a 409 with the new prices, and nothing is done."""

from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from foundation.models import IdempotencyRecord
from orders.models import Order
from products.models import Product
from stores.models import Inventory, Store
from tests.factories import make_product, make_stock

pytestmark = [pytest.mark.django_db, pytest.mark.service]

KEY = "9f0e5d1e-0f3d-4c1b-8c39-5a2f1a7f5f10"


@pytest.fixture
def lamp(store: Store) -> Product:
    product = make_product("Lamp", sku="LAMP", price="12.50")
    make_stock(store, product, 5)
    return product


def order(api: APIClient, store: Store, lamp: Product, expected: Any, *, quantity: int = 2, key: str = "") -> Any:  # noqa: PLR0913
    items = [{"product_id": lamp.pk, "quantity": quantity}]
    body = {"store_id": store.pk, "items": items, "expected_total": expected}
    return api.post("/orders/", body, format="json", headers={"Idempotency-Key": key} if key else {})


def left(lamp: Product) -> int:
    return Inventory.objects.get(product=lamp).quantity


@pytest.mark.parametrize("expected", ["25.00", "25", 25, 25.0, "25.01", "1000.00", None])
def test_order_at_the_expected_total_or_below_is_placed(
    api: APIClient, store: Store, lamp: Product, expected: Any
) -> None:
    placed = order(api, store, lamp, expected)
    assert (placed.status_code, placed.json()["total"], left(lamp)) == (201, "25.00", 3)


@pytest.mark.parametrize("expected", ["24.99", "0", 24.9])
def test_order_above_the_expected_total_is_a_conflict_and_nothing_is_done(
    api: APIClient, store: Store, lamp: Product, expected: Any
) -> None:
    refused = order(api, store, lamp, expected)
    assert refused.status_code == 409
    assert refused.json() == {
        "type": "/problems/price-changed",
        "title": "Price changed",
        "status": 409,
        "detail": "the prices are higher than expected; nothing was ordered",
        "instance": "/orders/",
        "items": [
            {
                "product_id": lamp.pk,
                "sku": "LAMP",
                "name": "Lamp",
                "quantity": 2,
                "unit_price": "12.50",
                "line_total": "25.00",
            }
        ],
        "total": "25.00",
        "currency": "USD",
    }
    assert (Order.objects.count(), left(lamp)) == (0, 5)


def test_shortages_are_reported_with_the_prices(api: APIClient, store: Store, lamp: Product) -> None:
    refused = order(api, store, lamp, "1.00", quantity=9).json()
    assert (refused["title"], refused["total"]) == ("Price changed", "112.50")
    assert refused["shortages"] == [{"product_id": lamp.pk, "requested": 9, "available": 5}]
    assert Order.objects.count() == 0


def test_shortage_at_the_expected_total_is_a_rejected_order(api: APIClient, store: Store, lamp: Product) -> None:
    assert order(api, store, lamp, "112.50", quantity=9).json()["title"] == "Order rejected"
    assert Order.objects.get().status == "REJECTED"


def test_key_of_a_refused_order_can_be_used_again(api: APIClient, store: Store, lamp: Product) -> None:
    assert order(api, store, lamp, "20.00", key=KEY).status_code == 409
    assert IdempotencyRecord.objects.count() == 0
    assert order(api, store, lamp, "25.00", key=KEY).status_code == 201
    assert left(lamp) == 3


def test_repeated_request_gets_its_order_when_the_price_has_risen_since(
    api: APIClient, store: Store, lamp: Product
) -> None:
    first = order(api, store, lamp, "25.00", key=KEY)
    Product.objects.update(price=Decimal(99))
    assert order(api, store, lamp, "25.00", key=KEY).content == first.content
    assert (Order.objects.count(), left(lamp)) == (1, 3)


@pytest.mark.parametrize("expected", ["-1", "ten", "1.001", "1" * 20, [], {}, True])
def test_invalid_total_is_named(api: APIClient, store: Store, lamp: Product, expected: Any) -> None:
    refused = order(api, store, lamp, expected)
    assert (refused.status_code, [error["field"] for error in refused.json()["errors"]]) == (400, ["expected_total"])


def test_unknown_product_is_reported_before_the_price(api: APIClient, store: Store, lamp: Product) -> None:
    refused = order(api, store, Product(pk=lamp.pk + 1000), "0.00")
    assert (refused.status_code, refused.json()["title"]) == (400, "Invalid order")
