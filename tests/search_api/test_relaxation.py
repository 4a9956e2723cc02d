"""A search that finds little is relaxed step by step, and the response says how."""

import dataclasses
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from products.models import Product
from search_api.contracts import Relax
from search_api.engine import client, request_body
from tests.factories import make_product, make_stock, make_store
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def test_word_that_no_product_has_is_dropped(shop: Shop) -> None:
    shop.sells("Canon printer", "Canon scanner")
    response = shop.search("canon printer xyzzyx")
    assert [hit["name"] for hit in response.results] == ["Canon printer", "Canon scanner"]
    assert response.relaxed == [
        {"kind": "unknown", "message": "No product has “xyzzyx”.", "dropped": ["xyzzyx"]},
    ]


def test_word_that_nothing_begins_like_is_dropped(shop: Shop) -> None:
    shop.sells("Cashew nuts", "Oat milk")
    response = shop.search("lactosefrei milk")
    assert [note["message"] for note in response.relaxed] == ["No product has “lactosefrei”."]
    assert (response.count, shop.search("lactosefrei").relaxed) == (1, [])
    assert shop.search("cashewkerne milk").relaxed[0]["message"].endswith("Showing what begins like it.")


def test_products_with_every_word_stay_on_top(shop: Shop) -> None:
    shop.sells("Canon camera", "Blue bag", "Canon bag blue")
    assert shop.names("canon blue bag")[0] == "Canon bag blue"


def test_word_of_products_beyond_the_first_page_is_known(shop: Shop) -> None:
    shop.sells("Canon printer", "Canon printer case", "Oak table")
    response = shop.search("canon printer table", page_size=1)
    assert [hit["name"] for hit in response.results] == ["Canon printer"]
    assert [each["kind"] for each in response.relaxed] == ["words"]
    response = shop.search("canon printer xyzzyx", page_size=0)
    assert [each["kind"] for each in response.relaxed] == ["unknown"]


def test_hits_with_some_words_are_searched_for_once(shop: Shop, round_trips: list[list[dict[str, Any]]]) -> None:
    shop.sells("Oak chair", "Pine table")
    round_trips.clear()
    response = shop.search("oak table")
    assert (response.count, [each["kind"] for each in response.relaxed]) == (2, ["words"])
    sizes = [body["size"] for bodies in round_trips for body in bodies]
    assert sizes == [20, 0, 0]  # the hits with the counts of every word, then the counts of some words


@pytest.fixture
def uncached(settings: Settings) -> None:
    settings.SEARCH_CACHE_SECONDS = 0


@pytest.mark.usefixtures("uncached")
def test_missing_words_are_expected_by_the_same_search(shop: Shop, round_trips: list[list[dict[str, Any]]]) -> None:
    shop.sells("Canon printer", "Canon printer case", "Oak table")
    first = shop.search("canon printer table", page_size=1)
    round_trips.clear()
    again = shop.search("canon printer table", page_size=1)
    assert again == dataclasses.replace(first, took_ms=again.took_ms)
    assert list(map(len, round_trips)) == [4]  # hits, counts, whether any has every word, and whether any has 'table'


@pytest.mark.usefixtures("uncached")
def test_product_that_has_every_word_now_is_found(shop: Shop) -> None:
    shop.sells("Oak chair", "Pine table")
    assert shop.search("oak table").relaxed
    shop.sells("Oak table")
    response = shop.search("oak table")
    assert (response.count_every_word, response.relaxed) == (1, [])
    assert response.results[0]["name"] == "Oak table"


@pytest.mark.usefixtures("uncached")
def test_word_that_no_product_has_any_more_is_noticed(shop: Shop) -> None:
    shop.sells("Canon printer", "Canon printer case", "Oak table")
    assert [each["kind"] for each in shop.search("canon printer table", page_size=1).relaxed] == ["words"]
    Product.objects.filter(name="Oak table").delete()
    shop.refresh()
    assert [each["kind"] for each in shop.search("canon printer table", page_size=1).relaxed] == ["unknown"]


@pytest.mark.usefixtures("uncached")
def test_expected_missing_words_change_no_strict_search(shop: Shop) -> None:
    shop.sells("Oak chair", "Pine table")
    assert shop.search("oak table").count == 2
    assert shop.search("oak table", relax=Relax.NONE).count == 0


