"""Deliveries in bulk: a few statements for all rows, and an adjustment for each row."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stores.models import Inventory, StockAdjustment
from stores.services import check_books, receive_rows
from stores.signals import stock_changed
from tests.factories import make_product, make_stock, make_store

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service]


def test_units_are_added_and_recorded() -> None:
    main, other = make_store(), make_store()
    lamp, chair = make_product(), make_product()
    make_stock(main, lamp, 5)
    units = {(main.pk, lamp.pk): 3, (other.pk, lamp.pk): 2, (main.pk, chair.pk): 5}
    assert receive_rows(units=units, reason="delivery 7") == set()
    assert set(Inventory.objects.values_list("store", "product", "quantity")) == {
        (main.pk, lamp.pk, 8),
        (main.pk, chair.pk, 5),
        (other.pk, lamp.pk, 2),
    }
    assert set(StockAdjustment.objects.filter(kind="ADJUST").values_list("store", "product", "delta", "reason")) == {
        (main.pk, lamp.pk, 3, "delivery 7"),
        (main.pk, chair.pk, 5, "delivery 7"),
        (other.pk, lamp.pk, 2, "delivery 7"),
    }
    assert check_books(store_id=main.pk) == check_books(store_id=other.pk) == []


def test_number_of_statements_does_not_grow_with_the_rows() -> None:
    store = make_store()
    counts = []
    for rows in (1, 50):
        products = [make_product() for _ in range(rows)]
        with CaptureQueriesContext(connection) as queries:
            receive_rows(units={(store.pk, product.pk): 1 for product in products})
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_change_is_announced_once_for_each_store() -> None:
    main, other, product = make_store(), make_store(), make_product()
    received: list[tuple[int, list[int]]] = []

    def receive(*, store_id: int, product_ids: list[int], **_: object) -> None:
        received.append((store_id, product_ids))

    stock_changed.connect(receive)
    try:
        receive_rows(units={(main.pk, product.pk): 1, (other.pk, product.pk): 1})
    finally:
        stock_changed.disconnect(receive)
    assert received == [(main.pk, [product.pk]), (other.pk, [product.pk])]
