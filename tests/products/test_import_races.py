"""Concurrent imports, and an import during another write of products in the order of their ids."""

from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection, transaction

from foundation.transactions import in_one_transaction
from products.models import Category, Product
from products.services import ensure_categories
from products.upsert import ProductRecord, upsert_products
from tests.eventually import eventually
from tests.factories import make_product
from tests.products.csv_files import products_csv
from tests.products.importing import run as import_products
from tests.threads import in_threads, waiting

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service, pytest.mark.races]

PRODUCTS, ROUNDS = 400, 8


def record(number: int, price: int, category: str = "") -> ProductRecord:
    return ProductRecord(
        sku=f"S{number}",
        name=f"Thing {number}",
        brand="",
        category=category,
        price=Decimal(price),
        description="",
        attributes={},
        released=None,
    )


def test_imports_that_list_the_same_products_in_opposite_orders_both_succeed() -> None:
    numbers = list(range(PRODUCTS))

    def run(order: list[int], parity: int) -> None:
        for turn in range(ROUNDS):
            upsert_products(records=[record(number, 2 * turn + parity) for number in order])

    in_threads(lambda: run(numbers, 0), lambda: run(numbers[::-1], 1))
    assert Product.objects.count() == PRODUCTS
    assert len(set(Product.objects.values_list("price", flat=True))) == 1


def test_import_and_a_writer_in_the_order_of_ids_both_succeed() -> None:
    for number in reversed(range(PRODUCTS)):  # so that ids and SKUs run in opposite orders
        make_product(f"Thing {number}", sku=f"S{number}")
    ids = list(Product.objects.order_by("id").values_list("id", flat=True))

    def write_one_by_one() -> None:
        for turn in range(ROUNDS):
            with transaction.atomic():
                for product_id in ids:
                    Product.objects.filter(pk=product_id).update(popularity=turn + 1)

    def run() -> None:
        for turn in range(ROUNDS):
            upsert_products(records=[record(number, turn) for number in range(PRODUCTS)])

    in_threads(write_one_by_one, run)
    assert set(Product.objects.values_list("popularity", "price")) == {(ROUNDS, Decimal(ROUNDS - 1))}


def test_imports_that_need_the_same_new_categories_create_each_once() -> None:
    paths = [f"Top > Middle {number % 5} > Leaf {number}" for number in range(60)]

    def run(start: int) -> None:
        rotated = paths[start:] + paths[:start]
        upsert_products(records=[record(1000 * start + number, 1, path) for number, path in enumerate(rotated)])

    in_threads(*(lambda start=start: run(start) for start in (0, 20, 40)))
    assert Category.objects.count() == 1 + 5 + 60
    assert Product.objects.count() == 3 * len(paths)
    assert not Product.objects.filter(category=None).exists()


def test_import_in_a_deadlock_with_a_writer_of_products_runs_its_batch_again(tmp_path: Path) -> None:
    """A writer locks products before it creates categories, an import afterwards."""
    make_product(sku="S1")
    file = products_csv(tmp_path, "S1,Lamp,,Lamps,5,,,", "S2,Other,,,6,,,")
    imports: list[Future[tuple[str, list[str]]]] = []

    def run() -> tuple[str, list[str]]:
        try:
            return import_products(file)
        finally:
            connection.close()

    @in_one_transaction
    def write(pool: ThreadPoolExecutor) -> None:
        Product.objects.select_for_update(no_key=True).get(sku="S1")
        imports.append(pool.submit(run))
        eventually(lambda: imports[0].done() or waiting() == 1)
        ensure_categories(["Lamps"])

    with ThreadPoolExecutor(1) as pool:
        write(pool)
        assert imports[0].result()[1] == []
    assert set(Product.objects.values_list("sku", "name", "category__path")) == {
        ("S1", "Lamp", "Lamps"),
        ("S2", "Other", None),
    }
