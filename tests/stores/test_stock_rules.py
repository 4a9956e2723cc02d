"""Rules of stock that PostgreSQL enforces."""

import pytest
from django.db import IntegrityError, connection
from django.db.models import F

from stores.models import Inventory
from tests.factories import make_product, make_stock, make_store

pytestmark = [pytest.mark.django_db, pytest.mark.service]

NOT_NEGATIVE = "stores_inventory_quantity_not_negative"


@pytest.fixture
def row() -> Inventory:
    return make_stock(make_store(), make_product(), 3)


@pytest.mark.usefixtures("row")
def test_queryset_cannot_take_stock_below_zero() -> None:
    with pytest.raises(IntegrityError, match=NOT_NEGATIVE):
        Inventory.objects.update(quantity=F("quantity") - 4)


@pytest.mark.usefixtures("row")
def test_raw_sql_cannot_take_stock_below_zero() -> None:
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match=NOT_NEGATIVE):
        cursor.execute("UPDATE stores_inventory SET quantity = -1")


def test_bulk_insert_cannot_start_below_zero(row: Inventory) -> None:
    with pytest.raises(IntegrityError, match=NOT_NEGATIVE):
        Inventory.objects.bulk_create([Inventory(store=row.store, product=make_product(), quantity=-1)])


def test_product_has_one_row_at_a_store(row: Inventory) -> None:
    with pytest.raises(IntegrityError, match="stores_inventory_once"):
        Inventory.objects.create(store=row.store, product=row.product, quantity=1)


def test_sales_are_heap_only_updates_because_no_index_contains_the_quantity() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'stores_inventory'")
        assert [index for (index,) in cursor.fetchall() if "quantity" in index] == []
