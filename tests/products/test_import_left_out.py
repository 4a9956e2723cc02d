"""A product is not lost for a value that it can do without: the value is left out, and a warning says so."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError

from products.models import Attribute, Product
from tests.factories import make_product
from tests.products.csv_files import counts_in
from tests.products.importing import json_lines, run, stored, write

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.mark.parametrize(
    "value", ["20-30", "20\u201330 cm", "20/25", "> 100", "ca. 20", "20 x 30", "on request", "k.A.", "2020-05", "16 kg"]
)
def test_value_that_is_no_number_is_left_out_and_the_product_saved(tmp_path: Path, value: str) -> None:
    rows = f"1;x;1;20 cm\n2;y;1;{value}\n3;z;1;0.3 m\n4;z;1;40\n5;z;1;{value}\n"
    out, reports = run(write(tmp_path, f"sku;name;price;attr:Length [cm]\n{rows}"))
    found = f"3: attr:Length [cm]: {value!r} is not a number"
    reasons = (": its unit is cm", " with a decimal point")
    assert reports in [[f"{found}{reason}; the value is left out (2 in this column)"] for reason in reasons]
    assert stored("sku", "attributes") == [
        ("1", {"length": 20}),
        ("2", {}),
        ("3", {"length": 30}),
        ("4", {"length": 40}),
        ("5", {}),
    ]
    assert counts_in(out) == "products: 5 created, 0 updated, 0 unchanged, 2 values left out\n"


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2020-05", "'2020-05' is not a date such as 2026-03-31"),
        ("2020", "'2020' is not a date such as 2026-03-31"),
        ("May 2020", "'May 2020' is not a date such as 2026-03-31"),
        ("2023-02-29", "there is no day 2023-02-29"),
    ],
)
def test_day_that_cannot_be_read_is_left_out(tmp_path: Path, day: str, reason: str) -> None:
    _, reports = run(write(tmp_path, f"sku,name,price,released\n1,x,1,{day}\n2,y,1,2020-05-01\n"))
    assert reports == [f"2: released: {reason}; the value is left out"]
    assert stored("sku", "released") == [("1", None), ("2", date(2020, 5, 1))]


def test_barcode_that_is_none_is_left_out(tmp_path: Path) -> None:
    _, reports = run(write(tmp_path, "sku,name,price,gtin\n1,x,1,1234_pink\n2,y,1,4006381333931\n"))
    assert reports == ["2: gtin: '1234_pink' is not a GTIN: it has other characters than digits; the value is left out"]
    assert stored("sku", "gtins") == [("1", []), ("2", ["04006381333931"])]


@pytest.mark.parametrize("nothing", ["Does not apply", "N/A", "-", "none", "0", "null"])
def test_word_for_no_barcode_is_blank(tmp_path: Path, nothing: str) -> None:
    make_product(sku="1", gtins=["04006381333931"])
    assert run(write(tmp_path, f"sku,gtin\n1,{nothing}\n"))[1] == []
    assert stored("gtins") == [(["04006381333931"],)]


def test_value_that_is_left_out_changes_nothing(tmp_path: Path) -> None:
    Attribute.objects.create(code="length", label="Length", type="number", unit="cm")
    make_product(sku="1", attributes={"length": 25}, released=date(2020, 5, 1))
    run(write(tmp_path, "sku,Length,released\n1,20-30,2021\n"))
    assert stored("attributes", "released") == [({"length": 25}, date(2020, 5, 1))]


def test_value_of_a_bad_row_is_one_of_its_errors(tmp_path: Path) -> None:
    out, reports = run(write(tmp_path, "sku,name,price,released\n1,x,none,2020\n"))
    assert reports == [
        "2: price: 'none' is not a number such as 49.95",
        "2: released: '2020' is not a date such as 2026-03-31",
    ]
    assert counts_in(out) == "products: 0 created, 0 updated, 0 unchanged, 1 bad rows skipped\n"


def test_strict_import_saves_nothing_when_a_value_is_bad(tmp_path: Path) -> None:
    file = write(tmp_path, "sku,name,price,released\n1,x,1,2020\n2,y,1,\n")
    with pytest.raises(CommandError, match="1 bad rows, so nothing was saved"):
        run(file, "--strict")
    assert not Product.objects.exists()


def test_list_of_objects_in_json_is_left_out_or_attributes_by_their_names(tmp_path: Path) -> None:
    product = {
        "sku": "A",
        "name": "x",
        "price": 1,
        "attributes": [
            {"id": 6, "name": "Color", "visible": True, "options": ["Black", "Green"]},
            {"id": 0, "name": "Size", "option": "M"},
        ],
        "FEATURES": [{"FNAME": "Length", "FVALUE": "30", "FUNIT": "mm"}],
        "links": [{"href": "https://example.com"}],
    }
    (tmp_path / "p.jsonl").write_bytes(json_lines(product, {**product, "sku": "B"}))
    reason = "[{'href': 'https://example.com'}] is not a text: a list has plain values only"
    assert run(tmp_path / "p.jsonl")[1] == [f"1: links: {reason}; the value is left out (2 in this column)"]
    assert stored("attributes")[0] == ({"color": ["Black", "Green"], "size": "M", "length": 30},)
    assert set(Attribute.objects.values_list("code", "unit")) == {("color", ""), ("size", ""), ("length", "mm")}
