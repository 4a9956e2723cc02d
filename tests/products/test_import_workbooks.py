"""Excel workbooks are imported as they look, without options for notations."""

import io
import sys
import zipfile
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from products.models import Attribute, Product
from stores.models import Inventory
from tests.factories import make_product, make_store
from tests.products.csv_files import counts_in
from tests.products.importing import run, stored

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def workbook(path: Path, *rows: Iterable[Any], formats: dict[str, str] | None = None) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    for cell, number_format in (formats or {}).items():
        book.active[cell].number_format = number_format
    book.save(path)
    return path


def test_cells_are_what_they_show(tmp_path: Path) -> None:
    file = workbook(
        tmp_path / "p.xlsx",
        ("SKU", "Name", "Price", "gtin", "Released", "Active", "Weight [kg]", "Dimmable", "Note", "  "),
        (1234, "Lamp", 1299.99, 4006381333931, date(2026, 3, 31), True, 2.5, True, "1.200", None),
        (77, 3310, 12, "96385074", date(2026, 4, 1), False, 0.1 + 0.2, False, "'=x", None),
        (),
        ("B-1", "Café", 5, None, None, None, None, None, 1.0, None),
        formats={"A2": "000000"},
    )
    out, reports = run(file)
    assert reports == []
    assert "p.xlsx: Excel workbook, sheet Sheet\n" in out
    assert stored("sku", "name", "price", "gtins", "active") == [
        ("001234", "Lamp", Decimal("1299.99"), ["04006381333931"], True),
        ("77", "3310", Decimal(12), ["00000096385074"], False),
        ("B-1", "Café", Decimal(5), [], True),
    ]
    assert [released and released.isoformat() for (released,) in stored("released")] == [
        "2026-03-31",
        "2026-04-01",
        None,
    ]
    assert stored("attributes") == [
        ({"weight": 2.5, "dimmable": True, "note": "1.200"},),
        ({"weight": 0.3, "dimmable": False, "note": "=x"},),
        ({"note": "1"},),
    ]
    assert Attribute.objects.get(code="weight").unit == "kg"
    assert counts_in(run(file)[0]) == "products: 0 created, 0 updated, 3 unchanged\n"


def test_bad_cells_are_reported_by_their_row(tmp_path: Path) -> None:
    rows = [("sku", "name", "price"), ("A", "x", 1), ("B", "x", "#N/A"), (), (5.5, "x", 1), ("C", "x", 1, "more")]
    file = workbook(tmp_path / "p.xlsx", *rows)
    assert run(file)[1] == [
        "3: price: #N/A is an error of a spreadsheet, not a value",
        "5: sku: 5.5 is a number that a program has rounded; write it as text, in quotes",
        "6: column 4: the row has 4 values, not 3",
    ]
    assert stored("sku") == [("A",)]


def test_first_sheet_that_is_shown_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title, book.active.sheet_state = "Lists", "hidden"
    book.create_sheet("Products").append(["sku", "name", "price"])
    book["Products"].append(["A", "x", 1])
    book.create_sheet("Stock").append(["sku"])
    book.save(tmp_path / "p.xlsx")
    assert "Excel workbook, sheet Products (not read: Stock)" in run(tmp_path / "p.xlsx")[0]
    assert stored("sku") == [("A",)]


def test_dry_run_proposes_a_mapping_for_a_workbook_of_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = workbook(tmp_path / "p", ("Artikelnummer", "Bezeichnung", "VK"), ("A", "Lampe", 9.5)).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    out, reports = run("-", "--dry-run")
    assert (reports, Product.objects.count()) == ([], 0)
    assert '"Bezeichnung" = "name"' in out
    assert "products: would be: 1 created" in out


def test_stock_is_imported_from_a_workbook(tmp_path: Path) -> None:
    product, store = make_product(sku="A"), make_store(code="7")
    call_command("import_stock", workbook(tmp_path / "s.xlsx", ("store", "sku", "quantity"), (7, "A", 12)))
    assert Inventory.objects.get(product=product, store=store).quantity == 12


def test_workbook_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    good = workbook(tmp_path / "good.xlsx", ("sku", "name", "price"), *[(f"S{n}", "x" * 50, n) for n in range(500)])
    empty = workbook(tmp_path / "empty.xlsx")
    damaged = tmp_path / "damaged.xlsx"
    with zipfile.ZipFile(good) as archive, zipfile.ZipFile(damaged, "w") as copy:
        for name in archive.namelist():
            content = archive.read(name)
            copy.writestr(name, content[: len(content) // 2] if "sheet1" in name else content)
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(good) as archive, zipfile.ZipFile(bomb, "w") as copy:
        for name in archive.namelist():
            content = archive.read(name)
            entity = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
            is_sheet = "sheet1" in name
            copy.writestr(name, content.replace(b"<worksheet", entity + b"<worksheet", 1) if is_sheet else content)
    for file, reason in (
        (empty, "the first sheet is empty; it starts with a header such as sku, name, price"),
        (damaged, "the Excel workbook is damaged or protected by a password"),
        (bomb, "the Excel workbook is damaged or protected by a password"),
    ):
        with pytest.raises(CommandError, match=reason):
            run(file)
    assert Product.objects.count() == 0


def test_titles_above_the_header_are_left_out(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "Price list, spring 2026"
    sheet.merge_cells("A1:C1")
    sheet["A3"], sheet["B3"] = "All prices", "with VAT"
    for row in (
        ["SKU", "Name", "Price", "Colour"],
        ["A-1", "Kettle", "49.90", "red"],
        ["A-2", "", None],
        ["A-3", "Mixer", 129],
    ):
        sheet.append(row)
    book.save(tmp_path / "p.xlsx")
    assert run(tmp_path / "p.xlsx")[1] == [
        "6: SKU: there is no product with this SKU, and a new one needs a name and a price"
    ]
    assert stored("sku", "name", "price") == [("A-1", "Kettle", Decimal("49.90")), ("A-3", "Mixer", 129)]
