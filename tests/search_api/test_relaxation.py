"""A search that finds little is relaxed step by step, and always says how."""

from decimal import Decimal
from typing import Any

import pytest

from search_api.engine import client
from tests.factories import make_product, make_stock, make_store
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def test_word_that_nothing_has_is_let_go(shop: Shop) -> None:
    shop.sells("Canon printer", "Canon scanner")
    response = shop.search("canon printer xyzzyx")
    assert [hit["name"] for hit in response.results] == ["Canon printer", "Canon scanner"]
    assert response.relaxed[-1]["kind"] == "words"


def test_products_with_every_word_stay_on_top(shop: Shop) -> None:
    shop.sells("Canon camera", "Blue bag", "Canon bag blue")
    assert shop.names("canon blue bag")[0] == "Canon bag blue"


def test_nothing_is_relaxed_when_enough_is_found(shop: Shop) -> None:
    shop.sells(*(f"Canon printer {letter}" for letter in "abcdefghij"), "Canon scanner")
    response = shop.search("canon printer")
    assert (response.count, response.relaxed) == (10, [])


def test_filter_that_leaves_nothing_is_let_go(shop: Shop) -> None:
    make_product("Laptop", price="500.00")
    shop.refresh()
    response = shop.search("laptop", price_max=Decimal(100))
    assert response.count == 1
    assert response.relaxed == [
        {
            "kind": "filter",
            "message": "Nothing fits every filter. Showing results without: price.",
            "dropped": ["price"],
        }
    ]


def test_price_goes_before_brand(shop: Shop) -> None:
    make_product("Laptop", brand="HP", price="500.00")
    make_product("Laptop", brand="Dell", price="50.00")
    shop.refresh()
    response = shop.search("laptop", brands=("HP",), price_max=Decimal(100))
    assert [hit["brand"] for hit in response.results] == ["HP"]
    assert response.relaxed[0]["dropped"] == ["price"]


def test_what_this_store_lacks_is_shown_from_others(shop: Shop) -> None:
    here, there = make_store("Here"), make_store("There")
    make_stock(there, make_product("Laptop"), 4)
    shop.refresh()
    response = shop.search("laptop", store_id=here.pk, in_stock=True)
    assert [(hit["name"], hit["quantity"]) for hit in response.results] == [("Laptop", 0)]
    assert response.relaxed == [
        {"kind": "stores", "message": "Not at this store. Showing what other stores have.", "dropped": ["in_stock"]}
    ]
    assert [(store["name"], store["count"]) for store in response.facets["store"]] == [("There", 1)]


@pytest.mark.parametrize("q", ["xyzzyx", "xyzzyx qqqqq"])
@pytest.mark.parametrize("asked", [{}, {"price_max": Decimal(1)}])
def test_nothing_at_all_says_nothing_was_changed(shop: Shop, q: str, asked: dict[str, Any]) -> None:
    shop.sells("Laptop")
    response = shop.search(q, **asked)
    assert (response.count, response.results, response.relaxed, response.did_you_mean) == (0, [], [], None)


def kinds(shop: Shop, q: str, **asked: Any) -> list[str]:
    return [one["kind"] for one in shop.search(q, **asked).relaxed]


def test_word_that_is_only_unknown_here_is_no_misspelling(shop: Shop) -> None:
    shop.sells("Laptop red", "Floor lamp")
    assert kinds(shop, "gaming laptop") == ["words"]
    assert kinds(shop, "purple lamp") == ["words"]


def test_known_word_that_fits_no_filter_is_no_misspelling(shop: Shop) -> None:
    shop.sells("Lamp")
    assert kinds(shop, "lamp", price_min=Decimal(1000)) == ["filter"]


def test_correction_that_fits_nothing_beside_the_other_words_is_not_made(shop: Shop) -> None:
    shop.sells("Swimming camp tent", "Laptop", *(f"Laptop stand {letter}" for letter in "abcdefghij"))
    response = shop.search("champ laptop")
    assert (response.did_you_mean, [one["kind"] for one in response.relaxed]) == (None, ["words"])
    assert response.count == 11


def test_correction_that_fits_the_other_words_is_made(shop: Shop) -> None:
    shop.sells("Camp laptop", "Laptop stand")
    response = shop.search("champ laptop")
    assert (response.did_you_mean, response.results[0]["name"]) == ("camp laptop", "Camp laptop")


def test_short_word_that_no_product_has_is_not_corrected_beside_others(shop: Shop) -> None:
    shop.sells("Clear laptop", "Laptop")
    response = shop.search("cheap laptop")
    assert (response.did_you_mean, [one["kind"] for one in response.relaxed]) == (None, ["words"])
    assert sorted(hit["name"] for hit in response.results) == ["Clear laptop", "Laptop"]


