"""`manage.py seed_demo`: products, stores, stock and past orders, the same for the same seed; the books balance."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count, F, Max, Min, Q
from django.utils import timezone

from orders.confirmations import due_confirmations
from orders.models import Order, OrderItem
from products.models import Product
from stores.models import Inventory, StockAdjustment, Store
from tests.factories import make_product, make_store

pytestmark = [pytest.mark.django_db, pytest.mark.service]

UNBALANCED = """
    SELECT i.store_id, i.product_id, i.quantity FROM stores_inventory i
    WHERE i.quantity <> coalesce((SELECT sum(a.delta) FROM stores_stockadjustment a
        WHERE a.store_id = i.store_id AND a.product_id = i.product_id), 0)
      - coalesce((SELECT sum(l.quantity) FROM orders_orderitem l JOIN orders_order o ON o.id = l.order_id
        WHERE o.store_id = i.store_id AND l.product_id = i.product_id AND o.status = 'CONFIRMED'), 0)
"""


def seed(*arguments: str) -> str:
    out = StringIO()
    call_command("seed_demo", *arguments, stdout=out)
    return out.getvalue()


def everything() -> dict[str, list[Any]]:
    """All demo data, by SKUs and codes instead of ids."""
    return {
        "products": list(Product.objects.order_by("sku").values_list("sku", "name", "price", "category__path")),
        "stores": list(Store.objects.order_by("code").values_list("code", "name", "address", "latitude", "longitude")),
        "stock": sorted(Inventory.objects.values_list("store__code", "product__sku", "quantity")),
        "orders": list(Order.objects.order_by("id").values_list("id", "store__code", "status", "total", "created_at")),
        "items": sorted(OrderItem.objects.values_list("order_id", "sku", "quantity", "unit_price")),
    }


def test_default_demo_has_products_stores_stock_and_orders() -> None:
    assert seed().splitlines() == [
        "products: 2,000 written",
        "stores: 20 written",
        f"stock: {Inventory.objects.count():,} rows in 20 stores",
        "past orders: 400",
    ]
    stock = Inventory.objects.aggregate(
        rows=Count("id"), out=Count("id", Q(quantity=0)), low=Count("id", Q(quantity__range=(1, 5)))
    )
    assert 0.57 < stock["rows"] / 40_000 < 0.63
    assert 0.04 < stock["out"] / stock["rows"] < 0.08
    assert 0.08 < stock["low"] / stock["rows"] < 0.12
    assert set(Order.objects.values_list("status", flat=True)) == {"CONFIRMED", "REJECTED", "CANCELLED"}
    assert Order.objects.values("store").distinct().count() == 20
    assert Order.objects.filter(customer=None).exists()
    assert Order.objects.exclude(customer=None).values("customer").distinct().count() == 12


def test_books_balance() -> None:
    seed("--products", "300", "--stores", "3", "--orders", "150")
    assert Order.objects.filter(status="CONFIRMED").count() > 100
    with connection.cursor() as cursor:
        cursor.execute(UNBALANCED)
        assert cursor.fetchall() == []


def test_books_balance_when_more_was_ordered_than_a_store_ever_had_at_once() -> None:
    seed("--products", "60", "--stores", "1", "--orders", "2000")
    assert Order.objects.count() == 2000
    assert StockAdjustment.objects.filter(reason="demo delivery").exists()
    with connection.cursor() as cursor:
        cursor.execute(UNBALANCED)
        assert cursor.fetchall() == []


def test_past_orders_look_like_placed_orders() -> None:
    seed("--products", "300", "--stores", "3", "--orders", "150")
    for order in Order.objects.prefetch_related("items"):
        lines = {item.product_id: item.quantity for item in order.items.all()}
        assert order.total == sum(item.line_total for item in order.items.all())
        assert bool(order.shortages) == (order.status == "REJECTED")
        for shortage in order.shortages:
            assert shortage == {
                "product_id": shortage["product_id"],
                "requested": lines[shortage["product_id"]],
                "available": 0,
            }
    assert not Order.objects.filter(status="CONFIRMED", confirmation_sent_at=None).exists()
    assert not due_confirmations().exists()
    assert not Order.objects.filter(cancelled_at__gt=timezone.now()).exists()
    stocked = StockAdjustment.objects.filter(reason="demo stock").aggregate(last=Max("created_at"))["last"]
    assert Order.objects.aggregate(first=Min("created_at"))["first"] > stocked


def test_same_seed_gives_the_same_data() -> None:
    arguments = ("--products", "200", "--stores", "2", "--orders", "30", "--seed", "5")
    seed(*arguments)
    first = everything()
    for model in (Order, StockAdjustment, Inventory, Product, Store):
        model.objects.all().delete()
    seed(*arguments)
    assert everything() == first
    assert len(first["orders"]) == 30


def test_second_run_changes_nothing() -> None:
    seed("--products", "200", "--stores", "2")
    before = everything()
    assert seed("--products", "200", "--stores", "2").splitlines() == [
        "products: 0 written",
        "stores: 0 written",
        "stock: 0 rows in 2 stores",
        "past orders: 0",
    ]
    assert everything() == before


def test_later_run_with_larger_numbers_adds_to_existing_data() -> None:
    seed("--products", "200", "--stores", "2")
    before = everything()
    seed("--products", "300", "--stores", "3")
    after = everything()
    assert (len(after["products"]), len(after["stores"])) == (300, 3)
    assert all(set(before[what]) <= set(after[what]) for what in before)


def test_assortment_is_the_share_of_products_that_a_store_has() -> None:
    seed("--products", "1000", "--stores", "4", "--assortment", "0.2", "--orders", "0")
    shares = Inventory.objects.values("store").annotate(rows=Count("id")).values_list("rows", flat=True)
    assert len(shares) == 4
    assert all(150 < rows < 250 for rows in shares)


def test_if_empty_does_not_change_a_catalogue() -> None:
    make_product()
    assert seed("--if-empty") == "there is data already: nothing to do\n"
    assert (Product.objects.count(), Store.objects.count()) == (1, 0)


def test_stock_only_stocks_an_imported_catalogue() -> None:
    products = [make_product(sku=f"REAL-{number}") for number in range(200)]
    for number in range(5):
        make_store(code=str(number))
    seed("--stock-only", "--stores", "3", "--assortment", "0.5")
    assert Product.objects.count() == len(products)
    assert Inventory.objects.values("store").distinct().count() == 3
    assert 200 < Inventory.objects.count() < 400
    assert Order.objects.count() == 0


def test_stock_only_with_if_empty_does_not_change_stock() -> None:
    make_product()
    make_store()
    seed("--stock-only", "--assortment", "1")
    before = list(Inventory.objects.values_list("id", "quantity"))
    assert seed("--stock-only", "--if-empty") == "there is data already: nothing to do\n"
    assert list(Inventory.objects.values_list("id", "quantity")) == before


def test_stock_only_without_a_catalogue_is_an_error() -> None:
    with pytest.raises(CommandError, match="there are no products to stock: import a catalogue first"):
        seed("--stock-only")


def test_existing_stock_is_never_changed() -> None:
    seed("--products", "100", "--stores", "1", "--orders", "0")
    Inventory.objects.update(quantity=F("quantity") + 1000)
    before = set(Inventory.objects.values_list("id", "quantity"))
    seed("--products", "150", "--stores", "1", "--assortment", "1", "--orders", "0")
    assert Inventory.objects.count() == 150
    assert before <= set(Inventory.objects.values_list("id", "quantity"))


@pytest.mark.parametrize("bad", [("--products", "0"), ("--stores", "-1"), ("--assortment", "1.5"), ("--orders", "x")])
def test_number_out_of_range_is_refused(bad: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match=bad[0]):
        seed(*bad)
