"""The stock signal of an order: the changed products, and whether their availability changed."""

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.dispatch import Signal

from foundation.idempotency import IdempotencyKey
from orders.errors import OrderRejectedError
from orders.services import Line, cancel_order, place_order
from orders.signals import order_confirmed
from products.models import Product
from stores.models import Store
from stores.services import adjust_stock
from stores.signals import stock_changed
from tests.orders.web import database_url_of_test

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service]


@pytest.fixture
def received() -> Iterator[list[tuple[int, list[int], bool]]]:
    heard = []

    def receive(*, store_id: int, product_ids: Any, availability_changed: bool, **_: object) -> None:
        heard.append((store_id, list(product_ids), availability_changed))

    stock_changed.connect(receive)
    yield heard
    stock_changed.disconnect(receive)


def test_sale_that_leaves_units_does_not_change_availability(store: Store, lamp: Product, received: list[Any]) -> None:
    place_order(store_id=store.pk, lines=[Line(lamp.pk, 4)])
    assert received == [(store.pk, [lamp.pk], False)]


def test_sale_of_the_last_units_changes_availability(store: Store, lamp: Product, received: list[Any]) -> None:
    place_order(store_id=store.pk, lines=[Line(lamp.pk, 5)])
    assert received == [(store.pk, [lamp.pk], True)]


def test_cancelling_may_restore_availability(store: Store, lamp: Product, received: list[Any]) -> None:
    order = place_order(store_id=store.pk, lines=[Line(lamp.pk, 5)])
    cancel_order(order_id=order.id)
    assert received[1:] == [(store.pk, [lamp.pk], True)]


def test_rejected_order_sends_no_signal(store: Store, lamp: Product, received: list[Any]) -> None:
    with pytest.raises(OrderRejectedError):
        place_order(store_id=store.pk, lines=[Line(lamp.pk, 6)])
    assert received == []


@pytest.mark.parametrize("signal", [stock_changed, order_confirmed], ids=["stock", "order"])
def test_change_is_announced_when_other_sessions_see_it(store: Store, lamp: Product, signal: Signal) -> None:
    seen: list[tuple[int, int]] = []

    def look(**_: object) -> None:
        session = psycopg2.connect(database_url_of_test())
        with session.cursor() as cursor:
            cursor.execute("SELECT quantity, (SELECT count(*) FROM orders_order) FROM stores_inventory")
            seen.extend(cursor.fetchall())
        session.close()

    signal.connect(look)
    try:
        adjust_stock(store_id=store.pk, product_id=lamp.pk, delta=3)
        place_order(
            store_id=store.pk,
            lines=[Line(lamp.pk, 2)],
            email="ann@example.com",
            idempotency_key=IdempotencyKey("ann", "key", "digest"),
        )
    finally:
        signal.disconnect(look)
    assert seen == ([(8, 0), (6, 1)] if signal is stock_changed else [(6, 1)])
