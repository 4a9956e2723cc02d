"""JSON: nested objects, lists and arrays in any layout."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from products.models import Attribute, Product
from tests.products.csv_files import counts_in
from tests.products.importing import json_lines, run, stored

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def test_pictures_of_json_may_have_a_src(tmp_path: Path) -> None:
    image = {"src": "https://example.com/a.jpg", "alt": None, "position": 1}
    (tmp_path / "p.jsonl").write_bytes(json_lines({"sku": "A", "name": "x", "price": 1, "images": [image]}))
    assert run(tmp_path / "p.jsonl")[1] == []
    assert stored("images") == [([{"url": "https://example.com/a.jpg", "alt": ""}],)]


def test_json_lines_with_nested_attributes_and_lists(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_bytes(
        json_lines(
            {
                "sku": "A",
                "name": "Lamp",
                "price": 12.5,
                "gtin": ["4006381333931", "96385074"],
                "attributes": {"Colour": ["Red", "Blue"], "memory": {"value": 8, "unit": "GB"}},
                "number": {"weight": 1.5},
                "boolean": {"dimmable": True},
                "text": {"model": "8"},
                "images": [{"url": "https://example.com/a.jpg", "alt": "Front"}, "https://example.com/b.jpg"],
            },
            {"sku": "B", "name": "Other", "price": "3", "text": {"model": "9"}, "brand": None},
        )
    )
    assert run(tmp_path / "p.jsonl")[1] == []
    first = Product.objects.get(sku="A")
    assert first.attributes == {
        "colour": ["Red", "Blue"],
        "memory": 8,
        "weight": 1.5,
        "dimmable": True,
        "model": "8",
    }
    assert (first.price, first.gtins) == (Decimal("12.50"), ["04006381333931", "00000096385074"])
    assert [image["url"] for image in first.images] == ["https://example.com/a.jpg", "https://example.com/b.jpg"]
    assert Attribute.objects.get(code="memory").unit == "GB"


@pytest.mark.parametrize(
    ("value", "unit", "read"),
    [
        (None, "GB", None),
        ("", "GB", None),
        ([], "GB", None),
        (8, None, 8),
        (8, "", 8),
        (8.5, "GB", 8.5),
        ("8 GB", "GB", 8),
        (["8", "16"], "GB", ["8 GB", "16 GB"]),
        (True, "GB", True),
        (True, None, True),
        (["Red", "Blue"], "", ["Red", "Blue"]),
    ],
)
def test_value_of_json_has_its_unit_if_both_are_there(tmp_path: Path, value: Any, unit: Any, read: Any) -> None:
    product = {"sku": "A", "name": "x", "price": 1, "attributes": {"memory": {"value": value, "unit": unit}}}
    (tmp_path / "p.jsonl").write_bytes(json_lines(product))
    assert run(tmp_path / "p.jsonl")[1] == []
    assert stored("attributes") == [({} if read is None else {"memory": read},)]


@pytest.mark.parametrize(
    ("categories", "path"),
    [
        ([{"id": 9, "name": "Clothing", "slug": "clothing"}], "Clothing"),
        ([{"id": 9, "name": "Home &amp; Garden"}, {"id": 3, "path": "Home > Lamps", "name": "Lamps"}], "Home > Lamps"),
        (["Clothing", "Clothing>Shirts"], "Clothing > Shirts"),
        ([], None),
    ],
)
def test_categories_of_json_may_be_objects_with_names(tmp_path: Path, categories: Any, path: str | None) -> None:
    (tmp_path / "p.jsonl").write_bytes(json_lines({"sku": "A", "name": "x", "price": 1, "categories": categories}))
    assert run(tmp_path / "p.jsonl")[1] == []
    assert stored("category__path") == [(path,)]


@pytest.mark.parametrize("category", [{"id": 9}, {"name": None}, {"name": {"en": "x"}}, True, ["x"]])
def test_category_of_json_without_a_name_is_refused(tmp_path: Path, category: Any) -> None:
    (tmp_path / "p.jsonl").write_bytes(json_lines({"sku": "A", "name": "x", "price": 1, "categories": [category]}))
    [report] = run(tmp_path / "p.jsonl")[1]
    assert report.startswith("1: categories: it has neither a path nor a name: ")
    assert stored("sku") == []


def test_array_of_json_in_any_layout_is_read_like_its_lines(tmp_path: Path) -> None:
    rows = [{"sku": f"S{number}", "name": "x] [,", "price": number, "text": {"note": "n" * 200}} for number in range(9)]
    for name, indent in (("one-line.json", None), ("pretty.json", 2)):
        (tmp_path / name).write_text(json.dumps(rows, indent=indent))
    assert "UTF-8, a JSON array" in run(tmp_path / "one-line.json")[0]
    assert [sku for (sku,) in stored("sku")] == [row["sku"] for row in rows]
    assert counts_in(run(tmp_path / "pretty.json")[0]) == "products: 0 created, 0 updated, 9 unchanged\n"
    (tmp_path / "none.json").write_text(" [ ] ")
    assert counts_in(run(tmp_path / "none.json")[0]) == "products: 0 created, 0 updated, 0 unchanged\n"


def test_array_longer_than_what_is_read_at_once(tmp_path: Path) -> None:
    rows = [{"sku": f"S{number}", "name": "x", "price": 1, "description": "d" * 9_000} for number in range(250)]
    rows[120]["description"] = "é" * 3_000_000
    rows[200]["price"] = "none"
    (tmp_path / "p.json").write_text(json.dumps(rows, indent=1, ensure_ascii=False))
    reports = run(tmp_path / "p.json")[1]
    assert Product.objects.count() == 249
    assert [report.partition(":")[0] for report in reports] == [str(2 + 200 * 6)]  # the line on which it begins


def test_bad_line_of_json_is_reported_and_the_others_are_saved(tmp_path: Path) -> None:
    good = '{"sku": "A", "name": "x", "price": 1}'
    bad = ['{"sku": "B", ', '["sku"]', '{"sku": "C", "sku": "D"}', '{"sku": "E", "name": "x", "price": NaN}']
    bad += [r'{"sku": "F", "name": "\ud800", "price": 1}']
    (tmp_path / "p.jsonl").write_text("\n".join([good, *bad, good.replace("A", "Z")]))
    _, reports = run(tmp_path / "p.jsonl")
    assert [report.split(":")[:2] for report in reports] == [[str(line), " line"] for line in (2, 3, 4, 5, 6)]
    assert [sku for (sku,) in stored("sku")] == ["A", "Z"]


def test_numbers_of_json_are_read_exactly(tmp_path: Path) -> None:
    rows = ['{"sku": 3920564, "name": "x", "price": 1e2}', '{"sku": 5.01E+12, "name": "x", "price": 1}']
    (tmp_path / "p.jsonl").write_text("\n".join(rows))
    _, reports = run(tmp_path / "p.jsonl")
    assert stored("sku", "price") == [("3920564", Decimal("100.00"))]
    assert reports == ["2: sku: 5.01E+12 is a number that a program has rounded; write it as text, in quotes"]
