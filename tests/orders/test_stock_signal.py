"""What an order tells others of stock: what it changed, and whether anything is to be had no more, or again."""

from collections.abc import Iterator
from typing import Any

import pytest

from orders.errors import OrderRejectedError
from orders.services import Line, cancel_order, place_order
from products.models import Product
from stores.models import Store
from stores.signals import stock_changed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service]


@pytest.fixture
def told() -> Iterator[list[tuple[int, list[int], bool]]]:
    heard = []

    def hear(*, store_id: int, product_ids: Any, availability_changed: bool, **_: object) -> None:
        heard.append((store_id, list(product_ids), availability_changed))

    stock_changed.connect(hear)
    yield heard
    stock_changed.disconnect(hear)


def test_sale_that_leaves_some_changes_no_availability(store: Store, lamp: Product, told: list[Any]) -> None:
    place_order(store_id=store.pk, lines=[Line(lamp.pk, 4)])
    assert told == [(store.pk, [lamp.pk], False)]


def test_sale_of_the_last_units_changes_availability(store: Store, lamp: Product, told: list[Any]) -> None:
    place_order(store_id=store.pk, lines=[Line(lamp.pk, 5)])
    assert told == [(store.pk, [lamp.pk], True)]


def test_cancelling_may_bring_availability_back(store: Store, lamp: Product, told: list[Any]) -> None:
    order = place_order(store_id=store.pk, lines=[Line(lamp.pk, 5)])
    cancel_order(order_id=order.id)
    assert told[1:] == [(store.pk, [lamp.pk], True)]


def test_rejected_order_tells_nothing(store: Store, lamp: Product, told: list[Any]) -> None:
    with pytest.raises(OrderRejectedError):
        place_order(store_id=store.pk, lines=[Line(lamp.pk, 6)])
    assert told == []
