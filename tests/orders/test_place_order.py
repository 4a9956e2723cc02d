"""POST /orders/: all lines or none."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError
from rest_framework.test import APIClient

from orders.models import Order, OrderItem
from orders.services import Line, place_order
from products.models import Product
from stores.models import Inventory, Store
from tests.factories import make_product, make_stock, make_store, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.fixture
def lamp(store: Store) -> Product:
    product = make_product("Lamp", sku="LAMP", price="12.50")
    make_stock(store, product, 5)
    return product


@pytest.fixture
def chair(store: Store) -> Product:
    product = make_product("Chair", sku="CHAIR", price="99.99")
    make_stock(store, product, 1)
    return product


def order(api: APIClient, store: Store, *lines: tuple[Product, int]) -> Any:
    items = [{"product_id": product.pk, "quantity": quantity} for product, quantity in lines]
    return api.post("/orders/", {"store_id": store.pk, "items": items}, format="json")


def stock(store: Store) -> dict[str, int]:
    return dict(Inventory.objects.filter(store=store).values_list("product__sku", "quantity"))


def test_confirmed_order_is_answered_completely_and_deducted(
    api: APIClient, store: Store, lamp: Product, chair: Product
) -> None:
    answer = order(api, store, (chair, 1), (lamp, 2))
    placed = Order.objects.get()
    assert answer.status_code == 201
    assert answer.json() == {
        "id": str(placed.pk),
        "status": "CONFIRMED",
        "store_id": store.pk,
        "items": [
            {
                "product_id": chair.pk,
                "sku": "CHAIR",
                "name": "Chair",
                "quantity": 1,
                "unit_price": "99.99",
                "line_total": "99.99",
            },
            {
                "product_id": lamp.pk,
                "sku": "LAMP",
                "name": "Lamp",
                "quantity": 2,
                "unit_price": "12.50",
                "line_total": "25.00",
            },
        ],
        "total": "124.99",
        "currency": "USD",
        "created_at": placed.created_at.isoformat().replace("+00:00", "Z"),
    }
    assert stock(store) == {"LAMP": 3, "CHAIR": 0}


def test_confirmed_order_is_stored_as_answered(api: APIClient, store: Store, lamp: Product) -> None:
    customer = make_user()
    api.force_authenticate(customer)
    answer = order(api, store, (lamp, 2)).json()
    placed = Order.objects.get()
    assert (str(placed.pk), placed.status, placed.customer, placed.total) == (
        answer["id"],
        "CONFIRMED",
        customer,
        Decimal("25.00"),
    )
    assert api.get(f"/orders/{placed.pk}/").json() == answer


def test_order_with_shortages_reports_all_of_them_and_deducts_nothing(
    api: APIClient, store: Store, lamp: Product, chair: Product
) -> None:
    answer = order(api, store, (lamp, 6), (chair, 3))
    rejected = Order.objects.get()
    shortages = [
        {"product_id": lamp.pk, "requested": 6, "available": 5},
        {"product_id": chair.pk, "requested": 3, "available": 1},
    ]
    body = answer.json()
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert (body["title"], body["status"], body["shortages"]) == ("Order rejected", 409, shortages)
    assert (body["order"]["id"], body["order"]["status"]) == (str(rejected.pk), "REJECTED")
    assert stock(store) == {"LAMP": 5, "CHAIR": 1}


def test_rejected_order_is_saved_with_its_lines_and_shortages(api: APIClient, store: Store, lamp: Product) -> None:
    rejected = order(api, store, (lamp, 6)).json()["order"]
    shown = api.get(f"/orders/{rejected['id']}/").json()
    assert shown == rejected
    assert shown["shortages"] == [{"product_id": lamp.pk, "requested": 6, "available": 5}]
    assert [item["quantity"] for item in shown["items"]] == [6]


def test_one_shortage_prevents_deducting_the_other_lines(
    api: APIClient, store: Store, lamp: Product, chair: Product
) -> None:
    assert order(api, store, (lamp, 1), (chair, 2)).status_code == 409
    assert stock(store) == {"LAMP": 5, "CHAIR": 1}


def test_lines_of_one_product_are_added_up_before_the_check(api: APIClient, store: Store, lamp: Product) -> None:
    answer = order(api, store, (lamp, 3), (lamp, 3))
    assert answer.json()["shortages"] == [{"product_id": lamp.pk, "requested": 6, "available": 5}]
    answer = order(api, store, (lamp, 2), (lamp, 3))
    assert [(item["product_id"], item["quantity"]) for item in answer.json()["items"]] == [(lamp.pk, 5)]
    assert stock(store) == {"LAMP": 0}


def test_inactive_product_is_a_shortage_of_its_line(api: APIClient, store: Store, lamp: Product) -> None:
    Product.objects.filter(pk=lamp.pk).update(active=False)
    assert order(api, store, (lamp, 1)).json()["shortages"] == [{"product_id": lamp.pk, "requested": 1, "available": 0}]


def test_product_not_stocked_at_the_store_is_a_shortage_of_its_line(api: APIClient, lamp: Product) -> None:
    elsewhere = make_store()
    assert order(api, elsewhere, (lamp, 1)).json()["shortages"] == [
        {"product_id": lamp.pk, "requested": 1, "available": 0}
    ]


def test_every_unknown_id_is_named_and_nothing_is_saved(api: APIClient, store: Store, lamp: Product) -> None:
    items = [{"product_id": product_id, "quantity": 1} for product_id in (10**9, lamp.pk, 10**9 + 1)]
    answer = api.post("/orders/", {"store_id": store.pk + 1, "items": items}, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"field": "store_id", "code": "does_not_exist", "message": "There is no such store."},
        {"field": "items[0].product_id", "code": "does_not_exist", "message": "There is no such product."},
        {"field": "items[2].product_id", "code": "does_not_exist", "message": "There is no such product."},
    ]
    assert not Order.objects.exists()
    assert stock(store) == {"LAMP": 5}


def test_later_change_of_the_product_does_not_change_the_order(api: APIClient, store: Store, lamp: Product) -> None:
    placed = order(api, store, (lamp, 1)).json()
    Product.objects.filter(pk=lamp.pk).update(name="Other", sku="OTHER", price=Decimal(1))
    assert api.get(f"/orders/{placed['id']}/").json() == placed


def test_total_too_large_for_an_order_is_refused(api: APIClient, store: Store) -> None:
    yacht = make_product(price="9999999999.99")
    make_stock(store, yacht, 10_000)
    answer = order(api, store, (yacht, 10_000))
    assert answer.status_code == 400
    assert answer.json()["errors"] == [
        {"field": "items", "code": "too_large", "message": "The order's total is more than an order can hold."}
    ]
    assert not OrderItem.objects.exists()


def test_another_value_that_postgresql_refuses_is_not_reported_as_the_total(store: Store, lamp: Product) -> None:
    with pytest.raises(DataError, match="value too long"):
        place_order(store_id=store.pk, lines=[Line(lamp.pk, 1)], email="x" * 255)


def test_guest_is_refused_when_guest_checkout_is_off(
    guest: APIClient, api: APIClient, store: Store, lamp: Product, settings: Any
) -> None:
    settings.GUEST_CHECKOUT = False
    assert order(guest, store, (lamp, 1)).status_code == 401
    assert not Order.objects.exists()
    assert order(api, store, (lamp, 1)).status_code == 201
