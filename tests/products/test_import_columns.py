"""Headers that name too few columns, some of them twice, or all of them in two rows."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError

from products.missing_columns import nearest
from products.models import Attribute
from tests.factories import make_product
from tests.products.csv_files import counts_in
from tests.products.importing import run, stored, write

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.mark.parametrize("rows", [1, 2_500])
def test_column_that_new_products_need_is_missed_once(tmp_path: Path, rows: int) -> None:
    text = "".join(f"{number},x,1\n" for number in range(rows))
    out, [report] = run(write(tmp_path, f"SKU,Langbezeichnung,Price\n{text}"))
    assert report == (
        "2: name: no column is the name that a new one needs (the columns are SKU, Langbezeichnung, Price); "
        'say which one is, in a file for --mapping: [columns] "Langbezeichnung" = "name"'
    )
    assert counts_in(out) == f"products: 0 created, 0 updated, 0 unchanged, {rows:,} bad rows skipped\n"


def test_rows_that_are_unknown_beside_known_ones_are_each_named(tmp_path: Path) -> None:
    make_product(sku="A")
    _, reports = run(write(tmp_path, "sku,price\nB,1\nA,2\nC,3\n"))
    assert [report.partition(": there is")[0] for report in reports] == ["2: sku", "4: sku"]


@pytest.mark.parametrize(
    ("field", "headers", "likely"),
    [
        ("name", ["Produktbezeichnung lang", "Colour"], ["Produktbezeichnung lang"]),
        ("name", ["Product titel", "Weight"], ["Product titel"]),
        ("price", ["Endpreis", "Weight"], ["Endpreis"]),
        ("name", ["Weight", "Colour"], []),
    ],
)
def test_nearest_headers_are_those_like_known_ones(field: str, headers: list[str], likely: list[str]) -> None:
    assert nearest(field, headers) == likely


def test_columns_of_one_name_are_several_values(tmp_path: Path) -> None:
    rows = "1,x,1,https://e.com/1.jpg,LED,https://e.com/2.jpg,Dimmable\n2,y,1,,,,8\n"
    text = f"SKU,Name,Price,Image,Feature,Image,Feature\n{rows}"
    for _ in range(2):
        assert run(write(tmp_path, text), "--clear-empty")[1] == []
        assert stored("attributes") == [({"feature": ["LED", "Dimmable"]},), ({"feature": "8"},)]
    assert [[image["url"][-5:] for image in images] for (images,) in stored("images")] == [["1.jpg", "2.jpg"], []]
    assert list(Attribute.objects.values_list("code", "label")) == [("feature", "Feature")]


def test_mapping_can_name_one_of_two_columns_of_one_name(tmp_path: Path) -> None:
    file = write(tmp_path, "SKU,Name,Price,Price\n1,x,10,12\n")
    with pytest.raises(CommandError, match=r"'Price' and 'Price \(2\)' are both price; .*\"Price \(2\)\" = \"ignore\""):
        run(file)
    (tmp_path / "map.toml").write_text('[columns]\n"Price (2)" = "list_price"\n')
    assert run(file, "--mapping", str(tmp_path / "map.toml"))[1] == []
    assert stored("price", "list_price") == [(Decimal(10), Decimal(12))]


def test_names_for_programs_below_the_labels_are_the_header(tmp_path: Path) -> None:
    rows = [
        "TemplateType=fptcustom\tVersion=2024.1104\tThe top 3 rows are not to be changed.\t\t\t\t\t",
        "Seller SKU\tProduct ID\tProduct Name\tStandard Price\tParent SKU\tColor\tBullet\tBullet",
        "item_sku\texternal_product_id\titem_name\tstandard_price\tparent_sku\tcolor_name\tbullet_point1\tbullet_point2",
        "T-1\t4006381333931\tTee\t29.99\t\tBlack\tQuick dry\tLight",
    ]
    file = write(tmp_path, "\r\n".join(rows))
    out, _ = run(file, "--dry-run")
    (tmp_path / "map.toml").write_text(out.partition("--mapping FILE):\n\n")[2].partition("\n\n")[0])
    assert run(file, "--mapping", str(tmp_path / "map.toml"))[1] == []
    assert stored("sku", "name", "price", "gtins", "attributes") == [
        (
            "T-1",
            "Tee",
            Decimal("29.99"),
            ["04006381333931"],
            {"color_name": "Black", "bullet_point1": "Quick dry", "bullet_point2": "Light"},
        )
    ]
