"""Exports of other shop systems: a dry run proposes their mapping, which imports them with their right values."""

import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.test import override_settings

from products.models import Attribute, Product
from tests.products.importing import run, write

pytestmark = [pytest.mark.django_db, pytest.mark.service]

SHOPIFY = """\
Handle,Title,Body (HTML),Vendor,Product Category,Published,Option1 Name,Option1 Value,Option1 Linked To,Option2 Name,\
Option2 Value,Variant SKU,Variant Grams,Variant Price,Variant Compare At Price,Variant Barcode,Image Src,\
Image Position,Variant Image,Cost per item,Status
shirt,Linen Shirt,<p>Light &amp; cool</p>,Kestrel,Clothing > Shirts,true,Size,S,,Color,White,LS-S,200,49.90,59.90,\
4006381333931,https://cdn.example.com/a.jpg,1,https://cdn.example.com/white.jpg,20.00,active
shirt,,,,,,,M,,,White,LS-M,210,49.90,,,https://cdn.example.com/b.jpg,2,,20.00,
shirt,,,,,,,L,,,Blue,LS-L,220,54.90,,,,,,20.00,
shirt,,,,,,,,,,,,,,,,https://cdn.example.com/c.jpg,3,,,
mug,Enamel Mug,,Kestrel,Kitchen,true,Title,Default Title,,,,MUG,300,12.00,,,,,,5.00,draft
"""
WOOCOMMERCE = """\
ID,Type,SKU,Name,Published,Visibility in catalog,Description,In stock?,Weight (kg),Sale price,Regular price,Categories,\
Images,Parent,Position,Attribute 1 name,Attribute 1 value(s),Attribute 1 visible,Attribute 2 name,\
Attribute 2 value(s),Meta: _x
46,variation,tee-red,Tee - Red,1,visible,,1,,,20,,,tee,0,Color,Red,,Size,,
44,variable,tee,Tee,1,visible,<b>Soft</b>,1,.5,,,"Clothing, Clothing > Tees\\, plain",https://woo.example/1.jpg,,0,\
Color,"Blue, Red",1,Size,"Large, Small",x
47,variation,tee-blue,Tee - Blue,-1,visible,,1,.6,18,20,,https://woo.example/blue.jpg,id:44,0,Color,Blue,,Size,Large,
50,simple,cap,Cap,1,visible,,1,.1,,9,Hats,,,0,Maker,"A\\, B & Co",1,,,
60,variation,lost,Lost,1,visible,,1,,,9,,,id:99,0,,,,,,
"""


def imported(folder: Path, text: str) -> tuple[str, list[str]]:
    """What importing with the proposed mapping printed and reported."""
    file = write(folder, text)
    out, _ = run(file, "--dry-run")
    (folder / "map.toml").write_text(out.partition("--mapping FILE):\n\n")[2].partition("\n\n")[0])
    assert Product.objects.count() == 0
    return run(file, "--mapping", str(folder / "map.toml"))


def products(*fields: str) -> dict[str, tuple[Any, ...]]:
    return {sku: tuple(values) for sku, *values in Product.objects.values_list("sku", *fields)}


def test_variants_of_shopify_have_what_the_row_above_says_and_their_own(tmp_path: Path) -> None:
    out, reports = imported(tmp_path, SHOPIFY)
    assert reports == []
    assert "rows are read by: Handle (variant group), Option1 Value (attributes)" in out
    assert products("name", "category__path", "price", "list_price", "active", "description") == {
        "LS-S": (
            "Linen Shirt - S / White",
            "Clothing > Shirts",
            Decimal("49.90"),
            Decimal("59.90"),
            True,
            "Light & cool",
        ),
        "LS-M": ("Linen Shirt - M / White", "Clothing > Shirts", Decimal("49.90"), None, True, "Light & cool"),
        "LS-L": ("Linen Shirt - L / Blue", "Clothing > Shirts", Decimal("54.90"), None, True, "Light & cool"),
        "MUG": ("Enamel Mug", "Kitchen", Decimal("12.00"), None, False, ""),
    }
    assert products("attributes", "gtins") == {
        "LS-S": ({"size": "S", "color": "White"}, ["04006381333931"]),
        "LS-M": ({"size": "M", "color": "White"}, []),
        "LS-L": ({"size": "L", "color": "Blue"}, []),
        "MUG": ({}, []),
    }


def test_pictures_of_shopify_are_those_of_all_variants_behind_their_own(tmp_path: Path) -> None:
    imported(tmp_path, SHOPIFY)
    urls = {sku: [image["url"][24:] for image in images] for sku, (images,) in products("images").items()}
    assert urls == {
        "LS-S": ["white.jpg", "a.jpg", "b.jpg", "c.jpg"],
        "LS-M": ["a.jpg", "b.jpg", "c.jpg"],
        "LS-L": ["a.jpg", "b.jpg", "c.jpg"],
        "MUG": [],
    }


