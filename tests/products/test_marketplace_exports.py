"""Exports of marketplaces, feeds and tills: a dry run proposes their mapping, which imports them with their values."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import override_settings

from tests.products.importing import run, stored, write

pytestmark = [pytest.mark.django_db, pytest.mark.service]

EBAY = """\
*Action(SiteID=US|Country=US|Version=745),CustomLabel,*Category,*Title,*ConditionID,C:Brand,C:Color,PicURL,*Description,\
*Format,*Duration,*StartPrice,*Quantity,*Location,Relationship,RelationshipDetails,Product:UPC,ShippingProfileName
Add,SOCK-1,11511,Merino Socks,1000,Falke,Grey,https://e.example/3.jpg|https://e.example/4.jpg,<p>Warm</p>,\
FixedPrice,GTC,12.5,20,"Austin, TX",,,Does not apply,Flat
"""
VEND = """\
id,handle,sku,name,product_category,variant_option_one_name,variant_option_one_value,variant_option_two_name,\
variant_option_two_value,supply_price,retail_price,brand_name,active,track_inventory,inventory_Main_Outlet,\
reorder_point_Main_Outlet,loyalty_value
u1,tshirt,10001,T-shirt,Clothing / T-shirts,Color,White,Size,S,5.00,19.95,Brand A,1,1,3,1,
u2,tshirt,10002,T-shirt,Clothing / T-shirts,Color,White,Size,M,5.00,19.95,Brand A,1,1,3,1,
"""
GOOGLE = (
    "id\ttitle\tlink\timage link\tadditional image link\tavailability\tprice\tsale price\tsale price effective date\t"
    "google product category\tproduct type\tmpn\tidentifier exists\tshipping weight\tcustom label 0\n"
    "TV_1\tLED TV\thttps://g.example/tv\thttps://g.example/tv.jpg\thttps://g.example/a.jpg,https://g.example/b.jpg\t"
    "in_stock\t159.00 USD\t139.00 USD\t2020-01-01T00:00-0800/2020-02-01T23:59-0800\t404\tElectronics > TVs\t22LB4510\t"
    "yes\t6 kg\tbest\n"
)
PRESTASHOP = (
    "Product ID;Image;Name;Reference;Category;Base price;Final price;Quantity;Status;Position\n"
    "19;https://shop.example/19.jpg;Mug « été »;demo_14;Accessoires;11,58 €;13,90 €;300;1;0\n"
    "17;https://shop.example/17.jpg;Affiche œuvre;demo_7;Art;862,33 €;1 034,80 €;0;0;2\n"
)
WOOCOMMERCE_API = {
    "id": 794,
    "name": "Premium Quality",
    "slug": "premium",
    "permalink": "https://w.example/premium",
    "date_created": "2017-03-23T17:01:14",
    "status": "publish",
    "sku": "PQ-1",
    "price": "21.99",
    "regular_price": "24.99",
    "sale_price": "21.99",
    "date_on_sale_from": None,
    "date_on_sale_to": None,
    "categories": [{"id": 9, "name": "Clothing", "slug": "clothing"}],
    "images": [{"id": 792, "src": "https://w.example/1.jpg", "name": "", "alt": "Front"}],
    "attributes": [{"id": 6, "name": "Color", "visible": True, "options": ["Black", "Green"]}],
    "meta_data": [],
}


def imported(folder: Path, file: Path) -> tuple[str, list[str]]:
    """What importing with the proposed mapping printed and reported."""
    out, _ = run(file, "--dry-run")
    (folder / "map.toml").write_text(out.partition("--mapping FILE):\n\n")[2].partition("\n\n")[0])
    return run(file, "--mapping", str(folder / "map.toml"))


def test_ebay(tmp_path: Path) -> None:
    out, reports = imported(tmp_path, write(tmp_path, EBAY))
    assert reports == []
    assert "  *Category: the values are numbers such as '11511', not names: shoppers would see them\n" in out
    assert stored("sku", "name", "brand", "price", "description", "gtins") == [
        ("SOCK-1", "Merino Socks", "Falke", Decimal("12.50"), "Warm", [])
    ]
    assert [image["url"][-5:] for (images,) in stored("images") for image in images] == ["3.jpg", "4.jpg"]
    assert stored("attributes")[0][0]["color"] == "Grey"


def test_lightspeed_x_series(tmp_path: Path) -> None:
    out, reports = imported(tmp_path, write(tmp_path, VEND))
    assert reports == []
    assert "  product_category: each value is one name, as 'Clothing / T-shirts'; if '/' divides levels" in out
    assert stored("sku", "name", "price", "attributes") == [
        ("10001", "T-shirt - White / S", Decimal("19.95"), {"color": "White", "size": "S"}),
        ("10002", "T-shirt - White / M", Decimal("19.95"), {"color": "White", "size": "M"}),
    ]


def test_feed_for_google_in_utf_16(tmp_path: Path) -> None:
    assert imported(tmp_path, write(tmp_path, GOOGLE, "utf-16"))[1] == []
    assert stored("sku", "price", "list_price", "category__path", "attributes") == [
        ("TV_1", Decimal(159), None, "Electronics > TVs", {"mpn": "22LB4510", "shipping_weight": 6})
    ]


@override_settings(CURRENCY="EUR", LOCALE="fr_FR", SEARCH_LANGUAGE="fr")
def test_list_of_prestashop_has_the_price_with_taxes(tmp_path: Path) -> None:
    assert imported(tmp_path, write(tmp_path, PRESTASHOP, "cp1252"))[1] == []
    assert stored("sku", "name", "price", "active") == [
        ("demo_14", "Mug « été »", Decimal("13.90"), True),
        ("demo_7", "Affiche œuvre", Decimal("1034.80"), False),
    ]


def test_products_of_woocommerce_s_api(tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_text(json.dumps([WOOCOMMERCE_API], indent=1))
    assert imported(tmp_path, file)[1] == []
    assert stored("sku", "price", "list_price", "active", "category__path", "attributes") == [
        ("PQ-1", Decimal("21.99"), Decimal("24.99"), True, "Clothing", {"color": ["Black", "Green"]})
    ]
    assert [image["alt"] for (images,) in stored("images") for image in images] == ["Front"]


def test_pictures_of_shopify_are_in_the_order_of_their_positions(tmp_path: Path) -> None:
    rows = "mug,Mug,M-1,9,https://s.example/b.jpg,2\nmug,,M-2,9,https://s.example/c.jpg,\nmug,,,,https://s.example/a.jpg,1\n"
    text = f"Handle,Title,Variant SKU,Variant Price,Image Src,Image Position\n{rows}"
    assert imported(tmp_path, write(tmp_path, text))[1] == []
    assert [[image["url"][-5] for image in images] for (images,) in stored("images")] == [["a", "b", "c"]] * 2
