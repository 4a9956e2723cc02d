"""A dry run proposes what the columns are, and a mapping says it."""

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError

from products.models import Attribute, Product
from tests.factories import make_product
from tests.products.importing import run, stored, write

pytestmark = [pytest.mark.django_db, pytest.mark.service]

SHOPIFY = "Handle,Title,Body (HTML),Vendor,Type,Variant SKU,Variant Price,Variant Compare At Price,Status,Colour"


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
