"""Stock and products are locked in product order, for any order of the lines and any plan."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
import pytest
from django.db import connection, transaction

from orders.errors import OrderRejectedError
from orders.models import Order
from orders.popularity import recompute_popularity
from orders.services import Line, place_order
from products.models import Product
from products.services import set_active
from stores.models import Inventory, Store
from tests.factories import make_product, make_stock
from tests.orders.web import database_url_of_test

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service, pytest.mark.races]

LOCK = "SELECT 1 FROM stores_inventory WHERE product_id = %s FOR UPDATE NOWAIT"
WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


@pytest.fixture
def products(store: Store) -> list[Product]:
    """Two products; the stock of the second was written first, so a sequential scan reads it first."""
    products = [make_product("First"), make_product("Second")]
    for product in reversed(products):
        make_stock(store, product, 10)
    return products


@contextmanager
def another_session() -> Iterator[Any]:
    session = psycopg2.connect(database_url_of_test())
    try:
        yield session.cursor()
    finally:
        session.close()


def place_without_indexes(store: Store, products: list[Product]) -> None:
    """Place an order in a session that plans sequential scans."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET enable_indexscan = off; SET enable_bitmapscan = off")
        with suppress(OrderRejectedError):
            place_order(store_id=store.pk, lines=[Line(product.pk, 1) for product in products])
    finally:
        connection.close()


def test_order_waiting_for_its_first_product_locks_none_of_the_others(store: Store, products: list[Product]) -> None:
    first, second = products
    with another_session() as holder, another_session() as prober:
        holder.execute(LOCK, [first.pk])
        order = threading.Thread(target=place_without_indexes, args=(store, [second, first]))
        order.start()
        wait_until_one_waits(prober)
        prober.execute(LOCK, [second.pk])
        prober.connection.rollback()
        holder.connection.rollback()
        order.join()
    assert dict(Inventory.objects.values_list("product__name", "quantity")) == {"First": 9, "Second": 9}


@pytest.mark.parametrize(("before", "meanwhile", "after"), [(10, 2, 0), (10, 1, 1), (0, 5, 3), (1, 1, 1), (2, 0, 0)])
def test_order_that_waited_for_a_lock_checks_the_new_quantity(
    store: Store, products: list[Product], before: int, meanwhile: int, after: int
) -> None:
    first, _ = products
    Inventory.objects.filter(product=first).update(quantity=before)
    with another_session() as other, another_session() as prober:
        other.execute("UPDATE stores_inventory SET quantity = %s WHERE product_id = %s", [meanwhile, first.pk])
        order = threading.Thread(target=place_without_indexes, args=(store, [first, first]))
        order.start()
        wait_until_one_waits(prober)
        other.connection.commit()
        order.join()
    assert Inventory.objects.get(product=first).quantity == after
    assert Order.objects.get().status == ("CONFIRMED" if meanwhile >= 2 else "REJECTED")


def test_order_does_not_wait_for_products_that_are_being_hidden(store: Store, products: list[Product]) -> None:
    def place() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            place_order(store_id=store.pk, lines=[Line(product.pk, 1) for product in products])
        finally:
            connection.close()

    with transaction.atomic():
        assert set_active(product_ids=[product.pk for product in products], active=False) == 2
        order = threading.Thread(target=place)
        order.start()
        order.join()
    assert Order.objects.get().status == "CONFIRMED"


def test_popularity_waiting_for_its_first_product_locks_none_of_the_others(
    store: Store, products: list[Product]
) -> None:
    first, second = products
    place_order(store_id=store.pk, lines=[Line(product.pk, 1) for product in products])
    first.save()  # moves it behind the second in the table
    with another_session() as holder, another_session() as prober:
        holder.execute("SELECT 1 FROM products_product WHERE id = %s FOR UPDATE", [first.pk])
        task = threading.Thread(target=recompute_without_indexes)
        task.start()
        wait_until_one_waits(prober)
        prober.execute("SELECT 1 FROM products_product WHERE id = %s FOR UPDATE NOWAIT", [second.pk])
        prober.connection.rollback()
        holder.connection.rollback()
        task.join()
    assert set(Product.objects.values_list("name", "popularity")) == {("First", 1), ("Second", 1)}


def recompute_without_indexes() -> None:
    """Recompute in a session that plans sequential scans."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET enable_indexscan = off; SET enable_bitmapscan = off")
        recompute_popularity()
    finally:
        connection.close()


def wait_until_one_waits(session: Any) -> None:
    """Read in a new transaction each time: within one, PostgreSQL repeats the first answer."""
    waiting = 0
    while not waiting:
        session.connection.rollback()
        session.execute(WAITING)
        (waiting,) = session.fetchone()
