"""The task that writes the units sold in the last 30 days to the products."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orders.models import Order
from orders.popularity import WINDOW
from orders.services import Line, cancel_order, place_order
from orders.tasks import recompute_popularity
from products.models import Product
from stores.models import Store
from tests.factories import make_stocked

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.fixture
def lamp(store: Store) -> Product:
    return make_stocked(store, 100)


def sell(store: Store, product: Product, quantity: int, *, ago: timedelta = timedelta()) -> Order:
    placed = place_order(store_id=store.pk, lines=[Line(product.pk, quantity)])
    Order.objects.filter(pk=placed.id).update(created_at=timezone.now() - ago)
    return Order.objects.get(pk=placed.id)


def popularity(product: Product) -> int:
    product.refresh_from_db()
    return product.popularity


def test_units_of_recent_confirmed_orders_count(store: Store, lamp: Product) -> None:
    sell(store, lamp, 3)
    sell(store, lamp, 2, ago=WINDOW - timedelta(hours=1))
    sell(store, lamp, 10, ago=WINDOW + timedelta(hours=1))
    cancel_order(order_id=sell(store, lamp, 20).pk)
    assert recompute_popularity() == 1
    assert popularity(lamp) == 5


def test_product_that_no_longer_sells_goes_back_to_zero(lamp: Product) -> None:
    Product.objects.filter(pk=lamp.pk).update(popularity=7)
    assert recompute_popularity() == 1
    assert popularity(lamp) == 0


def test_product_whose_sales_did_not_change_is_not_written(store: Store, lamp: Product) -> None:
    sell(store, lamp, 3)
    assert recompute_popularity() == 1
    assert recompute_popularity() == 0
