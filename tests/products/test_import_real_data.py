"""The import of a complete real catalogue."""

import csv
import gzip
import json
from collections import defaultdict
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Avg, Count

from products.attribute_values import AttributeType
from products.catalogue_files.cells import clean_line
from products.models import Attribute, Category, Product
from stores.models import Inventory, Store
from tests.products.csv_files import counts_in
from tests.real_data import ATTRIBUTES, PRODUCTS, STORES, needs_real_data

pytestmark = [pytest.mark.django_db, pytest.mark.service, needs_real_data]


def test_real_catalogue_is_imported_completely_and_a_second_import_changes_nothing() -> None:
    out, err = StringIO(), StringIO()
    for _ in range(2):
        call_command("import_catalogue", products=PRODUCTS, stores=STORES, stdout=out, stderr=err)
    assert err.getvalue() == ""
    assert counts_in(out.getvalue()).splitlines() == [
        "products: 19,406 created, 0 updated, 0 unchanged",
        "stores: 1,565 created, 0 updated, 0 unchanged",
        "products: 0 created, 0 updated, 19,406 unchanged",
        "stores: 0 created, 0 updated, 1,565 unchanged",
    ]
    with PRODUCTS.open(encoding="utf-8", newline="") as file:
        rows = {
            row["sku"]: (clean_line(row["name"]), row["brand"], row["category"], row["price"])
            for row in csv.DictReader(file)
        }
    stored = Product.objects.values_list("sku", "name", "brand", "category__path", "price")
    assert {sku: (name, brand, path, str(price)) for sku, name, brand, path, price in stored} == {
        sku: (name, brand, path, f"{Decimal(price):.2f}") for sku, (name, brand, path, price) in rows.items()
    }
    paths = {path for _, _, path, _ in rows.values()}
    above = {path.rpartition(" > ")[0] for path in paths} - {""}
    assert set(Category.objects.values_list("path", flat=True)) == paths | above
    with STORES.open(encoding="utf-8", newline="") as file:
        codes = {(row["code"], row["name"].strip(), row["zip"]) for row in csv.DictReader(file)}
    assert set(Store.objects.values_list("code", "name", "zip")) == codes


def test_imported_catalogue_gets_stock_in_many_stores() -> None:
    call_command("import_catalogue", products=PRODUCTS, stores=STORES, stdout=StringIO())
    call_command("seed_demo", stock_only=True, assortment=0.05, stdout=StringIO())
    per_store = Inventory.objects.values("store").annotate(rows=Count("id"))
    assert per_store.count() == 60
    assert 0.04 < per_store.aggregate(mean=Avg("rows"))["mean"] / Product.objects.count() < 0.06


def test_all_attributes_are_imported_with_their_types_and_again_nothing_changes(tmp_path: Path) -> None:
    call_command("import_catalogue", products=PRODUCTS, stdout=StringIO())
    out, err = StringIO(), StringIO()
    call_command("import_catalogue", products=ATTRIBUTES, stdout=out, stderr=err)
    with gzip.open(ATTRIBUTES, "rt", encoding="utf-8") as file:
        lines = file.readlines()
    (tmp_path / "again.jsonl").write_text("".join(lines[:2000]), encoding="utf-8")
    call_command("import_catalogue", products=tmp_path / "again.jsonl", stdout=out, stderr=err)
    assert (err.getvalue(), counts_in(out.getvalue()).splitlines()) == (
        "",
        [
            "products: 0 created, 19,406 updated, 0 unchanged",
            "products: 0 created, 0 updated, 2,000 unchanged",
        ],
    )
    declared: defaultdict[str, set[str]] = defaultdict(set)
    for row in map(json.loads, lines):
        for kind in set(AttributeType) & row.keys():
            for code in row[kind]:
                declared[code].add(kind)
    types = dict(Attribute.objects.values_list("code", "type"))
    assert types.keys() == declared.keys()
    of_one_type = {code: kinds.pop() for code, kinds in declared.items() if len(kinds) == 1}
    del of_one_type["colour"]  # the products' file has it as text
    assert {code: types[code] for code in of_one_type} == of_one_type
