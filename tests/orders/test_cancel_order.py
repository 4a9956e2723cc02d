"""POST /orders/<id>/cancel/: the units return to stock, once."""

import threading
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from orders.errors import NotCancellableError
from orders.models import Order
from orders.services import Line, cancel_order, place_order
from products.models import Product
from stores.models import Inventory, Store
from tests.factories import make_product, make_staff, make_stock, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.fixture
def products(store: Store) -> list[Product]:
    products = [make_product("Lamp"), make_product("Chair")]
    for product in products:
        make_stock(store, product, 5)
    return products


def place(api: APIClient, store: Store, products: list[Product], quantity: int = 2) -> dict[str, Any]:
    items = [{"product_id": product.pk, "quantity": quantity} for product in products]
    body: dict[str, Any] = api.post("/orders/", {"store_id": store.pk, "items": items}, format="json").json()
    return body


def stock(store: Store) -> dict[str, int]:
    return dict(Inventory.objects.filter(store=store).values_list("product__name", "quantity"))


def test_cancelled_order_is_answered_completely_and_its_units_are_back(
    api: APIClient, store: Store, products: list[Product]
) -> None:
    placed = place(api, store, products)
    assert stock(store) == {"Lamp": 3, "Chair": 3}
    answer = api.post(f"/orders/{placed['id']}/cancel/")
    assert (answer.status_code, answer.json()) == (200, {**placed, "status": "CANCELLED"})
    assert stock(store) == {"Lamp": 5, "Chair": 5}
    assert Order.objects.get().cancelled_at is not None


def test_second_cancel_is_a_conflict_and_puts_nothing_back(
    api: APIClient, store: Store, products: list[Product]
) -> None:
    placed = place(api, store, products)
    api.post(f"/orders/{placed['id']}/cancel/")
    answer = api.post(f"/orders/{placed['id']}/cancel/")
    assert answer.status_code == 409
    assert answer.json() == {
        "type": "/problems/not-cancellable",
        "title": "Not cancellable",
        "status": 409,
        "detail": "the order is cancelled",
        "instance": f"/orders/{placed['id']}/cancel/",
        "order_id": placed["id"],
        "order_status": "CANCELLED",
    }
    assert stock(store) == {"Lamp": 5, "Chair": 5}


def test_rejected_order_cannot_be_cancelled(api: APIClient, store: Store, products: list[Product]) -> None:
    rejected = place(api, store, products, 6)["order"]
    answer = api.post(f"/orders/{rejected['id']}/cancel/")
    assert (answer.status_code, answer.json()["order_status"]) == (409, "REJECTED")
    assert stock(store) == {"Lamp": 5, "Chair": 5}


def test_staff_of_the_store_may_cancel_a_customers_order(api: APIClient, store: Store, products: list[Product]) -> None:
    api.force_authenticate(make_user())
    placed = place(api, store, products)
    api.force_authenticate(make_staff(store))
    assert api.post(f"/orders/{placed['id']}/cancel/").status_code == 200


def test_another_customer_cannot_cancel_or_see_the_order(api: APIClient, store: Store, products: list[Product]) -> None:
    api.force_authenticate(make_user())
    placed = place(api, store, products)
    api.force_authenticate(make_user())
    assert api.post(f"/orders/{placed['id']}/cancel/").status_code == 404
    assert stock(store) == {"Lamp": 3, "Chair": 3}


@pytest.mark.django_db(transaction=True)
@pytest.mark.races
def test_one_of_many_concurrent_cancels_succeeds(store: Store, products: list[Product]) -> None:
    order = place_order(store_id=store.pk, lines=[Line(product.pk, 2) for product in products])
    outcomes: list[str] = []
    together = threading.Barrier(8)

    def cancel() -> None:
        together.wait()
        try:
            outcomes.append(cancel_order(order_id=order.id).status)
        except NotCancellableError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=cancel) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["CANCELLED", *["refused"] * 7]
    assert stock(store) == {"Lamp": 5, "Chair": 5}
