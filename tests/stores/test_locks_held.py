"""A row of stock is locked from the moment its quantity is read until what follows from it is written."""

from collections.abc import Callable
from typing import Any

import psycopg2
import pytest
from django.db import connection
from django.utils import timezone
from psycopg2.errors import LockNotAvailable

from orders.services import Line, cancel_order, place_order
from products.models import Product
from stores import services
from stores.models import Inventory, Store
from tests.factories import make_product, make_stock
from tests.orders.web import database_url_of_test

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service]

# How the statements of `stores.ledger` begin.
WRITES = ("WITH change", "UPDATE stores_inventory AS row", "INSERT INTO stores_stockadjustment")

Change = Callable[[int, int], object]


def order_and_cancel(store_id: int, product_id: int) -> None:
    placed = place_order(store_id=store_id, lines=[Line(product_id, 1)])
    cancel_order(order_id=placed.id)


def repair(store_id: int, product_id: int) -> None:
    Inventory.objects.filter(store=store_id, product=product_id).update(quantity=7)
    services.repair_books(store_id=store_id)


def is_locked(store_id: int, product_id: int) -> bool:
    """Whether a session holds the row so that an order would wait for it."""
    session = psycopg2.connect(database_url_of_test())
    try:
        session.cursor().execute(
            "SELECT FROM stores_inventory WHERE store_id = %s AND product_id = %s FOR UPDATE NOWAIT",
            [store_id, product_id],
        )
    except LockNotAvailable:
        return True
    finally:
        session.close()
    return False


@pytest.fixture
def lamp(store: Store) -> Product:
    lamp = make_product("Lamp")
    make_stock(store, lamp, 5)
    return lamp


@pytest.mark.parametrize(
    "change",
    [
        lambda store, product: services.set_stock(store_id=store, product_id=product, quantity=7),
        lambda store, product: services.adjust_stock(store_id=store, product_id=product, delta=2),
        lambda store, product: services.count_stock(store_id=store, counts={product: 7}, counted_at=timezone.now()),
        lambda store, product: services.receive_rows(units={(store, product): 2}),
        repair,
        order_and_cancel,
    ],
    ids=["set", "adjust", "count", "receive", "repair", "cancel"],
)
def test_row_is_locked_when_its_change_is_written(store: Store, lamp: Product, change: Change) -> None:
    locked: list[bool] = []

    def look(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's
        if sql.strip().startswith(WRITES):
            locked.append(is_locked(store.pk, lamp.pk))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        change(store.pk, lamp.pk)
    assert locked == [True]
