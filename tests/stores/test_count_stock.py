"""A count of the shelf: movements after it are applied on top, so that a late count cannot undo them."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from orders.models import Order
from orders.services import Line, cancel_order, place_order
from products.models import Product
from stores import ledger, locks
from stores.errors import OutdatedCountError
from stores.ledger import Kind, Note, StockChange
from stores.models import Inventory, StockAdjustment, Store
from stores.services import adjust_stock, check_books, count_stock, set_stock
from tests.factories import make_product, make_stock, make_store

pytestmark = [pytest.mark.django_db, pytest.mark.service]

NOW = timezone.now()
YESTERDAY, AN_HOUR_AGO = NOW - timedelta(days=1), NOW - timedelta(hours=1)


@pytest.fixture
def lamp(store: Store) -> Product:
    return stocked(store, 10)


def stocked(store: Store, quantity: int) -> Product:
    """A product whose stock was set long ago."""
    product = make_product()
    make_stock(store, product, quantity)
    StockAdjustment.objects.filter(product=product).update(created_at=NOW - timedelta(days=30))
    return product


def sell(store: Store, product: Product, quantity: int, *, at: datetime) -> Order:
    placed = place_order(store_id=store.pk, lines=[Line(product.pk, quantity)])
    Order.objects.filter(pk=placed.id).update(created_at=at)
    return Order.objects.get(pk=placed.id)


def count(store: Store, product: Product, quantity: int, *, at: datetime = AN_HOUR_AGO) -> int:
    return count_stock(store_id=store.pk, counts={product.pk: quantity}, counted_at=at)[product.pk]


def test_sales_after_the_count_are_subtracted_again(store: Store, lamp: Product) -> None:
    sell(store, lamp, 1, at=YESTERDAY)
    sell(store, lamp, 3, at=NOW)
    assert count(store, lamp, 20) == 17
    assert Inventory.objects.get(product=lamp).quantity == 17
    assert list(StockAdjustment.objects.order_by("-id").values_list("kind", "delta", "counted_at")[:1]) == [
        ("COUNT", 11, AN_HOUR_AGO)
    ]


def test_adjustments_after_the_count_are_applied_and_earlier_ones_are_not(store: Store, lamp: Product) -> None:
    adjust_stock(store_id=store.pk, product_id=lamp.pk, delta=5)
    StockAdjustment.objects.filter(kind="ADJUST").update(created_at=YESTERDAY)
    adjust_stock(store_id=store.pk, product_id=lamp.pk, delta=-2)
    assert count(store, lamp, 20) == 18


def test_units_of_an_order_from_before_that_was_cancelled_after_are_added(store: Store, lamp: Product) -> None:
    cancel_order(order_id=sell(store, lamp, 4, at=YESTERDAY).pk)
    assert count(store, lamp, 20) == 24


def test_order_placed_and_cancelled_after_the_count_changes_nothing(store: Store, lamp: Product) -> None:
    cancel_order(order_id=sell(store, lamp, 4, at=NOW).pk)
    assert count(store, lamp, 20) == 20


def test_rejected_order_after_the_count_changes_nothing(store: Store, lamp: Product) -> None:
    with pytest.raises(Exception, match="1 line is short"):
        place_order(store_id=store.pk, lines=[Line(lamp.pk, 11)])
    assert count(store, lamp, 20) == 20


def test_sales_at_other_stores_do_not_matter(store: Store, lamp: Product) -> None:
    elsewhere = make_store()
    make_stock(elsewhere, lamp, 10)
    sell(elsewhere, lamp, 3, at=NOW)
    assert count(store, lamp, 20) == 20


def test_more_sales_since_than_units_counted_give_zero(store: Store, lamp: Product) -> None:
    sell(store, lamp, 5, at=NOW)
    assert count(store, lamp, 3) == 0


def test_counts_may_arrive_in_any_order_and_the_latest_wins(store: Store, lamp: Product) -> None:
    assert count(store, lamp, 8, at=AN_HOUR_AGO) == 8
    with pytest.raises(OutdatedCountError, match="set or counted after"):
        count(store, lamp, 50, at=YESTERDAY)
    assert count(store, lamp, 9, at=NOW) == 9


def test_count_from_before_a_quantity_was_set_is_outdated(store: Store, lamp: Product) -> None:
    set_stock(store_id=store.pk, product_id=lamp.pk, quantity=2)
    with pytest.raises(OutdatedCountError):
        count(store, lamp, 50)


def test_feed_of_many_counts_skips_the_outdated_ones(store: Store, lamp: Product) -> None:
    chair, rug = stocked(store, 1), make_product()
    set_stock(store_id=store.pk, product_id=chair.pk, quantity=2)
    sell(store, lamp, 1, at=NOW)
    counted = count_stock(store_id=store.pk, counts={lamp.pk: 7, chair.pk: 7, rug.pk: 7}, counted_at=AN_HOUR_AGO)
    assert counted == {lamp.pk: 6, rug.pk: 7}
    assert dict(Inventory.objects.values_list("product", "quantity")) == {lamp.pk: 6, chair.pk: 2, rug.pk: 7}


def test_opening_stock_is_not_a_movement(store: Store) -> None:
    product = make_product()
    with transaction.atomic():
        locks.lock_stock(store.pk, [product.pk])
        ledger.write([StockChange(store.pk, product.pk, 30)], Note(Kind.IMPORT))
    assert count(store, product, 20) == 20


@pytest.mark.django_db(transaction=True)
def test_books_agree_after_every_kind_of_change(store: Store, lamp: Product) -> None:
    sell(store, lamp, 3, at=NOW)
    count(store, lamp, 20)
    adjust_stock(store_id=store.pk, product_id=lamp.pk, delta=-1)
    cancel_order(order_id=sell(store, lamp, 2, at=NOW).pk)
    set_stock(store_id=store.pk, product_id=lamp.pk, quantity=5)
    assert check_books(store_id=store.pk) == []