@pytest.mark.usefixtures("uncached")
def test_search_that_expects_missing_words_is_sent_again_as_usual_when_refused(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.sells("Oak chair", "Pine table")
    first = shop.search("oak table")
    monkeypatch.setattr(request_body, "any_product", lambda _: {"query": {"none": {}}})
    again = shop.search("oak table")
    assert again == dataclasses.replace(first, took_ms=again.took_ms)


def test_one_hit_with_every_word_is_a_success(shop: Shop) -> None:
    shop.sells("Canon printer", "Canon scanner")
    response = shop.search("canon printer")
    assert (response.count_every_word, response.relaxed) == (1, [])


def test_filter_that_leaves_nothing_is_dropped(shop: Shop) -> None:
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


def test_price_is_dropped_before_brand(shop: Shop) -> None:
    make_product("Laptop", brand="HP", price="500.00")
    make_product("Laptop", brand="Dell", price="50.00")
    shop.refresh()
    response = shop.search("laptop", brands=("HP",), price_max=Decimal(100))
    assert [hit["brand"] for hit in response.results] == ["HP"]
    assert response.relaxed[0]["dropped"] == ["price"]


def test_products_of_other_stores_are_shown_when_this_one_has_none(shop: Shop) -> None:
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
@pytest.mark.parametrize("fields", [{}, {"price_max": Decimal(1)}])
def test_search_without_any_hits_is_not_relaxed(shop: Shop, q: str, fields: dict[str, Any]) -> None:
    shop.sells("Laptop")
    response = shop.search(q, **fields)
    assert (response.count, response.results, response.relaxed, response.did_you_mean) == (0, [], [], None)


def kinds(shop: Shop, q: str, **fields: Any) -> list[str]:
    return [one["kind"] for one in shop.search(q, **fields).relaxed]


def test_word_that_no_product_has_is_not_always_a_misspelling(shop: Shop) -> None:
    shop.sells("Laptop red", "Floor lamp")
    assert kinds(shop, "gaming laptop") == ["unknown"]
    assert kinds(shop, "purple lamp") == ["unknown"]


def test_known_word_without_hits_under_the_filters_is_no_misspelling(shop: Shop) -> None:
    shop.sells("Lamp")
    assert kinds(shop, "lamp", price_min=Decimal(1000)) == ["filter"]


def test_word_is_corrected_whatever_the_other_words_are(shop: Shop) -> None:
    shop.sells("Keyboard tray", "Laptop stand")
    response = shop.search("keybord laptop")
    assert (response.did_you_mean, [one["kind"] for one in response.relaxed]) == (
        "keyboard laptop",
        ["spelling", "words"],
    )
    assert sorted(hit["name"] for hit in response.results) == ["Keyboard tray", "Laptop stand"]


def test_common_word_that_no_product_has_is_not_corrected(shop: Shop) -> None:
    shop.sells("Heather laptop", "Laptop")
    response = shop.search("leather laptop")
    assert (response.did_you_mean, [one["kind"] for one in response.relaxed]) == (None, ["unknown"])
    assert sorted(hit["name"] for hit in response.results) == ["Heather laptop", "Laptop"]


def test_known_phrase_that_no_product_has_is_searched_as_words(shop: Shop) -> None:
    shop.sells("Smart speaker", "Pocket watch", "Lamp")
    response = shop.search("smart watch")
    assert sorted(hit["name"] for hit in response.results) == ["Pocket watch", "Smart speaker"]
    assert [one["kind"] for one in response.relaxed] == ["words"]


def test_corrected_word_and_dropped_filter_are_both_reported(shop: Shop) -> None:
    make_product("Laptop", brand="HP", price="500.00")
    shop.refresh()
    response = shop.search("labtop", price_max=Decimal(100))
    assert [hit["name"] for hit in response.results] == ["Laptop"]
    assert [one["kind"] for one in response.relaxed] == ["spelling", "filter"]


def test_all_filters_are_dropped_when_no_single_one_helps(shop: Shop) -> None:
    make_product("Laptop", brand="HP", price="500.00")
    shop.refresh()
    response = shop.search("laptop", brands=("Dell",), price_max=Decimal(100))
    assert [hit["name"] for hit in response.results] == ["Laptop"]
    assert response.relaxed[0]["dropped"] == ["price", "brand"]


@pytest.mark.parametrize(
    ("fields", "dropped"),
    [
        ({"brands": ("Dell",), "brand_search": "zz"}, ["brand"]),
        ({"brands": ("Dell",), "brand_search": "zz", "price_max": Decimal(600)}, ["brand"]),
        ({"categories": ("Phones",), "category_search": "zz"}, ["category"]),
        ({"categories": ("Phones",), "category_search": "zz", "price_max": Decimal(600)}, ["category"]),
    ],
)
def test_search_for_facet_values_does_not_change_which_filter_is_dropped(
    shop: Shop, fields: dict[str, Any], dropped: list[str]
) -> None:
    make_product("Laptop", brand="HP", category="Computers", price="500.00")
    shop.refresh()
    response = shop.search("laptop", **fields)
    assert [hit["name"] for hit in response.results] == ["Laptop"]
    assert response.relaxed[0]["dropped"] == dropped


@pytest.mark.parametrize(
    ("fields", "searches"),
    [
        ({"q": "laptop"}, 1),
        ({"q": "laptop table"}, 2),  # hits of the first page have each word
        ({"q": "labtop"}, 3),
        ({"q": "labtop blakc", "price_max": Decimal(1)}, 4),
        ({"q": "labtop blakc", "price_max": Decimal(1), "brands": ("Dell",)}, 4),
        ({"q": "qqqq wwww eeee", "price_max": Decimal(1), "brands": ("Dell",)}, 3),
    ],
)
def test_engine_gets_few_requests(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any], searches: int
) -> None:
    shop.sells(*(f"Laptop black {letter}" for letter in "abcdefghij"), "Oak table")
    calls: list[dict[str, Any]] = []
    perform = client._perform  # noqa: SLF001 - every request goes through it

    def recorded(call: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
        calls.append(arguments)
        return perform(call, **arguments)

    monkeypatch.setattr(client, "_perform", recorded)
    shop.search(**fields)
    assert len(calls) == searches


@pytest.mark.parametrize(("q", "relaxed"), [("wireless mouse", []), ("wireles mouse", ["spelling"])])
def test_selected_brand_shows_as_many_as_its_facet_counted(shop: Shop, q: str, relaxed: list[str]) -> None:
    for number in range(10):
        make_product(f"Wireless mouse {number}", brand="Logitech")
    make_product("Wireless mouse", brand="HP")
    make_product("Wireless keyboard", brand="HP")
    shop.refresh()
    counted = {brand["value"]: brand["count"] for brand in shop.search(q).facets["brand"]}
    selected = shop.search(q, brands=("HP",))
    assert counted == {"Logitech": 10, "HP": 1}
    found = [hit["name"] for hit in selected.results]
    assert (found, selected.count_every_word) == (["Wireless mouse", "Wireless keyboard"], 1)
    assert [one["kind"] for one in selected.relaxed] == relaxed


def test_wish_is_given_up_before_words(shop: Shop) -> None:
    here, there = make_store("Here"), make_store("There")
    make_stock(there, make_product("Red laptop bag"), 1)
    make_stock(here, make_product("Red hat"), 1)
    shop.refresh()
    response = shop.search("red laptop bag", store_id=here.pk, in_stock=True)
    assert [hit["name"] for hit in response.results] == ["Red laptop bag"]
    assert [one["kind"] for one in response.relaxed] == ["stores"]


def test_words_are_given_up_before_the_brand(shop: Shop) -> None:
    make_product("Camera bag", brand="Canon")
    make_product("Bag", brand="Nikon")
    shop.refresh()
    response = shop.search("camera bag", brands=("Nikon",))
    assert [(hit["name"], hit["brand"]) for hit in response.results] == [("Bag", "Nikon")]
    assert [one["kind"] for one in response.relaxed] == ["words"]
    assert response.facets["brand"][-1] == {"value": "Nikon", "count": 1, "selected": True}


def test_nothing_is_relaxed_when_that_is_refused(shop: Shop) -> None:
    make_product("Canon camera", brand="Canon", price="500.00")
    make_product("Nikon bag", brand="Nikon", price="50.00")
    shop.refresh()
    for fields in ({"q": "canon bag"}, {"q": "camera", "brands": ("Nikon",)}, {"q": "camera", "price_max": Decimal(9)}):
        response = shop.search(**fields, relax=Relax.NONE)
        assert (response.count, response.results, response.relaxed) == (0, [], [])
    selected = shop.search("camera", brands=("Nikon",), relax=Relax.NONE).facets["brand"]
    assert {value["value"]: (value["count"], value["selected"]) for value in selected} == {
        "Canon": (1, False),
        "Nikon": (0, True),
    }


def test_only_words_are_given_up_when_filters_may_not_be(shop: Shop) -> None:
    make_product("Canon camera", price="500.00")
    make_product("Canon bag", price="50.00")
    shop.refresh()
    response = shop.search("canon camera", price_max=Decimal(100), relax=Relax.WORDS)
    assert [hit["name"] for hit in response.results] == ["Canon bag"]
    assert [one["kind"] for one in response.relaxed] == ["words"]
    assert shop.search("camera", price_max=Decimal(100), relax=Relax.WORDS).count == 0
