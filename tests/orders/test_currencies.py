"""Orders in currencies with other digits than two."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test import override_settings

from orders.models import Order
from orders.services import Line, place_order
from products.models import Product
from products.upsert import upsert_products
from tests.factories import make_product, make_stock, make_store

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.mark.parametrize(
    ("currency", "price", "line", "total"),
    [("KWD", "1.235", "3.705", "3.705"), ("JPY", "1500", "4500", "4500"), ("EUR", "0.10", "0.30", "0.30")],
)
def test_order_is_exact_to_the_last_digit(currency: str, price: str, line: str, total: str) -> None:
    store = make_store()
    with override_settings(CURRENCY=currency):
        product = make_product(price=price)
        make_stock(store, product, 5)
        placed = place_order(store_id=store.pk, lines=[Line(product.pk, 3)])
        (item,) = placed.items
        assert (str(item.unit_price), str(item.line_total), str(placed.total)) == (price, line, total)
        assert placed.currency == currency
        assert str(Order.objects.get().total) == total


def test_amount_is_saved_with_the_digits_of_the_currency() -> None:
    with override_settings(CURRENCY="KWD"):
        product = make_product(price="1.23456")
        product.refresh_from_db()
        assert str(product.price) == "1.235"
        Product.objects.update(price=Decimal("2.0004"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT price FROM products_product")
            assert cursor.fetchone() == (Decimal("2.000"),)


@override_settings(CURRENCY="JPY")
def test_products_of_the_demo_and_of_files_have_the_digits_of_the_currency() -> None:
    upsert_products(records=[{"sku": "A", "name": "Lamp", "price": Decimal("1.99"), "list_price": Decimal("3.5")}])
    with connection.cursor() as cursor:
        cursor.execute("SELECT price::text, list_price::text FROM products_product")
        assert cursor.fetchone() == ("2", "4")


def test_a_price_that_is_no_number_is_refused_by_the_database() -> None:
    product = make_product()
    with pytest.raises(IntegrityError, match="ten_digits"), connection.cursor() as cursor:
        cursor.execute("UPDATE products_product SET price = 'NaN' WHERE id = %s", [product.pk])