def test_bad_row_between_variants_changes_nothing_of_the_others(tmp_path: Path) -> None:
    lines = SHOPIFY.splitlines(keepends=True)
    text = "".join([*lines[:2], "shirt,a,row,that,is,cut\n", *lines[2:]])
    _, reports = imported(tmp_path, text)
    assert [report.partition(":")[0] for report in reports] == ["3"]
    assert products("name", "attributes") == {
        "LS-S": ("Linen Shirt - S / White", {"size": "S", "color": "White"}),
        "LS-M": ("Linen Shirt - M / White", {"size": "M", "color": "White"}),
        "LS-L": ("Linen Shirt - L / Blue", {"size": "L", "color": "Blue"}),
        "MUG": ("Enamel Mug", {}),
    }
    urls = {sku: [image["url"][24:] for image in images] for sku, (images,) in products("images").items()}
    assert urls["LS-M"] == ["a.jpg", "b.jpg", "c.jpg"]


def test_variants_below_a_bad_row_that_describes_them_are_not_changed(tmp_path: Path) -> None:
    imported(tmp_path, SHOPIFY)
    before = products("name", "attributes", "images", "price")
    lines = SHOPIFY.replace("49.90", "59.90").splitlines(keepends=True)
    file = write(tmp_path, "".join([lines[0], "shirt,a,row,that,is,cut\n", *lines[2:]]))
    _, reports = run(file, "--mapping", str(tmp_path / "map.toml"))
    reason = "Handle: the row that describes it is bad: the one above the first of its group"
    assert reports[1:] == [f"{line}: {reason}" for line in (3, 4)]
    assert products("name", "attributes", "images", "price") == before


def test_variations_of_woocommerce_have_the_values_of_their_parent(tmp_path: Path) -> None:
    out, reports = imported(tmp_path, WOOCOMMERCE)
    assert reports == ["6: Parent: no row is 'id:99', which this is a variant of"]
    assert "1 rows are no products: they only describe their variants" in out
    path = "Clothing > Tees, plain"
    assert products("name", "category__path", "price", "list_price", "active", "description") == {
        "tee-red": ("Tee - Red", path, Decimal(20), None, True, "Soft"),
        "tee-blue": ("Tee - Blue", path, Decimal(18), Decimal(20), False, "Soft"),
        "cap": ("Cap", "Hats", Decimal(9), None, True, ""),
    }
    assert products("attributes") == {
        "tee-red": ({"color": "Red", "size": ["Large", "Small"], "weight": 0.5},),
        "tee-blue": ({"color": "Blue", "size": "Large", "weight": 0.6},),
        "cap": ({"maker": "A, B & Co", "weight": 0.1},),
    }
    assert {sku: images[0]["url"][20:] for sku, (images,) in products("images").items() if images} == {
        "tee-red": "1.jpg",
        "tee-blue": "blue.jpg",
    }
    assert Attribute.objects.get(code="weight").unit == "kg"


def test_attributes_in_one_cell_of_magento(tmp_path: Path) -> None:
    text = (
        "sku,name,price,categories,product_online,additional_attributes,base_image,qty\n"
        'A,Bag,34,"Default Category/Gear,Default Category/Gear/Bags",1,"activity=Gym|Yoga,color=Blue, dark",/b.jpg,5\n'
        "B,Old,34,Default Category/Gear,2,color=Red,,0\n"
    )
    assert imported(tmp_path, text)[1] == []
    assert products("category__path", "active", "attributes") == {
        "A": ("Gear > Bags", True, {"activity": ["Gym", "Yoga"], "color": "Blue, dark"}),
        "B": ("Gear", False, {"color": "Red"}),
    }


def test_slash_is_a_part_of_names_where_another_mark_divides_levels(tmp_path: Path) -> None:
    run(write(tmp_path, "sku,name,price,categories\n1,x,1,TV/Video\n2,x,1,Home > TV/Video"))
    assert products("category__path") == {"1": ("TV/Video",), "2": ("Home > TV/Video",)}


def test_value_of_the_shop_s_language_and_currency_is_taken(tmp_path: Path) -> None:
    text = (
        "sku;enabled;name-de_DE;name-en_US;price-EUR;price-USD;description-en_US-shop\nA;0;Bohrer;Drill;49;55;Strong\n"
    )
    assert imported(tmp_path, text)[1] == []
    assert products("name", "price", "description", "active", "attributes") == {
        "A": ("Drill", Decimal(55), "Strong", False, {})
    }


