"""Quantities come from the cache while they are valid, otherwise from PostgreSQL in one query."""

import threading
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.services import Line, cancel_order, place_order
from products.models import Product
from stores import inventory_cache
from stores.models import Inventory, Store
from stores.selectors import quantities, uncached_quantities
from stores.services import adjust_stock, receive_rows, set_stock
from tests.factories import make_product, make_stock, make_store

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service]


@pytest.fixture
def lamp(store: Store) -> Product:
    return stocked(store, 10)


def stocked(store: Store, quantity: int) -> Product:
    product = make_product()
    make_stock(store, product, quantity)
    return product


def queries(read: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        read()
    return len(captured)


def test_page_is_one_query_and_then_none(store: Store) -> None:
    stocked_products = [stocked(store, number) for number in range(3)]
    wanted = [product.pk for product in (*stocked_products, make_product())]
    expected = dict(zip(wanted, [0, 1, 2, 0], strict=True))
    assert queries(lambda: quantities(store.pk, wanted)) == 1
    assert queries(lambda: quantities(store.pk, wanted)) == 0
    assert quantities(store.pk, wanted) == expected


def test_uncached_quantities_come_from_postgresql_and_not_from_the_cache(store: Store, lamp: Product) -> None:
    elsewhere = make_product()
    quantities(store.pk, [lamp.pk])
    Inventory.objects.update(quantity=4)  # sends no signal
    with CaptureQueriesContext(connection) as captured:
        assert uncached_quantities(store.pk, [lamp.pk, elsewhere.pk]) == {lamp.pk: 4, elsewhere.pk: 0}
    assert len(captured) == 1


def test_one_more_product_is_one_query_for_it_alone(store: Store, lamp: Product) -> None:
    chair = stocked(store, 3)
    quantities(store.pk, [lamp.pk])
    with CaptureQueriesContext(connection) as captured:
        assert quantities(store.pk, [lamp.pk, chair.pk]) == {lamp.pk: 10, chair.pk: 3}
    assert f"ARRAY[{chair.pk}]" in captured[0]["sql"]


def test_every_change_of_stock_is_seen_at_once(store: Store, lamp: Product) -> None:
    def now() -> int:
        return quantities(store.pk, [lamp.pk])[lamp.pk]

    assert now() == 10
    order = place_order(store_id=store.pk, lines=[Line(lamp.pk, 4)])
    assert now() == 6
    cancel_order(order_id=order.id)
    assert now() == 10
    set_stock(store_id=store.pk, product_id=lamp.pk, quantity=7)
    assert now() == 7
    adjust_stock(store_id=store.pk, product_id=lamp.pk, delta=-2)
    assert now() == 5
    receive_rows(units={(store.pk, lamp.pk): 20})
    assert now() == 25


def test_change_at_one_store_leaves_the_others_cached(store: Store, lamp: Product) -> None:
    elsewhere = make_store()
    quantities(elsewhere.pk, [lamp.pk])
    set_stock(store_id=store.pk, product_id=lamp.pk, quantity=1)
    assert queries(lambda: quantities(elsewhere.pk, [lamp.pk])) == 0


def test_slow_reader_cannot_cache_an_old_quantity(store: Store, lamp: Product) -> None:
    """It reads 10; the stock becomes 3 before it writes 10 to the cache."""
    read, changed = threading.Event(), threading.Event()
    slow_answer: list[dict[int, int]] = []

    def hold_after_reading(execute: Callable[..., object], *arguments: object) -> object:
        result = execute(*arguments)
        read.set()
        changed.wait()
        return result

    def read_slowly() -> None:
        try:
            with connection.execute_wrapper(hold_after_reading):
                slow_answer.append(quantities(store.pk, [lamp.pk]))
        finally:
            connection.close()

    reader = threading.Thread(target=read_slowly)
    reader.start()
    read.wait()
    set_stock(store_id=store.pk, product_id=lamp.pk, quantity=3)
    changed.set()
    reader.join()
    assert slow_answer == [{lamp.pk: 10}]
    assert quantities(store.pk, [lamp.pk]) == {lamp.pk: 3}


def test_lost_generation_never_comes_back(store: Store, lamp: Product) -> None:
    """Redis loses the generations and keeps the quantities, as when it evicts."""
    before = inventory_cache.generation(store.pk)
    inventory_cache.write(store.pk, {lamp.pk: 99}, under=before)
    cache.delete(f"inventory-generation:{store.pk}")
    assert quantities(store.pk, [lamp.pk]) == {lamp.pk: 10}
    assert inventory_cache.generation(store.pk) != before


def test_rolled_back_change_does_not_touch_the_cache(store: Store, lamp: Product) -> None:
    quantities(store.pk, [lamp.pk])
    before = inventory_cache.generation(store.pk)
    with pytest.raises(Exception, match="would be -1"):
        adjust_stock(store_id=store.pk, product_id=lamp.pk, delta=-11)
    assert inventory_cache.generation(store.pk) == before
    assert Inventory.objects.get().quantity == 10
