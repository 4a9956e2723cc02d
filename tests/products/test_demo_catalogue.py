"""The demo catalogue: complete, plausible, and the same for the same seed."""

import re
from collections import Counter
from decimal import Decimal
from itertools import islice

import pytest

from products.demo.catalogue import demo_products
from products.demo.vocabulary import shelves

pytestmark = pytest.mark.unit


def test_two_thousand_products_cover_every_category_and_brand() -> None:
    products = list(demo_products(1, 2_000))
    assert len({product["sku"] for product in products}) == 2_000
    assert len({product["name"] for product in products}) > 1_990
    assert {product["category"] for product in products} == {shelf.path for shelf in shelves()}
    assert len({product["category"] for product in products}) >= 25
    assert len({product["brand"] for product in products}) >= 60


def test_same_seed_gives_the_same_products_and_another_seed_others() -> None:
    assert list(demo_products(7, 300)) == list(demo_products(7, 300))
    assert {product["name"] for product in demo_products(7, 300)} != {
        product["name"] for product in demo_products(8, 300)
    }


def test_larger_catalogue_starts_with_the_smaller_one() -> None:
    assert list(islice(demo_products(1, 5_000), 200)) == list(demo_products(1, 200))


def test_names_stay_different_when_every_combination_has_been_used() -> None:
    shelf = min(shelves(), key=lambda shelf: shelf.size)
    assert len({str(shelf.choice(place)) for place in range(shelf.size)}) == shelf.size
    made = [product for product in demo_products(1, 60_000) if product["category"] == shelf.path]
    lines = "|".join(shelf.lines)
    generations = Counter(re.findall(rf"(?:{lines})(?: (\d))? ", " ".join(product["name"] for product in made)))
    assert generations == {"": shelf.size, "2": shelf.size, "3": shelf.size, "4": len(made) - 3 * shelf.size}


def test_every_product_fits_its_category() -> None:
    of_path = {shelf.path: shelf for shelf in shelves()}
    for product in demo_products(1, 2_000):
        shelf = of_path[product["category"]]
        assert product["sku"].split("-")[1] == shelf.code
        assert product["name"].startswith(product["brand"])
        assert len(product["name"]) <= 300
        assert product["attributes"].keys() == shelf.attributes.keys()
        assert shelf.price[0] * 0.6 <= product["price"] <= shelf.price[1] * 1.5
        assert not re.search(r"[{}]", product["name"] + product["description"])


def test_larger_values_of_the_attributes_that_decide_the_price_cost_more() -> None:
    prices: dict[tuple[str, str], dict[str, Decimal]] = {}
    for product in demo_products(1, 40_000):
        if product["category"] == "Computers > Laptops" and "256 GB SSD" in product["name"]:
            line = product["name"].split(" Laptop")[0]
            prices.setdefault((product["brand"], line), {})[product["attributes"]["memory"]] = product["price"]
    compared = [sizes for sizes in prices.values() if {"8 GB", "32 GB"} <= sizes.keys()]
    assert compared
    assert all(sizes["8 GB"] < sizes["32 GB"] for sizes in compared)


def test_prices_end_like_price_tags() -> None:
    ends = Counter(str(product["price"])[-2:] for product in demo_products(1, 2_000))
    assert set(ends) == {"49", "99", "95", "00"}
