"""Facets count what the next click would find."""

from decimal import Decimal

import pytest

from indexing.documents import mapping
from tests.factories import make_product, make_stock, make_store
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.fixture
def laptops(shop: Shop) -> Shop:
    make_product("Laptop A", brand="HP", category="Computers > Laptops", price="24.99")
    make_product("Laptop B", brand="HP", category="Computers > Laptops", price="25.00")
    make_product("Laptop C", brand="Dell", category="Computers > Laptops > Gaming", price="50.00")
    make_product("Laptop bag D", brand="Targus", category="Bags", price="1000.00")
    make_product("Printer", brand="HP", category="Printing", price="5.00")
    shop.refresh()
    return shop


def test_brands_are_counted(laptops: Shop) -> None:
    assert laptops.search("laptop").facets["brand"] == [
        {"value": "HP", "count": 2, "selected": False},
        {"value": "Dell", "count": 1, "selected": False},
        {"value": "Targus", "count": 1, "selected": False},
    ]


def test_facets_obey_phrases_and_minus_words(shop: Shop) -> None:
    make_product("Oak table", brand="Oka")
    make_product("Oak table white", brand="Blanc")
    make_product("Table of oak", brand="Rover")
    shop.refresh()
    counted = {
        q: {brand["value"]: brand["count"] for brand in shop.search(q).facets["brand"]}
        for q in ('"oak table"', "oak table -white", '"oak table" -white', '"oak table" table')
    }
    assert counted == {
        '"oak table"': {"Oka": 1, "Blanc": 1},
        "oak table -white": {"Oka": 1, "Rover": 1},
        '"oak table" -white': {"Oka": 1},
        '"oak table" table': {"Oka": 1, "Blanc": 1},
    }


def test_facet_ignores_its_own_filter(laptops: Shop) -> None:
    response = laptops.search("laptop", brands=("Dell",))
    assert response.count == 1
    assert [(brand["value"], brand["count"], brand["selected"]) for brand in response.facets["brand"]] == [
        ("HP", 2, False),
        ("Dell", 1, True),
        ("Targus", 1, False),
    ]


def test_two_selected_brands_add_up(laptops: Shop) -> None:
    assert laptops.search("laptop", brands=("Dell", "HP")).count == 3


def test_case_of_a_value_does_not_matter(laptops: Shop) -> None:
    response = laptops.search("laptop", brands=("hp",), categories=("computers > LAPTOPS",))
    assert response.count == 2
    assert [brand["value"] for brand in response.facets["brand"] if brand["selected"]] == ["HP"]


def test_case_of_letters_with_accents_does_not_matter(shop: Shop) -> None:
    make_product("Desk", brand="Müller", category="Büro > Möbel")
    make_product("Chair", brand="Muller", category="Buro > Mobel")
    shop.refresh()
    assert shop.names("", brands=("MÜLLER",)) == ["Desk"]
    assert shop.names("", categories=("BÜRO",)) == ["Desk"]
    assert sorted(shop.names("", brands=("mÜller", "MULLER"))) == ["Chair", "Desk"]


def test_index_of_older_code_is_filtered_case_sensitively(shop: Shop) -> None:
    older = mapping()
    for name in ("brand_name", "category_paths"):
        older["properties"][name] = {"type": "keyword"}
    shop.open(older)
    make_product("Desk", brand="Müller", category="Büro > Möbel")
    make_product("Chair", brand="Acme", category="Büro > Stühle")
    shop.refresh()
    assert shop.names("", brands=("Müller",), categories=("Büro",)) == ["Desk"]


def test_selected_brand_limits_the_other_facets(laptops: Shop) -> None:
    facets = laptops.search("laptop", brands=("Dell",)).facets
    assert [(category["value"], category["count"]) for category in facets["category"]] == [
        ("Computers", 1),
        ("Computers > Laptops", 1),
        ("Computers > Laptops > Gaming", 1),
    ]
    assert (facets["price"]["min"], facets["price"]["max"]) == ("50.00", "50.00")


def test_categories_are_in_tree_order_with_the_selected_one_marked(laptops: Shop) -> None:
    found = laptops.search("laptop", categories=("Computers > Laptops",)).facets["category"]
    assert [(category["value"], category["count"], category["selected"]) for category in found] == [
        ("Computers", 3, False),
        ("Computers > Laptops", 3, True),
        ("Computers > Laptops > Gaming", 1, False),
        ("Bags", 1, False),
    ]