@override_settings(CURRENCY="EUR", LOCALE="de_DE", SEARCH_LANGUAGE="de")
def test_german_file_of_excel(tmp_path: Path) -> None:
    text = (
        "Artikelnummer;Bezeichnung;Warengruppe;VK brutto;EK netto;Lagerbestand;Leistung [W];Länge (cm);Gewicht in kg;"
        "Spülmaschinenfest;Aktiv;Erscheinungsdatum;;\r\n"
        "00123;Kaffeemühle „Röst“;Küche > Mühlen;1.299,00 €;700;12;1.200;12,5;2,75;ja;ja;31.12.2024;;\r\n"
        "00124;Kanne;Küche > Kannen;29,- €;12;3;800;8,0;0,5;nein;nein;01.02.2025;;;\r\n"
    )
    file = tmp_path / "p.csv"
    file.write_bytes(text.encode("cp1252"))
    out, _ = run(file, "--dry-run")
    (tmp_path / "map.toml").write_text(out.partition("--mapping FILE):\n\n")[2].partition("\n\n")[0])
    assert "new categories: Küche > Kannen, Küche > Mühlen" in out
    assert run(file, "--mapping", str(tmp_path / "map.toml"))[1] == []
    assert "2 unchanged" in run(file, "--mapping", str(tmp_path / "map.toml"))[0]
    assert products("name", "price", "active", "attributes") == {
        "00123": (
            "Kaffeemühle „Röst“",
            Decimal(1299),
            True,
            {"leistung": 1200, "länge": 12.5, "gewicht": 2.75, "spülmaschinenfest": True},
        ),
        "00124": (
            "Kanne",
            Decimal(29),
            False,
            {"leistung": 800, "länge": 8, "gewicht": 0.5, "spülmaschinenfest": False},
        ),
    }


@pytest.mark.parametrize(
    ("header", "row", "proposed", "attributes"),
    [
        pytest.param(
            "Product ID;Active (0/1);Name *;Categories (x,y,z...);Price tax excluded;Wholesale price;On sale (0/1);"
            "Reference #;EAN13;Quantity;Image URLs (x,y,z...);Material",
            "7;1;Lamp;Home/Lamps;26.00;12.00;0;L-1;4006381333931;9;https://example.com/1.jpg;Oak",
            {
                "Active (0/1)": "active",
                "Name *": "name",
                "Categories (x,y,z...)": "categories",
                "Price tax excluded": "price",
                "Wholesale price": "ignore",
                "On sale (0/1)": "ignore",
                "Reference #": "sku",
                "EAN13": "gtins",
                "Quantity": "ignore",
                "Image URLs (x,y,z...)": "images",
                "Product ID": "ignore",
            },
            {"material": "Oak"},
            id="PrestaShop",
        ),
        pytest.param(
            "Item Type;Product ID;Product Name;Product Code/SKU;Brand Name;Product Description;Price;Retail Price;"
            "Category;Product Image File - 1;Product Image URL - 1;Product Visible?;Current Stock Level;"
            "Product Custom Fields",
            "Product;7;Lamp;L-1;Oaks;Warm;26.00;30.00;Home > Lamps;lamp.jpg;https://example.com/1.jpg;Y;20;"
            '"Material=Oak"',
            {
                "Item Type": "ignore",
                "Product ID": "ignore",
                "Product Name": "name",
                "Product Code/SKU": "sku",
                "Brand Name": "brand",
                "Product Description": "description",
                "Retail Price": "list_price",
                "Product Image File - 1": "ignore",
                "Product Image URL - 1": "images",
                "Product Visible?": "active",
                "Current Stock Level": "ignore",
                "Product Custom Fields": "attr:* separated by ;",
            },
            {"material": "Oak"},
            id="BigCommerce",
        ),
        pytest.param(
            "System ID;UPC;EAN;Custom SKU;Manufact. SKU;Item;Qty.;Price;Tax;MSRP;Default Cost;Vendor;Brand;Category;"
            "Material",
            "21;;4006381333931;L-1;;Lamp;2;26.00;Yes;30.00;7.00;V;Oaks;Lamps;Oak",
            {
                "System ID": "ignore",
                "UPC": "gtins",
                "EAN": "gtins",
                "Custom SKU": "sku",
                "Item": "name",
                "Qty.": "ignore",
                "Tax": "ignore",
                "MSRP": "list_price",
                "Default Cost": "ignore",
                "Vendor": "ignore",
            },
            {"material": "Oak"},
            id="Lightspeed",
        ),
        pytest.param(
            "TITLE;PRICE;CURRENCY_CODE;QUANTITY;TAGS;MATERIAL;IMAGE1;IMAGE2;SKU",
            "Lamp;26.00;USD;2;gift;Oak;https://example.com/1.jpg;https://example.com/2.jpg;L-1",
            {
                "TITLE": "name",
                "CURRENCY_CODE": "ignore",
                "QUANTITY": "ignore",
                "TAGS": "ignore",
                "IMAGE1": "images",
                "IMAGE2": "images",
            },
            {"material": "Oak"},
            id="Etsy",
        ),
        pytest.param(
            "productSku;productName;sellingPrice;costPrice;productImageUrl;stockLevel;material",
            "L-1;Lamp;26.00;7.00;https://example.com/1.jpg;4;Oak",
            {
                "productSku": "sku",
                "productName": "name",
                "sellingPrice": "price",
                "costPrice": "ignore",
                "productImageUrl": "images",
                "stockLevel": "ignore",
            },
            {"material": "Oak"},
            id="camel case",
        ),
    ],
)
def test_headers_with_hints_numbers_and_nouns_are_recognised(
    tmp_path: Path, header: str, row: str, proposed: dict[str, str], attributes: dict[str, Any]
) -> None:
    text = f"{header}\n{row}\n"
    out, _ = run(write(tmp_path, text), "--dry-run")
    assert tomllib.loads(out.partition("--mapping FILE):\n\n")[2].partition("\n\n")[0]) == {"columns": proposed}
    assert imported(tmp_path, text)[1] == []
    assert products("name", "price", "attributes") == {"L-1": ("Lamp", Decimal(26), attributes)}


