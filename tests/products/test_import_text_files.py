"""Text files in every encoding, delimiter and layout are read, and their texts cleaned."""

import gzip
import io
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from products.models import Product
from tests.factories import make_product
from tests.products.csv_files import counts_in
from tests.products.importing import run, stored, write

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_detected_and_announced(tmp_path: Path, encoding: str, mark: str) -> None:
    rows = [["SKU", "Name", "Price"], ["1", "Café “gross”", "5.00"], ["2", "Thé", "6.00"]]
    out, reports = run(write(tmp_path, "\r\n".join(mark.join(row) for row in rows), encoding))
    assert (stored("sku", "name", "price"), reports) == (
        [("1", "Café “gross”", Decimal("5.00")), ("2", "Thé", Decimal("6.00"))],
        [],
    )
    names = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}
    marks = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes"}
    assert f"p.csv: {names[encoding]}, separated by {marks[mark]}\n" in out


def test_encoding_and_delimiter_can_be_forced(tmp_path: Path) -> None:
    run(write(tmp_path, 'sku;name,x;price\n1;"a;b";5', "cp850"), "--encoding", "cp850", "--delimiter", "semicolon")
    assert stored("name", "attributes") == []  # 'name,x' is no name
    run(write(tmp_path, "sku;name;price\n1;Café;5", "cp850"), "--encoding", "cp850")
    assert stored("name") == [("Café",)]


def test_line_that_names_the_delimiter_is_no_header(tmp_path: Path) -> None:
    run(write(tmp_path, "sep=;\nsku;name;price\n1;a,b;5"))
    assert stored("name") == [("a,b",)]


@pytest.mark.parametrize(
    "text",
    [
        "Price list, spring 2026, all prices with VAT\n\nSKU;Name;Price\n1;Lamp;9.50\n2;Desk, oak;8\n",
        "Price list;;\r\nvalid until 1.4.;;\r\n;;\r\nSKU;Name;Price\r\n1;Lamp;9.50\r\n2;Desk, oak;8\r\n",
        "Price list\nArt.\tname\tprice\tsku\n\tLamp\t9.50\t1\n\tDesk, oak\t8\t2\n",
        "sku;;name;;price;;\n1;;Lamp;;9.50;;\n2;x;Desk, oak;x;8;x;x\n",
    ],
)
def test_header_is_below_titles(tmp_path: Path, text: str) -> None:
    out, reports = run(write(tmp_path, text), "--attributes", "listed")
    assert (stored("sku", "name", "price"), reports) == (
        [("1", "Lamp", Decimal("9.50")), ("2", "Desk, oak", Decimal(8))],
        [],
    )
    assert "separated by tabs" in out or "separated by semicolons" in out


def test_header_of_unknown_names_is_below_titles(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text('[columns]\n"Ref X" = "sku"\n"What" = "name"\n"Each" = "price"\n')
    text = "Spring;;\nRef X;What;Each\n1;Lamp;9\n2;Desk; oak;8\n3;Chair;7\n"
    _, reports = run(write(tmp_path, text), "--mapping", str(tmp_path / "map.toml"))
    assert (stored("sku", "name"), reports) == (
        [("1", "Lamp"), ("3", "Chair")],
        ["4: column 4: the row has 4 values, not 3"],
    )


def test_columns_without_a_header_and_delimiters_behind_the_last_value_are_no_values(tmp_path: Path) -> None:
    out, reports = run(write(tmp_path, "sku,name,price,,\n1,x,1,,,,\n2,y,1,note,\n3,z,1\n4,z,1,,,,w"))
    assert "  ignored: column 4, column 5\n" in out
    assert stored("sku", "attributes") == [("1", {}), ("2", {})]
    assert reports == ["4: column 4: the row has 3 values, not 5", "5: column 6: the row has 7 values, not 5"]


def test_sku_of_characters_that_nobody_sees_is_empty(tmp_path: Path) -> None:
    file = write(tmp_path, "sku,name,price\n\u200e,x,1\n&nbsp;,x,1\nA\u200e,x,1\n\u200b,x,none\n")
    assert [report for report in run(file)[1] if ": price:" not in report] == [
        f"{line}: sku: it is empty" for line in (2, 3, 5)
    ]
    assert stored("sku") == [("A",)]


def test_sku_has_its_accents_in_one_form(tmp_path: Path) -> None:
    make_product("Cup", sku="caf\u00e9-1", price="5.00")
    run(write(tmp_path, "sku,price\ncafe\u0301-1,6\n"))
    assert list(Product.objects.values_list("sku", "price")) == [("caf\u00e9-1", Decimal("6.00"))]


def test_text_is_cleaned(tmp_path: Path) -> None:
    text = '"<p>Fine &amp; <b>thin</b>.</p><ul><li>One</li><li>Two</li></ul><script>x()</script>"'
    row = f"\ufeffA\u200b1 ,Home &amp; Gar\u00adden\u00a0lamp,1,Maker&reg;,{text}"
    run(write(tmp_path, f"sku,name,price,brand,description\n{row}"))
    assert stored("sku", "name", "brand", "description") == [
        ("A1", "Home & Garden lamp", "Maker®", "Fine & thin.\n\n- One\n- Two")
    ]


def test_what_only_looks_like_markup_stays(tmp_path: Path) -> None:
    run(write(tmp_path, 'sku,name,price,description\nA,"Adapter <USB> a<b and c>d",1,"dries in < 3 min, R&D &copy"'))
    assert stored("name", "description") == [("Adapter <USB> a<b and c>d", "dries in < 3 min, R&D &copy")]


def test_description_may_be_longer_than_a_csv_field_usually_is(tmp_path: Path) -> None:
    text = "word " * 100_000
    run(write(tmp_path, f'sku,name,price,description\nA,x,1,"{text}"\nB,y,2,short'))
    assert [len(description) for (description,) in stored("description")] == [len(text) - 1, 5]


def test_text_that_cannot_be_indexed_is_the_only_bad_row(tmp_path: Path) -> None:
    words = " ".join(f"word{number}" for number in range(150_000))
    rows = [f"{number},x,1,short" for number in range(20)]
    _, reports = run(write(tmp_path, "\n".join(["sku,name,price,description", *rows, f"LONG,x,1,{words}", "Z,x,1,s"])))
    assert [report.split(" (")[0][:40] for report in reports] == ["22: sku: PostgreSQL cannot index its tex"]
    assert (Product.objects.count(), Product.objects.filter(sku="LONG").exists()) == (21, False)


def test_refused_update_is_neither_created_nor_updated(tmp_path: Path) -> None:
    make_product(sku="OLD")
    words = " ".join(f"word{number}" for number in range(150_000))
    out, reports = run(write(tmp_path, f"sku,name,price,description\nNEW,x,1,short\nOLD,x,1,{words}"))
    assert [report[:40] for report in reports] == ["3: sku: PostgreSQL cannot index its text"]
    assert counts_in(out) == "products: 1 created, 0 updated, 0 unchanged, 1 bad rows skipped\n"


def test_gzip_and_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(b"sku,name,price\n1,x,5\n")
    (tmp_path / "p.csv.gz").write_bytes(packed)
    run(tmp_path / "p.csv.gz")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(packed.replace(b"", b""))))
    assert counts_in(run("-")[0]) == "products: 0 created, 0 updated, 1 unchanged\n"