def test_category_includes_the_categories_below_it(laptops: Shop) -> None:
    assert laptops.search("", categories=("Computers",)).count == 3
    assert laptops.search("", categories=("Computers > Laptops > Gaming",)).count == 1


def test_price_ranges_include_both_ends(laptops: Shop) -> None:
    price = laptops.search("laptop").facets["price"]
    counted = [(step["from"], step["to"], step["count"]) for step in price["ranges"] if step["count"]]
    assert (price["min"], price["max"]) == ("24.99", "1000.00")
    assert counted == [(None, "24.99", 1), ("25.00", "49.99", 1), ("50.00", "999.99", 1), ("1000.00", None, 1)]


def test_selected_price_range_finds_as_many_as_it_counted(laptops: Shop) -> None:
    response = laptops.search("laptop", price_min=Decimal("25.00"), price_max=Decimal("49.99"))
    assert response.count == 1
    assert [step["from"] for step in response.facets["price"]["ranges"] if step["selected"]] == ["25.00"]


def test_selected_value_without_products_stays(laptops: Shop) -> None:
    facets = laptops.search("printer", brands=("HP",), categories=("Bags",)).facets
    assert {"value": "HP", "count": 0, "selected": True} in facets["brand"] or facets["brand"][0]["value"] == "HP"


def test_brands_are_searchable(laptops: Shop) -> None:
    brands = laptops.search("laptop", brand_search="TARG", brands=("Dell",)).facets["brand"]
    assert brands == [{"value": "Targus", "count": 1, "selected": False}]


def test_categories_are_searchable(laptops: Shop) -> None:
    found = laptops.search("", category_search="lap comp").facets["category"]
    assert [(category["value"], category["count"]) for category in found] == [
        ("Computers > Laptops", 3),
        ("Computers > Laptops > Gaming", 1),
    ]
    assert laptops.search("", category_search="nowhere").facets["category"] == []


def test_stores_are_searchable(shop: Shop) -> None:
    stores = [make_store(name) for name in ("São Paulo Centre", "Saint Paul", "Paul's place", "Northpaul")]
    product = make_product("Laptop")
    for store in stores:
        make_stock(store, product, 1)
    shop.refresh()

    def named(text: str) -> list[str]:
        return sorted(store["name"] for store in shop.search("", store_search=text).facets["store"])

    assert named("paul") == ["Paul's place", "Saint Paul", "São Paulo Centre"]
    assert named("PAUL sao") == ["São Paulo Centre"]
    assert named("nowhere") == []


def test_search_for_facet_values_changes_neither_hits_nor_other_facets(laptops: Shop) -> None:
    plain = laptops.search("laptop")
    searched = laptops.search("laptop", brand_search="targ", category_search="bag", store_search="x")
    assert [hit["id"] for hit in searched.results] == [hit["id"] for hit in plain.results]
    assert (searched.facets["price"], searched.facets["availability"]) == (
        plain.facets["price"],
        plain.facets["availability"],
    )


def test_availability_and_stores_are_counted(shop: Shop) -> None:
    north, south = make_store("North"), make_store("South")
    both, only_north, nowhere = (make_product(f"Laptop {letter}") for letter in "abc")
    make_stock(north, both, 1)
    make_stock(south, both, 1)
    make_stock(north, only_north, 1)
    make_stock(south, nowhere, 0)
    shop.refresh()
    facets = shop.search("laptop").facets
    assert facets["availability"] == [
        {"value": True, "count": 2, "selected": False},
        {"value": False, "count": 1, "selected": False},
    ]
    assert facets["store"] == [
        {"value": north.pk, "name": "North", "count": 2, "selected": False},
        {"value": south.pk, "name": "South", "count": 1, "selected": False},
    ]


def test_availability_is_that_of_the_selected_store(shop: Shop) -> None:
    north, south = make_store("North"), make_store("South")
    make_stock(north, make_product("Laptop"), 1)
    shop.refresh()
    facets = shop.search("laptop", store_id=south.pk).facets
    assert [value["count"] for value in facets["availability"]] == [0, 1]
    assert [(store["name"], store["selected"]) for store in facets["store"]] == [("North", False)]
