"""Details of demo products: typed attributes, GTINs, list prices and pictures."""

import io

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from products import gtin
from products.attribute_values import AttributeType
from products.demo import details, pictures
from products.demo.catalogue import demo_products

pytestmark = pytest.mark.unit

DETAILED = list(details.detailed(demo_products(1, 600), 1, {"Computers": "demo/computers.png"}))


def test_attributes_are_of_every_type() -> None:
    assert {kind.type for kind in details.kinds().values()} == set(AttributeType)
    laptop = next(product for product in DETAILED if product["category"] == "Computers > Laptops")
    assert {type(laptop["attributes"][code]) for code in ("memory", "colour", "gift_wrapping")} == {int, str, bool}


def test_gtins_are_valid_and_different() -> None:
    gtins = [code for product in DETAILED for code in product["gtins"]]
    assert len(set(gtins)) == len(DETAILED)
    assert [gtin.normalise(code) for code in gtins] == gtins


def test_some_are_on_sale_and_some_have_a_picture() -> None:
    reduced = [product for product in DETAILED if product["list_price"] is not None]
    assert all((product["list_price"] or 0) > product["price"] for product in reduced)
    assert 50 < len(reduced) < 150
    pictured = [product for product in DETAILED if product["images"]]
    assert {product["category"].split(" > ")[0] for product in pictured} == {"Computers"}


def test_same_seed_gives_the_same_details() -> None:
    again = list(details.detailed(demo_products(1, 600), 1, {"Computers": "demo/computers.png"}))
    assert again == DETAILED


def test_drawings_are_pictures_and_are_stored_once() -> None:
    stored = pictures.store(["Computers", "Kitchen"])
    assert pictures.store(["Kitchen", "Computers"]) == stored
    for name in stored.values():
        with default_storage.open(name) as file:
            image = Image.open(io.BytesIO(file.read()))
        assert (image.format, image.size) == ("PNG", (320, 240))
        assert len(image.convert("RGB").getcolors() or ()) == 3
