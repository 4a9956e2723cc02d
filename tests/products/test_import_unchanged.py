"""An import does not write unchanged rows: no new row version, trigger, id or index update."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from products.models import Product
from tests.products.csv_files import products_csv, stores_csv

pytestmark = [pytest.mark.django_db, pytest.mark.service]

PRODUCTS = [f"S-{number},Thing {number},Brand,A > B,{number}.50,Text,Red,2020-01-01" for number in range(50)]
STORES = [f"{number},Store {number},,Town,XX,{number},1.5,-2.25" for number in range(5)]


def import_files(folder: Path, products: list[str], stores: list[str]) -> None:
    call_command(
        "import_catalogue",
        products=products_csv(folder, *products),
        stores=stores_csv(folder, *stores),
    )


def versions(table: str) -> list[tuple[object, ...]]:
    """The physical location and transaction ids of each row, which any write or lock changes."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, ctid, xmin, xmax FROM {table} ORDER BY id")  # noqa: S608 - a table of ours
        rows: list[tuple[object, ...]] = cursor.fetchall()
    return rows


def test_second_import_of_the_same_files_writes_no_row(tmp_path: Path) -> None:
    import_files(tmp_path, PRODUCTS, STORES)
    before = [versions(table) for table in ("products_product", "products_category", "stores_store")]
    import_files(tmp_path, PRODUCTS, STORES)
    assert [versions(table) for table in ("products_product", "products_category", "stores_store")] == before


def test_one_changed_row_is_the_only_one_written(tmp_path: Path) -> None:
    import_files(tmp_path, PRODUCTS, STORES)
    products, stores = versions("products_product"), versions("stores_store")
    changed = [row.replace("7.50", "8.00") if row.startswith("S-7,") else row for row in PRODUCTS]
    import_files(tmp_path, changed, [*STORES[:4], STORES[4].replace("Town", "City")])
    assert len(set(versions("products_product")) - set(products)) == 1
    assert len(set(versions("stores_store")) - set(stores)) == 1


def test_unchanged_rows_use_up_no_ids(tmp_path: Path) -> None:
    import_files(tmp_path, PRODUCTS, STORES)
    import_files(tmp_path, PRODUCTS, STORES)
    import_files(tmp_path, [*PRODUCTS, "NEW,New,,,1,,,"], STORES)
    highest = Product.objects.exclude(sku="NEW").latest("pk").pk
    assert Product.objects.get(sku="NEW").pk == highest + 1
