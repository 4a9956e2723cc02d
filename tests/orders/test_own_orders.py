"""GET /orders/: the orders of the customer who is signed in."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from orders.models import Order
from orders.services import Line, cancel_order, place_order
from stores.models import Store
from tests.factories import make_product, make_stock, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def place(store: Store, customer_id: int | None, quantity: int = 1) -> str:
    product = make_product(price="10.00")
    make_stock(store, product, 9)
    order = place_order(store_id=store.pk, lines=[Line(product.pk, quantity)], customer_id=customer_id)
    return str(order.id)


def test_own_orders_are_listed_newest_first(api: APIClient, store: Store) -> None:
    ada, bob = make_user(), make_user()
    first, second = place(store, ada.pk, 3), place(store, ada.pk)
    place(store, bob.pk)
    place(store, None)
    cancel_order(order_id=Order.objects.get(pk=second).pk)
    api.force_authenticate(ada)
    rows = api.get("/orders/").json()["results"]
    assert [(row["id"], row["status"], row["total_items"], row["total"]) for row in rows] == [
        (second, "CANCELLED", 1, "10.00"),
        (first, "CONFIRMED", 3, "30.00"),
    ]
    assert set(rows[0]) == {
        "id",
        "status",
        "store_id",
        "total_items",
        "total",
        "currency",
        "created_at",
        "cancelled_at",
    }
    assert [row["id"] for row in api.get("/orders/", {"status": "CANCELLED"}).json()["results"]] == [second]
    page = api.get("/orders/", {"page_size": 1}).json()
    assert [row["id"] for row in api.get(page["next"]).json()["results"]] == [first]


def test_guest_has_no_list(store: Store) -> None:
    place(store, None)
    refused = APIClient().get("/orders/")
    assert (refused.status_code, refused["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize(
    ("method", "query"), [("get", {"state": "CONFIRMED"}), ("get", {"page": 2}), ("post", {"page_size": 5})]
)
def test_unknown_parameter_is_refused(api: APIClient, method: str, query: dict[str, Any]) -> None:
    api.force_authenticate(make_user())
    name = next(iter(query))
    refused = getattr(api, method)(f"/orders/?{name}={query[name]}")
    assert (refused.status_code, [error["field"] for error in refused.json()["errors"]]) == (400, [name])


def test_number_of_queries_is_the_same_for_1_and_3_orders(api: APIClient, store: Store) -> None:
    ada = make_user()
    api.force_authenticate(ada)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            place(store, ada.pk)
        with CaptureQueriesContext(connection) as queries:
            api.get("/orders/")
        counts.append(len(queries))
    assert counts == [1, 1]
