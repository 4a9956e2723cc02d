"""Other columns are attributes, with label, unit and type."""

from pathlib import Path

import pytest

from products.models import Attribute
from tests.products.importing import json_lines, run, stored, write

pytestmark = [pytest.mark.django_db, pytest.mark.service]


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
        "6: attr:Memory [GB]: '16 kg' is not a number: its unit is GB; the value is left out (2 in this column)"
    ]
    assert stored("sku", "attributes") == [
        (str(sku), {} if number is None else {"memory": number})
        for sku, number in enumerate([16, 16, 8, 500, None, None, 4])
    ]


def test_unit_in_a_header_does_not_make_numbers_of_texts(tmp_path: Path) -> None:
    run(write(tmp_path, "sku,name,price,attr:Fit [EU]\n1,x,1,S/M\n2,x,1,wide\n3,x,1,42"))
    assert [attributes["fit"] for (attributes,) in stored("attributes")] == ["S/M", "wide", "42"]


def test_column_in_another_unit_than_its_attribute_is_converted(tmp_path: Path) -> None:
    Attribute.objects.create(code="width", label="Width", type="number", unit="cm")
    _, reports = run(write(tmp_path, "sku,name,price,attr:Width [mm]\n1,x,1,50\n2,x,1,7 cm\n3,x,1,2.5 m\n4,x,1,9 g"))
    assert reports == ["5: attr:Width [mm]: '9 g' is not a number: its unit is cm; the value is left out"]
    assert [attributes.get("width") for (attributes,) in stored("attributes")] == [5, 7, 250, None]
    assert run(write(tmp_path, "sku,attr:Width [kg]\n1,50"))[1] == [
        "2: attr:Width [kg]: the column is in kg, the attribute in cm; the value is left out"
    ]


def test_value_that_does_not_fit_a_known_type_is_left_out(tmp_path: Path) -> None:
    Attribute.objects.create(code="weight", label="Weight", type="number", unit="kg")
    _, reports = run(write(tmp_path, "sku,name,price,Weight\n1,x,1,heavy\n2,x,1,2 kg"))
    assert reports == ["2: Weight: 'heavy' is not a number: its unit is kg; the value is left out"]
    assert stored("sku", "attributes") == [("1", {}), ("2", {"weight": 2})]
    assert Attribute.objects.get().type == "number"


def test_attributes_listed_alone(tmp_path: Path) -> None:
    Attribute.objects.create(code="colour", label="Farbe", type="text")
    file = write(tmp_path, "sku,name,price,attr:Size,Farbe,internal note\n1,x,1,L,Rot,secret")
    out, _ = run(file, "--attributes", "listed")
    assert stored("attributes") == [({"size": "L", "colour": "Rot"},)]
    assert "ignored: internal note\n" in out


def test_attribute_of_two_types_in_one_file_is_text(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_bytes(
        json_lines(
            {"sku": "A", "name": "x", "price": 1, "number": {"resolution": 1080}},
            {"sku": "B", "name": "x", "price": 1, "text": {"resolution": "4K UHD"}},
            {"sku": "C", "name": "x", "price": 1, "boolean": {"resolution": True}},
        )
    )
    assert run(tmp_path / "p.jsonl")[1] == []
    assert stored("attributes") == [({"resolution": "1080"},), ({"resolution": "4K UHD"},), ({"resolution": "yes"},)]


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


def test_numbers_of_attributes_may_have_digits_of_full_width(tmp_path: Path) -> None:
    assert run(write(tmp_path, "sku,name,price,attr:重量 [g]\n1,x,1,\uff11\uff10\n2,x,1,12"))[1] == []
    assert [attributes for (attributes,) in stored("attributes")] == [{"重量": 10}, {"重量": 12}]
