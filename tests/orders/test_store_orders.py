"""GET /stores/<id>/orders/: for the store's staff, newest first."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from orders.models import Order
from orders.services import Line, cancel_order, place_order
from products.models import Product
from stores.models import Store
from tests.factories import make_product, make_staff, make_stock, make_store, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.service]

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def products(store: Store) -> list[Product]:
    products = [make_product("Lamp", price="10.00"), make_product("Chair", price="20.00")]
    for product in products:
        make_stock(store, product, 1000)
    return products


@pytest.fixture
def staff(api: APIClient, store: Store) -> APIClient:
    api.force_authenticate(make_staff(store))
    return api


def place(store: Store, products: list[Product], *, at: datetime, quantity: int = 1) -> str:
    order = place_order(store_id=store.pk, lines=[Line(product.pk, quantity) for product in products])
    Order.objects.filter(pk=order.id).update(created_at=at)
    return str(order.id)


def listed(api: APIClient, store: Store, **query: Any) -> list[str]:
    return [order["id"] for order in api.get(f"/stores/{store.pk}/orders/", query).json()["results"]]


def test_order_is_listed_with_the_sum_of_its_units(staff: APIClient, store: Store, products: list[Product]) -> None:
    order_id = place(store, products, at=NOON, quantity=3)
    assert staff.get(f"/stores/{store.pk}/orders/").json() == {
        "next": None,
        "previous": None,
        "results": [
            {
                "id": order_id,
                "status": "CONFIRMED",
                "customer_id": None,
                "total_items": 6,
                "total": "90.00",
                "currency": "USD",
                "created_at": "2026-03-01T12:00:00Z",
                "cancelled_at": None,
            }
        ],
    }


@pytest.mark.parametrize(
    "cursor", ["xxx", b64encode(b"p=yesterday").decode(), b64encode(b"p=2026-13-45 10:00").decode()]
)
def test_invalid_cursor_is_refused(staff: APIClient, store: Store, cursor: str) -> None:
    answer = staff.get(f"/stores/{store.pk}/orders/", {"cursor": cursor})
    message = "This is not a cursor that this list answered: follow next and previous as they are."
    assert (answer.status_code, answer.json()["errors"]) == (
        400,
        [{"field": "cursor", "code": "invalid", "message": message}],
    )


def test_newest_come_first_and_orders_of_other_stores_are_not_listed(
    staff: APIClient, store: Store, products: list[Product]
) -> None:
    ids = [place(store, products, at=NOON + timedelta(minutes=minute)) for minute in (2, 0, 1)]
    elsewhere = make_store()
    make_stock(elsewhere, products[0], 5)
    place(elsewhere, products[:1], at=NOON)
    assert listed(staff, store) == [ids[0], ids[2], ids[1]]


def test_pages_do_not_shift_when_orders_come_in_between(
    staff: APIClient, store: Store, products: list[Product]
) -> None:
    ids = [place(store, products, at=NOON + timedelta(minutes=minute)) for minute in range(6)]
    seen, url = [], f"/stores/{store.pk}/orders/?page_size=2"
    while url:
        page = staff.get(url).json()
        seen += [order["id"] for order in page["results"]]
        place(store, products, at=NOON + timedelta(hours=len(seen)))
        url = page["next"]
    assert seen == list(reversed(ids))


def test_orders_of_the_same_time_are_all_listed_once(staff: APIClient, store: Store, products: list[Product]) -> None:
    ids = [place(store, products, at=NOON) for _ in range(7)]
    seen, url = [], f"/stores/{store.pk}/orders/?page_size=3"
    while url:
        page = staff.get(url).json()
        seen += [order["id"] for order in page["results"]]
        url = page["next"]
    assert seen == sorted(ids, reverse=True)


def test_status_and_time_filter_the_list(staff: APIClient, store: Store, products: list[Product]) -> None:
    early, late = place(store, products, at=NOON), place(store, products, at=NOON + timedelta(days=1))
    cancel_order(order_id=Order.objects.get(pk=late).pk)
    assert listed(staff, store, status="CANCELLED") == [late]
    assert listed(staff, store, status="CONFIRMED") == [early]
    assert listed(staff, store, status="REJECTED") == []
    assert listed(staff, store, created_from="2026-03-02T12:00:00Z") == [late]
    assert listed(staff, store, created_before="2026-03-02T12:00:00Z") == [early]


def test_bad_filters_are_named(staff: APIClient, store: Store) -> None:
    answer = staff.get(f"/stores/{store.pk}/orders/", {"status": "LOST", "created_from": "yesterday"})
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == {"status", "created_from"}


def test_only_staff_of_the_store_see_its_orders(api: APIClient, store: Store) -> None:
    url = f"/stores/{store.pk}/orders/"
    assert APIClient().get(url).status_code == 401
    for stranger in (make_user(), make_user(is_staff=True), make_staff(make_store())):
        api.force_authenticate(stranger)
        assert api.get(url).status_code == 403
    api.force_authenticate(make_user(is_superuser=True))
    assert api.get(url).status_code == 200


def test_orders_of_an_unknown_store_are_not_found(staff: APIClient, store: Store) -> None:
    assert staff.get(f"/stores/{store.pk + 1}/orders/").status_code == 404
    assert staff.get(f"/stores/{10**30}/orders/").status_code == 404


def test_number_of_queries_is_the_same_for_1_and_3_orders(
    staff: APIClient, store: Store, products: list[Product]
) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            place(store, products, at=NOON)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            staff.get(f"/stores/{store.pk}/orders/")
        counts.append(len(queries))
    assert counts == [2, 2]  # whether the caller is staff; the page
