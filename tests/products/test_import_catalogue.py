"""`manage.py import_catalogue` with valid files."""

from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from products.models import Category, Product
from products.signals import products_changed
from stores.models import Store
from tests.factories import make_product
from tests.lost_connection import connection_ends_at
from tests.products.csv_files import counts_in, products_csv, stores_csv, write_csv

pytestmark = [pytest.mark.django_db, pytest.mark.service]

LAPTOP = "L-1,Aero Laptop,Norvane,Computers > Laptops,849.95,Thin and light.,Silver,2024-03-31"
MUG = "M-1,Plain Mug,,,4,,,"


def import_catalogue(*arguments: str) -> str:
    out = StringIO()
    call_command("import_catalogue", *arguments, stdout=out)
    return counts_in(out.getvalue())


def test_products_are_created_with_every_value(tmp_path: Path) -> None:
    summary = import_catalogue("--products", str(products_csv(tmp_path, LAPTOP)))
    assert summary == "products: 1 created, 0 updated, 0 unchanged\n"
    product = Product.objects.get()
    assert product.category
    assert {
        "sku": product.sku,
        "name": product.name,
        "brand": product.brand,
        "category": product.category.path,
        "price": product.price,
        "description": product.description,
        "attributes": product.attributes,
        "released": product.released,
        "active": product.active,
        "popularity": product.popularity,
    } == {
        "sku": "L-1",
        "name": "Aero Laptop",
        "brand": "Norvane",
        "category": "Computers > Laptops",
        "price": Decimal("849.95"),
        "description": "Thin and light.",
        "attributes": {"colour": "Silver"},
        "released": date(2024, 3, 31),
        "active": True,
        "popularity": 0,
    }


def test_only_sku_name_and_price_are_needed(tmp_path: Path) -> None:
    import_catalogue("--products", str(products_csv(tmp_path, MUG)))
    product = Product.objects.get()
    assert (product.brand, product.category, product.price) == ("", None, Decimal("4.00"))
    assert (product.description, product.attributes, product.released) == ("", {}, None)


def test_stores_are_created_with_every_value(tmp_path: Path) -> None:
    row = '1000,Mall of America,"340 W Market, Level 1",Bloomington,MN,05425,44.85466,-93.2456512'
    assert import_catalogue("--stores", str(stores_csv(tmp_path, row))) == "stores: 1 created, 0 updated, 0 unchanged\n"
    assert Store.objects.values().get() == {
        "id": Store.objects.get().pk,
        "code": "1000",
        "name": "Mall of America",
        "sort_key": "mall of america",
        "address": "340 W Market, Level 1",
        "city": "Bloomington",
        "state": "MN",
        "zip": "05425",
        "latitude": Decimal("44.854660"),
        "longitude": Decimal("-93.245651"),
    }


def test_both_files_are_imported_in_one_run(tmp_path: Path) -> None:
    files = products_csv(tmp_path, LAPTOP, MUG), stores_csv(tmp_path, "1,Main Street,,,,,,")
    assert import_catalogue("--products", str(files[0]), "--stores", str(files[1])) == (
        "products: 2 created, 0 updated, 0 unchanged\nstores: 1 created, 0 updated, 0 unchanged\n"
    )


def test_category_tree_is_made_from_the_paths(tmp_path: Path) -> None:
    Category.objects.create(name="Computers")
    rows = ("1,a,,Computers > Laptops > Gaming,1,,,", "2,b,,Computers>Laptops,1,,,", "3,c,,Home,1,,,")
    import_catalogue("--products", str(products_csv(tmp_path, *rows)))
    assert list(Category.objects.values_list("path", "parent__path")) == [
        ("Computers", None),
        ("Computers > Laptops", "Computers"),
        ("Computers > Laptops > Gaming", "Computers > Laptops"),
        ("Home", None),
    ]


def test_known_sku_is_updated_and_keeps_fields_that_the_file_does_not_have(tmp_path: Path) -> None:
    known = make_product(sku="L-1", name="Old name", attributes={"colour": "Red", "memory": "8 GB"}, active=False)
    summary = import_catalogue("--products", str(products_csv(tmp_path, LAPTOP)))
    assert summary == "products: 0 created, 1 updated, 0 unchanged\n"
    known.refresh_from_db()
    assert (known.name, known.attributes, known.active) == (
        "Aero Laptop",
        {"colour": "Silver", "memory": "8 GB"},
        False,
    )