def test_thing_that_the_words_name_comes_before_what_has_the_other_words(shop: Shop) -> None:
    make_product("ThinkPad T14 notebook, black, with 14 inch display", category="Computers > Laptops")
    make_product("Jigsaw puzzle 500 pcs, 500 pieces", category="Toys")
    make_product("Drawer under", category="Office")
    shop.sells(*(f"Floor lamp {number}" for number in range(100, 130)))
    assert shop.names("laptop under 500") == [
        "ThinkPad T14 notebook, black, with 14 inch display",
        "Drawer under",
        "Jigsaw puzzle 500 pcs, 500 pieces",
    ]


def test_known_phrase_that_nothing_has_counts_as_its_words(shop: Shop) -> None:
    shop.sells("Smart speaker", "Pocket watch", "Lamp")
    response = shop.search("smart watch")
    assert sorted(hit["name"] for hit in response.results) == ["Pocket watch", "Smart speaker"]
    assert [one["kind"] for one in response.relaxed] == ["words"]


def test_misspelt_word_and_a_filter_too_many_are_both_told(shop: Shop) -> None:
    make_product("Laptop", brand="HP", price="500.00")
    shop.refresh()
    response = shop.search("labtop", price_max=Decimal(100))
    assert [hit["name"] for hit in response.results] == ["Laptop"]
    assert [one["kind"] for one in response.relaxed] == ["spelling", "filter"]


def test_all_filters_go_when_no_single_one_is_at_fault(shop: Shop) -> None:
    make_product("Laptop", brand="HP", price="500.00")
    shop.refresh()
    response = shop.search("laptop", brands=("Dell",), price_max=Decimal(100))
    assert [hit["name"] for hit in response.results] == ["Laptop"]
    assert response.relaxed[0]["dropped"] == ["price", "brand"]


@pytest.mark.parametrize(
    ("asked", "dropped"),
    [
        ({"brands": ("Dell",), "brand_search": "zz"}, ["brand"]),
        ({"brands": ("Dell",), "brand_search": "zz", "price_max": Decimal(600)}, ["brand"]),
        ({"categories": ("Phones",), "category_search": "zz"}, ["category"]),
        ({"categories": ("Phones",), "category_search": "zz", "price_max": Decimal(600)}, ["category"]),
    ],
)
def test_values_looked_for_in_a_facet_do_not_change_which_filter_goes(
    shop: Shop, asked: dict[str, Any], dropped: list[str]
) -> None:
    make_product("Laptop", brand="HP", category="Computers", price="500.00")
    shop.refresh()
    response = shop.search("laptop", **asked)
    assert [hit["name"] for hit in response.results] == ["Laptop"]
    assert response.relaxed[0]["dropped"] == dropped


@pytest.mark.parametrize(
    ("asked", "searches"),
    [
        ({"q": "laptop"}, 1),
        ({"q": "labtop"}, 2),
        ({"q": "labtop blakc", "price_max": Decimal(1), "brands": ("Dell",)}, 3),
        ({"q": "qqqq wwww eeee", "price_max": Decimal(1), "brands": ("Dell",)}, 3),
    ],
)
def test_engine_is_asked_three_times_at_most(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any], searches: int
) -> None:
    shop.sells(*(f"Laptop black {letter}" for letter in "abcdefghij"))
    paths: list[str] = []
    perform = client._perform  # noqa: SLF001 - every request goes through it

    def noted(method: str, path: str, body: Any, params: dict[str, Any]) -> dict[str, Any]:
        paths.append(path)
        return perform(method, path, body, params)

    monkeypatch.setattr(client, "_perform", noted)
    shop.search(**asked)
    assert len(paths) == searches


@pytest.mark.parametrize(("q", "relaxed"), [("wireless mouse", []), ("wireles mouse", ["spelling"])])
def test_chosen_brand_shows_what_its_facet_counted(shop: Shop, q: str, relaxed: list[str]) -> None:
    for number in range(10):
        make_product(f"Wireless mouse {number}", brand="Logitech")
    make_product("Wireless mouse", brand="HP")
    make_product("Wireless keyboard", brand="HP")
    shop.refresh()
    counted = {brand["value"]: brand["count"] for brand in shop.search(q).facets["brand"]}
    chosen = shop.search(q, brands=("HP",))
    assert counted == {"Logitech": 10, "HP": 1}
    assert ([hit["name"] for hit in chosen.results], chosen.count) == (["Wireless mouse"], 1)
    assert [one["kind"] for one in chosen.relaxed] == relaxed
