"""Files in every form that merchants have are read with their right values."""

import gzip
import io
import json
import sys
import tomllib
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import override_settings
from pytest_django import Settings

from products.models import Attribute, Product
from tests.factories import make_product
from tests.products.csv_files import counts_in

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def run(file: Path | str, *options: str) -> tuple[str, list[str]]:
    """What the command printed, and its reports without the file's name."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_catalogue", "--products", str(file), *options, stdout=out, stderr=err)
    except CommandError as error:
        if error.returncode == 1:
            raise
    return out.getvalue(), [line.removeprefix(f"{file}:") for line in err.getvalue().splitlines()]


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "p.csv"
    file.write_bytes(text.encode(encoding))
    return file


def stored(*fields: str) -> list[tuple[Any, ...]]:
    return list(Product.objects.order_by("sku").values_list(*fields))


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


@pytest.mark.parametrize(
    ("prices", "read"),
    [
        (["12,50", "3"], ["12.50", "3.00"]),
        (["1.299,00", "5,00"], ["1299.00", "5.00"]),
        (["1,299.00", "5.5"], ["1299.00", "5.50"]),
        (["1 299,00", "2,00"], ["1299.00", "2.00"]),
        (["$1,000.00", "$2.50"], ["1000.00", "2.50"]),
        (["5.00 USD", "6.00 USD"], ["5.00", "6.00"]),
        (["1 299", "5"], ["1299.00", "5.00"]),
        (["5,-", "1.299,--", "7,50"], ["5.00", "1299.00", "7.50"]),
        (["1'299.00", "7.-", "8.\u2013"], ["1299.00", "7.00", "8.00"]),
    ],
)
def test_prices_are_read_as_the_whole_column_writes_them(tmp_path: Path, prices: list[str], read: list[str]) -> None:
    rows = "".join(f"{number};x;{price}\n" for number, price in enumerate(prices))
    _, reports = run(write(tmp_path, f"sku;name;price\n{rows}"))
    assert (reports, [str(price) for (price,) in stored("price")]) == ([], read)


@pytest.mark.parametrize(
    ("prices", "bad"),
    [
        (["12.50", "12,50"], ["3: price: '12,50' has another decimal mark than '12.50' in this column (--decimal)"]),
        (["1,299"], ["2: price: '1,299' is two numbers, with a decimal comma or a point (--decimal)"]),
        (
            ["$5", "6"],
            ["2: price: '$5' has the sign $, which other values of this column do not have (--currency-sign)"],
        ),
        (["£5"], ["2: price: '£5' is not an amount in USD; if £ is its sign, add --currency-sign £"]),
        (["5 each"], ["2: price: '5 each' is not an amount in USD; if each is its sign, add --currency-sign each"]),
        (["5 on request"], ["2: price: '5 on request' is not a number such as 49.95"]),
        (
            ["1'299.00", "1.299,00"],
            [
                """2: price: "1'299.00" has another decimal mark than '1.299,00' in this column (--decimal)""",
                """3: price: '1.299,00' has another decimal mark than "1'299.00" in this column (--decimal)""",
            ],
        ),
    ],
)
def test_price_is_never_guessed_alone(tmp_path: Path, prices: list[str], bad: list[str]) -> None:
    rows = "".join(f"{number};x;{price}\n" for number, price in enumerate(prices))
    assert run(write(tmp_path, f"sku;name;price\n{rows}"))[1] == bad


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


def test_placeholders_of_attributes_are_blank_and_survive_as_texts(tmp_path: Path) -> None:
    run(
        write(
            tmp_path,
            "sku,name,price,rating,wireless,fit\n1,-,1,4.5,Yes,-\n2,y,1,N/A,n/a,&#x00002D;\n3,z,1,\u2013,No,NULL",
        )
    )
    assert stored("name", "attributes") == [
        ("-", {"rating": 4.5, "wireless": True}),
        ("y", {"fit": "-"}),
        ("z", {"wireless": False}),
    ]


def test_pictures_of_json_may_have_a_src(tmp_path: Path) -> None:
    image = {"src": "https://example.com/a.jpg", "alt": None, "position": 1}
    (tmp_path / "p.jsonl").write_bytes(lines({"sku": "A", "name": "x", "price": 1, "images": [image]}))
    assert run(tmp_path / "p.jsonl")[1] == []
    assert stored("images") == [([{"url": "https://example.com/a.jpg", "alt": ""}],)]


def test_picture_is_an_address_or_a_stored_file(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    stored_name = default_storage.save("products/front.png", ContentFile(b"x"))
    make_product(sku="old", images=[{"url": "products/gone.png", "alt": ""}])
    good = ["https://example.com/a.jpg", stored_name, f"{stored_name} https://example.com/a.jpg"]
    bad = ["front.png", "see catalogue", "n.a.", "www.example.com/a.jpg", f"{stored_name} other.png"]
    rows = "".join(f"{number},x,1,{cell}\n" for number, cell in enumerate([*good, *bad]))
    _, reports = run(write(tmp_path, f"SKU,Name,Price,Image\n{rows}old,,2,products/gone.png\n"))
    assert reports == [
        f"{5 + place}: Image: "
        + "; ".join(
            f"{name!r} is neither an http(s) address nor the name of a stored file"
            for name in sorted(cell.split())
            if name != stored_name
        )
        for place, cell in enumerate(bad)
    ]
    assert [sku for (sku,) in stored("sku")] == ["0", "1", "2", "old"]
    assert stored("images")[3] == ([{"url": "products/gone.png", "alt": ""}],)


def test_notation_can_be_forced(tmp_path: Path) -> None:
    file = write(tmp_path, "sku;name;price;released\n1;x;1.299;03/04/2024\n2;x;5 Fr.;01/02/2024")
    options = ["--decimal", "comma", "--currency-sign", "Fr.", "--dates", "M-D-Y"]
    assert run(file, *options)[1] == []
    assert [(str(price), str(day)) for price, day in stored("price", "released")] == [
        ("1299.00", "2024-03-04"),
        ("5.00", "2024-01-02"),
    ]


def test_dates_are_read_as_the_whole_column_writes_them(tmp_path: Path) -> None:
    assert run(write(tmp_path, "sku,name,price,released\n1,x,1,03/04/2024\n2,x,1,31/12/2024\n3,x,1,1.2.2024"))[1] == []
    assert [str(day) for (day,) in stored("released")] == ["2024-04-03", "2024-12-31", "2024-02-01"]


@override_settings(CURRENCY="KWD")
def test_price_has_the_digits_of_the_currency(tmp_path: Path) -> None:
    _, reports = run(write(tmp_path, "sku,name,price\n1,x,1.234\n2,x,1.2345"))
    assert [str(price) for (price,) in stored("price")] == ["1.234"]
    assert reports == ["3: price: a price in KWD has at most 3 decimals, not 1.2345"]


def test_other_columns_are_attributes_with_label_unit_and_type(tmp_path: Path) -> None:
    header = "sku,name,price,attr:Screen size [inch],Touchscreen,Colour,Connectors"
    rows = ["1,x,1,15.6,yes,Blue,USB-C", "2,x,1,14,no,,HDMI"]
    out, reports = run(write(tmp_path, "\n".join([header, *rows])))
    assert reports == []
    assert stored("attributes") == [
        ({"screen_size": 15.6, "touchscreen": True, "colour": "Blue", "connectors": "USB-C"},),
        ({"screen_size": 14, "touchscreen": False, "connectors": "HDMI"},),
    ]
    assert set(Attribute.objects.values_list("code", "label", "type", "unit")) == {
        ("screen_size", "Screen size", "number", "inch"),
        ("touchscreen", "Touchscreen", "boolean", ""),
        ("colour", "Colour", "text", ""),
        ("connectors", "Connectors", "text", ""),
    }
    assert "attributes: colour, connectors, screen_size, touchscreen\n" in out


def test_column_of_several_units_of_one_measure_is_in_the_commonest(tmp_path: Path) -> None:
    rows = "1;x;1;500 g\n2;x;1;1,2 kg\n3;x;1;750 g\n"
    assert run(write(tmp_path, f"sku;name;price;Weight\n{rows}"))[1] == []
    assert stored("attributes") == [({"weight": 500},), ({"weight": 1200},), ({"weight": 750},)]
    assert Attribute.objects.get().unit == "g"


def test_cells_of_a_column_with_a_unit_may_have_units_of_their_own(tmp_path: Path) -> None:
    cells = ["16", "16 GB", "8192 MB", "0,5 TB", "16 kg", "plenty", "4"]
    rows = "\n".join(f"{number};x;1;{cell}" for number, cell in enumerate(cells))
    _, reports = run(write(tmp_path, f"sku;name;price;attr:Memory [GB]\n{rows}"))
    assert reports == [
        "6: attr:Memory [GB]: '16 kg' is not a number: its unit is GB",
        "7: attr:Memory [GB]: 'plenty' is not a number: its unit is GB",
    ]
    assert stored("sku", "attributes") == [
        (sku, {"memory": number}) for sku, number in (("0", 16), ("1", 16), ("2", 8), ("3", 500), ("6", 4))
    ]


def test_unit_in_a_header_does_not_make_numbers_of_texts(tmp_path: Path) -> None:
    run(write(tmp_path, "sku,name,price,attr:Fit [EU]\n1,x,1,S/M\n2,x,1,wide\n3,x,1,42"))
    assert [attributes["fit"] for (attributes,) in stored("attributes")] == ["S/M", "wide", "42"]


def test_column_in_another_unit_than_its_attribute_is_converted(tmp_path: Path) -> None:
    Attribute.objects.create(code="width", label="Width", type="number", unit="cm")
    _, reports = run(write(tmp_path, "sku,name,price,attr:Width [mm]\n1,x,1,50\n2,x,1,7 cm\n3,x,1,2.5 m\n4,x,1,9 g"))
    assert reports == ["5: attr:Width [mm]: '9 g' is not a number: its unit is cm"]
    assert [attributes["width"] for (attributes,) in stored("attributes")] == [5, 7, 250]
    assert run(write(tmp_path, "sku,attr:Width [kg]\n1,50"))[1] == [
        "2: attr:Width [kg]: the column is in kg, the attribute in cm"
    ]


def test_value_that_does_not_fit_a_known_type_is_a_bad_row(tmp_path: Path) -> None:
    Attribute.objects.create(code="weight", label="Weight", type="number", unit="kg")
    _, reports = run(write(tmp_path, "sku,name,price,Weight\n1,x,1,heavy\n2,x,1,2 kg"))
    assert reports == ["2: Weight: 'heavy' is not a number: its unit is kg"]
    assert (stored("sku", "attributes"), Attribute.objects.get().type) == ([("2", {"weight": 2})], "number")


def test_attributes_listed_alone(tmp_path: Path) -> None:
    Attribute.objects.create(code="colour", label="Farbe", type="text")
    file = write(tmp_path, "sku,name,price,attr:Size,Farbe,internal note\n1,x,1,L,Rot,secret")
    out, _ = run(file, "--attributes", "listed")
    assert stored("attributes") == [({"size": "L", "colour": "Rot"},)]
    assert "ignored: internal note\n" in out


@pytest.mark.parametrize(
    ("file", "changed"),
    [
        ("sku,price\nA,7.50\nB,8\n", {"price": Decimal("7.50")}),
        ("sku,active\nA,no\nB,yes\n", {"active": False}),
        ("SKU;LIST-PRICE\nA;20\nB;\n", {"list_price": Decimal("20.00")}),
        ("sku,gtin\nA,4006381333931\nB,\n", {"gtins": ["04006381333931"]}),
    ],
)
def test_partial_file_changes_its_columns_of_known_products(tmp_path: Path, file: str, changed: dict[str, Any]) -> None:
    known = make_product(sku="A", name="Old", brand="Brand", description="Text", attributes={"colour": "Red"})
    before = Product.objects.values().get()
    _, reports = run(write(tmp_path, file))
    after = Product.objects.values().get(pk=known.pk)
    assert after == {**before, **changed, "updated_at": after["updated_at"]}
    reason = "there is no product with this SKU, and a new one needs a name and a price"
    assert reports == [f"3: {file[:3]}: {reason}"]


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


def test_sku_that_differs_from_a_known_one_only_in_case_is_refused(tmp_path: Path) -> None:
    make_product(sku="Ab-1")
    _, reports = run(write(tmp_path, "sku,name,price\nAB-1,x,1\nAb-1,y,2"))
    assert reports == ["2: sku: 'AB-1' differs only in case from the product 'Ab-1'"]
    assert stored("sku", "name") == [("Ab-1", "y")]


def test_products_that_differ_only_in_case_are_both_updated(tmp_path: Path) -> None:
    make_product(sku="L-1")
    make_product(sku="l-1")
    text = "sku,name,price\nL-1,upper,1\nl-1,lower,2\nl-1,again,3\nS-1,new,4\ns-1,other,5"
    for _ in range(2):
        _, reports = run(write(tmp_path, text))
        assert reports == [
            "4: sku: 'l-1' is already in line 3",
            "6: sku: 's-1' differs only in case from 'S-1' in line 5",
        ]
    assert set(stored("sku", "name")) == {("L-1", "upper"), ("l-1", "lower"), ("S-1", "new")}


def test_product_that_a_file_names_in_other_case_is_not_missing(tmp_path: Path) -> None:
    for sku in ("L-1", "K-1", "k-1"):
        make_product(sku=sku)
    _, reports = run(write(tmp_path, "sku,price\nl-1,9\nK-1,9\n"), "--delete-missing", "--missing-limit", "100")
    assert reports[0] == "2: sku: 'l-1' differs only in case from the product 'L-1'"
    assert set(Product.objects.values_list("sku", "active")) == {("L-1", True), ("K-1", True), ("k-1", False)}


def lines(*objects: dict[str, Any]) -> bytes:
    return "\n".join(json.dumps(each, ensure_ascii=False) for each in objects).encode()


def test_json_lines_with_nested_attributes_and_lists(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_bytes(
        lines(
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
    (tmp_path / "p.jsonl").write_bytes(lines(product))
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
    (tmp_path / "p.jsonl").write_bytes(lines({"sku": "A", "name": "x", "price": 1, "categories": categories}))
    assert run(tmp_path / "p.jsonl")[1] == []
    assert stored("category__path") == [(path,)]


@pytest.mark.parametrize("category", [{"id": 9}, {"name": None}, {"name": {"en": "x"}}, True, ["x"]])
def test_category_of_json_without_a_name_is_refused(tmp_path: Path, category: Any) -> None:
    (tmp_path / "p.jsonl").write_bytes(lines({"sku": "A", "name": "x", "price": 1, "categories": [category]}))
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


@pytest.mark.parametrize(
    ("header", "row", "proposed"),
    [
        (
            "ID,Type,SKU,Name,Published,Description,Regular price,Sale price,Categories",
            "5,simple,A,Lamp,1,long,20,15,Home > Lamps",
            {"ID": "ignore", "Published": "active", "Regular price": "price"},
        ),
        (
            "id\ttitle\timage_link\tprice\tsale_price\tlink",
            "A\tLamp\thttps://example.com/1.jpg\t20.00 USD\t15.00 USD\thttps://example.com",
            {"id": "sku", "title": "name", "image_link": "images", "link": "ignore"},
        ),
        (
            "Artikelnummer;Bezeichnung;VK;UVP;Gewicht [kg]",
            "A;Lamp;15,00;20,00;1,5",
            {"Artikelnummer": "sku", "Bezeichnung": "name", "VK": "price", "UVP": "list_price"},
        ),
        (
            "Artikelnr;Benämning;Varumärke;Pris;RRP",
            "A;Lamp;Kestrel;15;20",
            {"Artikelnr": "sku", "Benämning": "name", "Varumärke": "brand", "Pris": "price", "RRP": "list_price"},
        ),
        (
            "Código;Nome;Preço;Descrição;RRP",
            "A;Lamp;15;Bonita;20",
            {"Código": "sku", "Nome": "name", "Preço": "price", "Descrição": "description", "RRP": "list_price"},
        ),
        (
            "商品コード,商品名,メーカー,販売価格,RRP",
            "A,Lamp,Kestrel,15,20",
            {"商品コード": "sku", "商品名": "name", "メーカー": "brand", "販売価格": "price", "RRP": "list_price"},
        ),
    ],
)
def test_headers_of_other_systems_are_recognised(
    tmp_path: Path, header: str, row: str, proposed: dict[str, str]
) -> None:
    file = write(tmp_path, f"{header}\n{row}\n")
    out, _ = run(file, "--dry-run")
    toml = out.partition("--mapping FILE):\n\n")[2].partition("\n\n")[0]
    assert tomllib.loads(toml) == {"columns": proposed}
    (tmp_path / "map.toml").write_text(toml)
    assert run(file, "--mapping", str(tmp_path / "map.toml"))[1] == []
    assert stored("sku", "name", "price", "list_price") == [("A", "Lamp", Decimal("15.00"), Decimal("20.00"))]


@pytest.mark.parametrize(
    ("header", "proposed"),
    [
        (
            "Item no.,Description,Group,List price (USD),Trade price (USD)",
            {
                "Item no.": "sku",
                "Description": "name",
                "Group": "category",
                "List price (USD)": "price",
                "Trade price (USD)": "ignore",
            },
        ),
        ("sku,description,list_price", {}),  # may be a part of a catalogue
        (
            "sku,name,price,Fabric (product.metafields.custom.fabric),vendor.name,price.currency",
            {
                "Fabric (product.metafields.custom.fabric)": "attr:Fabric",
                "vendor.name": "brand",
                "price.currency": "ignore",
            },
        ),
    ],
)
def test_headers_are_understood_beside_the_others(tmp_path: Path, header: str, proposed: dict[str, str]) -> None:
    out, _ = run(write(tmp_path, f"{header}\n{'1,' * header.count(',')}1\n"), "--dry-run")
    toml = out.partition("--mapping FILE):\n\n")[2].partition("\n\n")[0]
    assert tomllib.loads(toml) == ({"columns": proposed} if proposed else {})


def test_attribute_of_two_types_in_one_file_is_text(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_bytes(
        lines(
            {"sku": "A", "name": "x", "price": 1, "number": {"resolution": 1080}},
            {"sku": "B", "name": "x", "price": 1, "text": {"resolution": "4K UHD"}},
            {"sku": "C", "name": "x", "price": 1, "boolean": {"resolution": True}},
        )
    )
    assert run(tmp_path / "p.jsonl")[1] == []
    assert stored("attributes") == [({"resolution": "1080"},), ({"resolution": "4K UHD"},), ({"resolution": "yes"},)]


def test_gzip_and_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(b"sku,name,price\n1,x,5\n")
    (tmp_path / "p.csv.gz").write_bytes(packed)
    run(tmp_path / "p.csv.gz")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(packed.replace(b"", b""))))
    assert counts_in(run("-")[0]) == "products: 0 created, 0 updated, 1 unchanged\n"


SHOPIFY = "Handle,Title,Body (HTML),Vendor,Type,Variant SKU,Variant Price,Variant Compare At Price,Status,Colour"


def test_dry_run_proposes_a_mapping_and_saves_nothing(tmp_path: Path) -> None:
    file = write(tmp_path, f"{SHOPIFY}\nlamp,Lamp,<b>Fine</b>,Maker,Lamps,L-1,5.00,7.00,draft,Red")
    with pytest.raises(CommandError, match="no column is the sku of products"):
        run(file)
    out, reports = run(file, "--dry-run")
    assert (reports, Product.objects.count(), Attribute.objects.count()) == ([], 0, 0)
    assert "products: would be: 1 created, 0 updated, 0 unchanged\n" in out
    assert "new attributes: colour (text)" in out
    mapping = tmp_path / "map.toml"
    mapping.write_text(out.partition("--mapping FILE):\n\n")[2].partition("\n\n")[0])
    run(file, "--mapping", str(mapping))
    assert stored("sku", "name", "brand", "price", "list_price", "active", "description", "attributes") == [
        ("L-1", "Lamp", "Maker", Decimal("5.00"), Decimal("7.00"), False, "Fine", {"colour": "Red"})
    ]


def test_sale_price_of_other_systems_becomes_the_price_and_ends(tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text(
        '[columns]\n"Regular price" = "price"\n"Sale price" = "sale_price"\n"Screen" = "attr:Size [in]"\n'
    )
    file = write(tmp_path, "SKU,Name,Regular price,Sale price,Screen\n1,x,10,8,15\n2,y,5,,14")
    run(file, "--mapping", str(mapping))
    assert stored("price", "list_price", "attributes") == [
        (Decimal("8.00"), Decimal("10.00"), {"size": 15}),
        (Decimal("5.00"), None, {"size": 14}),
    ]
    run(write(tmp_path, "SKU,Name,Regular price,Sale price,Screen\n1,x,10,,15"), "--mapping", str(mapping))
    assert stored("price", "list_price")[0] == (Decimal("10.00"), None)


@pytest.mark.parametrize(
    ("msrp", "special", "stored_prices"),
    [
        ("120", "", (Decimal(100), Decimal(120))),
        ("120", "90", (Decimal(90), Decimal(120))),
        ("", "90", (Decimal(90), Decimal(100))),
        ("0", "90", (Decimal(90), Decimal(100))),
        ("", "", (Decimal(100), None)),
    ],
)
def test_list_price_of_the_row_stays_beside_a_sale(
    tmp_path: Path, msrp: str, special: str, stored_prices: tuple[Decimal, Decimal | None]
) -> None:
    make_product(sku="1", price="7", list_price=Decimal(8))
    run(write(tmp_path, f"sku,name,list_price,price,sale_price\n1,x,{msrp},100,{special}"))
    assert stored("price", "list_price") == [stored_prices]


@pytest.mark.parametrize(
    ("header", "label", "unit"),
    [
        ("Weight [in kilograms, without packaging and pallet]", None, ""),
        ("Weight [kg]", "Weight", "kg"),
        ("x" * 300, "x" * 200, ""),
        ("y" * 300 + " [kg]", "y" * 200, "kg"),
        ("Net\0weight [k\0g]", "Net weight", "k g"),
    ],
)
def test_header_of_an_attribute_has_any_length(tmp_path: Path, header: str, label: str | None, unit: str) -> None:
    assert run(write(tmp_path, f'sku,name,price,"{header}"\n1,x,1,5'))[1] == []
    assert list(Attribute.objects.values_list("label", "unit")) == [(label or header, unit)]
    assert [list(attributes.values()) for (attributes,) in stored("attributes")] == [[5]]


def test_mapping_to_what_does_not_exist_is_refused(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text('[columns]\n"Title" = "title"\n')
    with pytest.raises(CommandError, match="'Title' cannot be 'title'; it is one of sku, name"):
        run(write(tmp_path, "sku,name,price\n1,x,1"), "--mapping", str(tmp_path / "map.toml"))


def test_dry_run_counts_what_would_change(tmp_path: Path) -> None:
    make_product(sku="A", name="x", price="1")
    make_product(sku="B", name="x", price="1")
    out, _ = run(write(tmp_path, "sku,name,price,category\nA,x,2,New\nB,x,1,\nC,x,1,New\n"), "--dry-run")
    assert "products: would be: 1 created, 1 updated, 1 unchanged\n" in out
    assert "  price of 1 products\n" in out
    assert "  category of 1 products\n" in out
    assert stored("sku", "price") == [("A", Decimal("1.00")), ("B", Decimal("1.00"))]


def test_products_that_a_file_leaves_out_are_deactivated_with_a_limit(tmp_path: Path) -> None:
    for number in range(20):
        make_product(sku=f"S{number}")
    whole = write(tmp_path, "sku\n" + "".join(f"S{number}\n" for number in range(19)))
    out, _ = run(whole, "--delete-missing")
    assert out.endswith("products that no file names: 1 deactivated\n")
    assert Product.objects.filter(active=False).values_list("sku", flat=True).get() == "S19"
    half = write(tmp_path, "sku,price\n" + "".join(f"S{number},99\n" for number in range(10)))
    with pytest.raises(CommandError, match="9 of 19 active products are in no file, more than 10 %; nothing was saved"):
        run(half, "--delete-missing")
    assert not Product.objects.filter(price=99).exists()
    assert run(half, "--delete-missing", "--dry-run", "--missing-limit", "100")[0].endswith(
        "products that no file names: 9 would be deactivated\n"
    )
    run(half, "--delete-missing", "--missing-limit", "100")
    assert (Product.objects.filter(active=True).count(), Product.objects.filter(price=99).count()) == (10, 10)


def test_row_that_cannot_be_read_prevents_deactivation(tmp_path: Path) -> None:
    for number in range(20):
        make_product(sku=f"S{number}")
    rows = "".join(f"S{number},1\n" for number in range(19))
    with pytest.raises(CommandError, match="but 1 rows have no readable SKU; nothing was saved"):
        run(write(tmp_path, f'sku,price\n{rows}"S19,1\n'), "--delete-missing")
    assert not Product.objects.filter(active=False).exists()


def test_several_files_are_imported_in_their_order(tmp_path: Path) -> None:
    whole = write(tmp_path, "sku,name,price\nA,x,1\n")
    (tmp_path / "more.jsonl").write_bytes(lines({"sku": "A", "number": {"weight": 2.0}, "gtin": ["4006381333931"]}))
    out, reports = run(whole, "--products", str(tmp_path / "more.jsonl"))
    assert (stored("attributes", "gtins"), reports) == ([({"weight": 2}, ["04006381333931"])], [])
    assert counts_in(out) == (
        "products: 1 created, 0 updated, 0 unchanged\nproducts: 0 created, 1 updated, 0 unchanged\n"
    )


def test_gtin_without_its_zeros_in_front_is_completed_by_its_check_digit(tmp_path: Path) -> None:
    _, reports = run(
        write(tmp_path, "sku,name,price,EAN\n1,x,1,36000291452\n2,x,1,36000291453\n3,x,1,4.00638E+12"), "--dry-run"
    )
    assert [report.partition(":")[0] for report in reports] == ["3", "4"]


@pytest.mark.parametrize(
    ("currency", "locale", "prices"),
    [
        ("JPY", "ja_JP", ["1,200円", "¥480", "１２０円", "￥1500"]),
        ("EUR", "de_DE", ["12,50 Euro", "€ 3,00", "4,99 EUR", "1 Euro"]),
    ],
)
def test_currency_may_be_written_in_each_of_its_ways(
    tmp_path: Path, settings: Settings, currency: str, locale: str, prices: list[str]
) -> None:
    settings.CURRENCY, settings.LOCALE = currency, locale
    rows = "".join(f"{number};x;{price}\n" for number, price in enumerate(prices))
    assert run(write(tmp_path, f"sku;name;price\n{rows}"))[1] == []
    assert [price for (price,) in stored("price")] == (
        [1200, 480, 120, 1500] if currency == "JPY" else [Decimal("12.5"), 3, Decimal("4.99"), 1]
    )
    assert len(run(write(tmp_path, f"sku;name;price\n{rows}9;x;7\n"))[1]) == len(prices)


@pytest.mark.parametrize(
    ("shop", "prices", "bad"),
    [
        (("DKK", "da_DK", ""), ["kr. 10,50", "kr 1.299,00", "7,00 kr.", "8,00 DKK"], 0),
        (("SEK", "sv_SE", ""), ["kr. 10,50", "9,00 kr"], 0),
        (("INR", "en_IN", "Rs."), ["Rs. 100", "Rs.1,299.50", "Rs 7", "₹ 5", "INR 5"], 0),
        (("CHF", "de_CH", "Fr"), ["Fr. 12.50", "7.- Fr.", "CHF 5"], 0),
        (("USD", "en_US", "US$"), ["US$ 5", "USD 100", "$7"], 0),
        (("USD", "en_US", "US$"), ["US$ 5", "6"], 0),
        (("USD", "en_US", "US$"), ["US$ 5", "USD 100", "6"], 1),
        (("USD", "en_US", "US$"), ["US$ 5", "€ 6", "USD 7"], 2),
        (("INR", "en_IN", ""), ["Rs. 100"], 1),
    ],
)
def test_sign_of_a_price_may_have_a_dot_and_the_given_one_is_another(
    tmp_path: Path, settings: Settings, shop: tuple[str, str, str], prices: list[str], bad: int
) -> None:
    settings.CURRENCY, settings.LOCALE, sign = shop
    rows = "".join(f"{number};x;{price}\n" for number, price in enumerate(prices))
    _, reports = run(write(tmp_path, f"sku;name;price\n{rows}"), *(["--currency-sign", sign] if sign else []))
    assert len(reports) == bad, reports


def test_numbers_of_attributes_may_have_digits_of_full_width(tmp_path: Path) -> None:
    assert run(write(tmp_path, "sku,name,price,attr:重量 [g]\n1,x,1,\uff11\uff10\n2,x,1,12"))[1] == []
    assert [attributes for (attributes,) in stored("attributes")] == [{"重量": 10}, {"重量": 12}]


def test_apostrophe_before_a_gtin_is_not_part_of_it(tmp_path: Path) -> None:
    run(write(tmp_path, "sku,name,price,gtins\n1,x,1,'4006381333931\n"))
    assert stored("gtins") == [(["04006381333931"],)]


def test_bad_barcode_is_reported_without_its_place_in_the_cell(tmp_path: Path) -> None:
    assert run(write(tmp_path, "sku,name,price,gtin\n1,x,1,4006381333932"))[1] == [
        "2: gtin: '4006381333932' is not a GTIN: its check digit is wrong"
    ]


@pytest.mark.parametrize(
    ("header", "targets"),
    [
        (
            "Artikelnr.;Bezeichnung;EK-Preis;VK-Preis;Lieferbar;EAN-Code",
            {"VK-Preis": "price", "EK-Preis": "ignore", "Lieferbar": "ignore", "EAN-Code": "gtins"},
        ),
        (
            "商品コード;商品名;仕入価格;通常価格;JANコード;公開;在庫数",
            {"通常価格": "price", "JANコード": "gtins", "公開": "active"},
        ),
        (
            "Référence;Nom;Prix de vente;Prix d'achat HT;Code-barres",
            {"Prix de vente": "price", "Prix d'achat HT": "ignore"},
        ),
        (
            "Código;Nombre;Precio de coste;Precio sin oferta",
            {"Precio sin oferta": "price", "Precio de coste": "ignore"},
        ),
    ],
)
def test_price_of_a_shop_is_found_beside_its_costs(tmp_path: Path, header: str, targets: dict[str, str]) -> None:
    out, _ = run(write(tmp_path, f"{header}\n{';' * header.count(';')}"), "--dry-run")
    toml = out.partition("--mapping FILE):\n\n")[2].partition("\n\n")[0]
    proposed = tomllib.loads(toml)["columns"]
    assert {name: proposed.get(name) for name in targets} == targets