def test_blank_cell_changes_nothing(tmp_path: Path) -> None:
    import_catalogue("--products", str(products_csv(tmp_path, LAPTOP)))
    before = Product.objects.values().get()
    summary = import_catalogue("--products", str(products_csv(tmp_path, "L-1,,,,,,,")))
    assert summary == "products: 0 created, 0 updated, 1 unchanged\n"
    assert Product.objects.values().get() == before


def test_blank_cell_erases_with_clear_empty(tmp_path: Path) -> None:
    import_catalogue("--products", str(products_csv(tmp_path, LAPTOP)))
    blank = products_csv(tmp_path, "L-1,Aero Laptop,,,849.95,,,")
    import_catalogue("--products", str(blank), "--clear-empty")
    product = Product.objects.get()
    assert (product.brand, product.category, product.description) == ("", None, "")
    assert (product.attributes, product.released) == ({}, None)


def test_product_that_the_file_leaves_out_is_not_changed(tmp_path: Path) -> None:
    make_product(sku="KEPT")
    import_catalogue("--products", str(products_csv(tmp_path, MUG)))
    assert list(Product.objects.order_by("sku").values_list("sku", flat=True)) == ["KEPT", "M-1"]


def test_columns_may_come_in_any_order(tmp_path: Path) -> None:
    header = "price,released,sku,colour,name,category,brand,description"
    import_catalogue("--products", str(write_csv(tmp_path / "p.csv", header, "4,,M-1,,Plain Mug,,,")))
    assert Product.objects.values_list("sku", "name", "price").get() == ("M-1", "Plain Mug", Decimal("4.00"))


def test_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    file = products_csv(tmp_path, LAPTOP.replace("Aero", "Aéro"), MUG, encoding="utf-8-sig")
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    import_catalogue("--products", str(file))
    assert set(Product.objects.values_list("name", flat=True)) == {"Aéro Laptop", "Plain Mug"}


def test_quoted_description_may_have_several_lines(tmp_path: Path) -> None:
    import_catalogue("--products", str(products_csv(tmp_path, '1,"Rack, 19""",,,1,"First.\nSecond.",,')))
    assert Product.objects.values_list("name", "description").get() == ('Rack, 19"', "First.\nSecond.")


def test_blank_lines_are_ignored(tmp_path: Path) -> None:
    assert import_catalogue("--products", str(products_csv(tmp_path, "", MUG, "", ",,,,,,,"))) == (
        "products: 1 created, 0 updated, 0 unchanged\n"
    )


def test_header_alone_imports_nothing(tmp_path: Path) -> None:
    assert import_catalogue("--products", str(products_csv(tmp_path))) == (
        "products: 0 created, 0 updated, 0 unchanged\n"
    )


def test_no_file_named_is_an_error() -> None:
    with pytest.raises(CommandError, match="nothing to import: give --products FILE, --stores FILE or both"):
        import_catalogue()


@pytest.mark.django_db(transaction=True)
def test_changed_products_are_announced_after_the_commit_and_unchanged_ones_are_not(tmp_path: Path) -> None:
    import_catalogue("--products", str(products_csv(tmp_path, LAPTOP, MUG)))
    heard: list[list[int]] = []

    def receive(*, product_ids: list[int], **_: object) -> None:
        heard.append(product_ids)

    products_changed.connect(receive, sender=Product)
    try:
        import_catalogue("--products", str(products_csv(tmp_path, LAPTOP.replace("849.95", "799"), MUG)))
    finally:
        products_changed.disconnect(receive, sender=Product)
    assert heard == [[Product.objects.get(sku="L-1").pk]]


@override_settings(DEBUG=True)
def test_statements_do_not_pile_up_in_memory_with_debug_on(tmp_path: Path) -> None:
    rows = [f"S{number},A name of some length,,,1,,," for number in range(2_500)]
    import_catalogue("--products", str(products_csv(tmp_path, *rows)))
    assert sum(len(query["sql"]) for query in connection.queries) < 1_000


@pytest.mark.django_db(transaction=True)
def test_import_that_lost_postgresql_reports_saved_rows_and_continues_when_run_again(tmp_path: Path) -> None:
    file = products_csv(tmp_path, *[f"S{number},Thing,,,1,,," for number in range(2_500)])
    with connection_ends_at(products_changed), pytest.raises(CommandError) as error:
        import_catalogue("--products", str(file))
    assert str(error.value).startswith("PostgreSQL failed (")
    assert "products so far: 2,000 created, 0 updated, 0 unchanged. Run it again" in str(error.value)
    assert import_catalogue("--products", str(file)) == "products: 500 created, 0 updated, 2,000 unchanged\n"