def test_dry_run_that_finds_no_sku_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(
        CommandError, match=r"has: Thing, Price\); say which one is, in a file for --mapping: \[columns\]"
    ):
        run(write(tmp_path, "Thing,Price\nx,1\n"), "--dry-run")
    with pytest.raises(CommandError, match=r'; the others may be:\n\n\[columns\]\n"Vendor" = "brand"\Z'):
        run(write(tmp_path, "Thing,Vendor\nx,1\n"), "--dry-run")


@pytest.mark.parametrize(
    ("header", "proposed"),
    [
        ("sku,Spec 3 label,Spec 3 value,Spec 3 note", {2: "ignore", 3: "attr:{Spec 3 label}", 4: "ignore"}),
        ("sku,name_1,value_1,size", {2: "ignore", 3: "attr:{name_1}"}),
        ("sku,Product name,Value", {2: "name"}),
        ("Item SKU,Style name,Main image,Retail Price Incl VAT", {1: "sku", 2: "name", 3: "images", 4: "price"}),
        ("sku,Weight (gross),Size (EU),Depth (mm)", {4: "attr:Depth [mm]"}),
    ],
)
def test_pairs_of_columns_and_units_are_recognised(tmp_path: Path, header: str, proposed: dict[int, str]) -> None:
    out, _ = run(write(tmp_path, f"{header}\n"), "--dry-run")
    toml = out.partition("--mapping FILE):\n\n")[2].partition("\n\n")[0]
    names = header.split(",")
    assert tomllib.loads(toml) == {"columns": {names[place - 1]: target for place, target in proposed.items()}}


def test_attributes_are_named_by_cells_as_a_mapping_says(tmp_path: Path) -> None:
    (tmp_path / "map.toml").write_text(
        '[columns]\n"Wert" = "attr:{Merkmal} [{Einheit}]"\n"Merkmal" = "ignore"\n"Einheit" = "ignore"\n'
        '"Farben" = "attr:Farbe separated by /"\n'
    )
    file = write(
        tmp_path, "sku,name,price,Merkmal,Einheit,Wert,Farben\n1,x,1,Memory,GB,8,rot/blau\n2,x,1,Ports,,USB,rot\n"
    )
    assert run(file, "--mapping", str(tmp_path / "map.toml"))[1] == []
    assert products("attributes") == {
        "1": ({"memory": 8, "farbe": ["rot", "blau"]},),
        "2": ({"ports": "USB", "farbe": "rot"},),
    }
    with pytest.raises(CommandError, match="'Wert' is mapped by 'Merkmal', a column that the file does not have"):
        run(write(tmp_path, "sku,name,price,Wert\n1,x,1,8"), "--mapping", str(tmp_path / "map.toml"))


def test_import_without_a_mapping_says_that_one_is_proposed(tmp_path: Path) -> None:
    out, _ = run(write(tmp_path, "sku,name,price,Vendor\n1,x,1,Maker"))
    assert "  headers of other systems: Vendor; --dry-run proposes what they are\n" in out
    assert "headers of other systems" not in run(write(tmp_path, "sku,name,price,colour\n1,x,1,Red"))[0]
