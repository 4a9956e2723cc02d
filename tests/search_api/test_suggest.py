"""Completions."""

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from rest_framework.test import APIClient

from foundation import expiring_cache
from indexing import generation
from indexing.documents import build_documents
from search_api.completion import facet_values, popular_queries
from search_api.models import PopularQuery
from search_api.services import suggest
from tests.eventually import eventually
from tests.factories import make_product, make_stock, make_store
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def texts(q: str, store_id: int | None = None) -> list[str]:
    return [suggestion["text"] for suggestion in suggest(q, store_id=store_id).suggestions]


def test_names_that_start_with_the_text_come_before_names_with_a_word_that_does(shop: Shop) -> None:
    shop.sells("Red laptop", "Laptop bag", "Printer")
    assert texts("lapt") == ["Laptop bag", "Red laptop"]


def test_popular_products_come_first_and_unavailable_ones_last(shop: Shop) -> None:
    store = make_store()
    for name, sold, quantity in (
        ("Lamp one", 0, 5),
        ("Lamp two", 3000, 5),
        ("Lamp three", 40, 5),
        ("Lamp four", 9000, 0),
    ):
        make_stock(store, make_product(name, popularity=sold), quantity)
    make_stock(store, make_product("Big lamp", popularity=9000), 5)
    shop.refresh()
    assert texts("lam") == ["Lamp two", "Lamp three", "Lamp one", "Lamp four", "Big lamp"]


def test_products_with_equal_scores_are_ordered_by_id(shop: Shop) -> None:
    names = [f"Lamp {word}" for word in ("red", "blue", "green", "black")]
    shop.sells(*names)
    assert texts("lamp") == names


def test_new_brand_is_completed_within_seconds(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    make_product("Notebook", brand="Lapland")
    shop.refresh()
    assert "Lapland" in texts("lap")
    monkeypatch.setattr(facet_values.cached, "max_age", 0.0)
    document = build_documents([make_product("Desk", brand="Lapis").pk])[0]
    shop.client.index(index=shop.index, id=document["id"], body=document, refresh=True)
    generation.bump()
    assert "Lapis" in texts("lap")


def test_completion_without_a_new_brand_is_cached_for_seconds_only(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    make_product("Notebook", brand="Lapland")
    shop.refresh()
    assert texts("lap") == ["Lapland"]
    document = build_documents([make_product("Desk", brand="Lapis").pk])[0]
    shop.client.index(index=shop.index, id=document["id"], body=document, refresh=True)
    generation.bump()
    monkeypatch.setattr(facet_values.cached, "max_age", 1.0)
    eventually(lambda: sorted(texts("lap")) == ["Lapis", "Lapland"])


def test_completion_is_cached_once_brands_were_read_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.sells("Laptop bag")
    assert texts("lap") == ["Laptop bag"]
    generation.bump()
    monkeypatch.setattr(facet_values.cached, "max_age", 0.0)
    assert texts("lap") == ["Laptop bag"]
    shop.client.delete_by_query(index=shop.index, body={"query": {"match_all": {}}}, refresh=True)
    assert texts("lap") == ["Laptop bag"]


def test_words_may_come_in_any_order_unfinished(shop: Shop) -> None:
    shop.sells("HP Pavilion laptop", "HP printer")
    assert texts("lap hp") == ["HP Pavilion laptop"]


def test_typing_error_is_forgiven_only_when_nothing_has_the_prefix(shop: Shop) -> None:
    shop.sells("Keyboard", "Printer")
    assert texts("keyvoard") == ["Keyboard"]
    shop.sells("Keyvoard cleaner")
    assert texts("keyvoard") == ["Keyvoard cleaner"]


def test_codes_and_short_words_are_completed_as_typed(shop: Shop) -> None:
    shop.sells("Rioja Reserva 2011", "Chipboard screw 5 x 50 mm", "Merino jersey", "Keyboard 2011")
    for typed in ("2611", "5q0", "jrr", "rioja 2611", "jrr merino", "!?!"):
        assert texts(typed) == [], typed
    assert texts("riojq 2011") == ["Rioja Reserva 2011"]
    assert texts("20 keyvoard") == ["Keyboard 2011"]


def test_text_longer_than_any_gram_still_works(shop: Shop) -> None:
    name = "Supercalifragilisticexpialidocious laptop sleeve for very long journeys by train and ship"
    shop.sells(name)
    assert texts("supercalifragilisticexpiali") == [name]
    assert texts(name) == [name]


def test_same_text_is_never_suggested_twice(shop: Shop) -> None:
    shop.sells("Laptop bag", "Laptop bag", "LAPTOP BAG")
    assert texts("laptop") == ["Laptop bag"]


def test_at_most_ten(shop: Shop) -> None:
    shop.sells(*(f"Laptop {word} edition" for word in "abcdefghijklm"))
    assert len(texts("laptop")) == 10


def test_near_identical_names_leave_room_for_others(shop: Shop) -> None:
    shop.sells(*(f"Laptop Pro 15 inch variant {number}" for number in range(12)), "Laptop bag", "Laptop stand")
    assert {"Laptop bag", "Laptop stand"} <= set(texts("laptop"))


def test_brands_and_categories_are_suggested_too(shop: Shop) -> None:
    make_product("Notebook", brand="Lapland", category="Computers > Laptops")
    shop.refresh()
    assert suggest("lap").suggestions == [
        {"text": "Lapland", "type": "brand", "id": "Lapland", "highlight": "<mark>Lap</mark>land"},
        {
            "text": "Laptops",
            "type": "category",
            "id": "Computers > Laptops",
            "highlight": "<mark>Lap</mark>tops",
        },
    ]


def test_parent_category_is_not_suggested_for_the_name_of_its_child(shop: Shop) -> None:
    make_product("Notebook", category="Computers > Laptops")
    shop.refresh()
    assert texts("lapt") == ["Laptops"]


def test_categories_with_the_same_name_are_shown_as_paths(shop: Shop) -> None:
    make_product("Notebook", category="Computers > Spare parts")
    make_product("Printer", category="Printing > Spare parts")
    shop.refresh()
    assert sorted(texts("spar")) == ["Computers > Spare parts", "Printing > Spare parts"]


def test_brand_with_a_matching_word_comes_after_names_that_start_with_the_text(shop: Shop) -> None:
    make_product("Logitech mouse", brand="Logitech")
    make_product("Laptop sleeve", brand="Case Logic")
    shop.refresh()
    assert texts("logi") == ["Logitech", "Logitech mouse", "Case Logic"]


def test_punctuation_inside_a_word_counts(shop: Shop) -> None:
    make_product("D-Link switch", brand="D-Link")
    make_product("Da-Lite projection screen", brand="Da-Lite")
    make_product("Cable USB C")
    make_product("C13 plug with USB")
    shop.refresh()
    assert texts("d-li") == ["D-Link", "D-Link switch"]
    assert texts("usb-c") == ["Cable USB C"]


def test_size_is_completed_in_every_spelling(shop: Shop) -> None:
    shop.sells('Display (27") black', "Screen for 27 inch display", "Frame 27 cm")
    assert {tuple(sorted(texts(typed))) for typed in ('27"', "27-inch", "27 inch")} == {
        ('Display (27") black', "Screen for 27 inch display")
    }


def test_code_is_completed_without_its_punctuation(shop: Shop) -> None:
    shop.sells("HP Pavilion dv7-1211ea", "HP Pavilion dv6-1211ea")
    assert texts("dv7121") == ["HP Pavilion dv7-1211ea"]


def test_popular_queries_are_suggested_too(shop: Shop) -> None:
    shop.sells("Laptop bag")
    PopularQuery.objects.create(q="laptop 17 inch", searches=40)
    popular_queries.cached.forget()
    assert [(one["text"], one["type"]) for one in suggest("lapt").suggestions] == [
        ("laptop 17 inch", "query"),
        ("Laptop bag", "product"),
    ]
    popular_queries.cached.forget()


def test_popular_queries_stay_in_use_when_they_cannot_be_read_again(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expiring_cache, "RETRY_AFTER", 0)
    PopularQuery.objects.create(q="laptop", searches=40)
    popular_queries.cached.forget()
    assert popular_queries.starting_with("lap") == ["laptop"]
    popular_queries.cached.forget()
    with connection.execute_wrapper(_fail):
        assert popular_queries.starting_with("lap") == ["laptop"]
    assert "popular queries could not be read" in caplog.text
    assert PopularQuery.objects.count() == 1  # the transaction of the caller goes on
    popular_queries.cached.forget()


def _fail(*_: object) -> None:
    raise OperationalError


def test_products_in_stock_at_the_store_come_first(shop: Shop) -> None:
    make_product("Laptop A")
    here = make_store()
    make_stock(here, make_product("Laptop B"), 1)
    shop.refresh()
    assert texts("laptop", here.pk) == ["Laptop B", "Laptop A"]


def test_name_is_plain_text_and_its_highlight_is_escaped_html(shop: Shop) -> None:
    shop.sells("Café <b>Laptop</b> & co")
    assert [one["highlight"] for one in suggest("lap cafe").suggestions] == [
        "<mark>Café</mark> &lt;b&gt;<mark>Lap</mark>top&lt;/b&gt; &amp; co"
    ]


def test_whole_answer(shop: Shop, api: APIClient) -> None:
    shop.sells("Laptop bag")
    body = api.get("/search/suggest/", {"q": "lapt"}).json()
    assert body == {
        "query": "lapt",
        "suggestions": [
            {
                "text": "Laptop bag",
                "type": "product",
                "id": body["suggestions"][0]["id"],
                "highlight": "<mark>Lapt</mark>op bag",
            }
        ],
        "degraded": False,
    }


@pytest.mark.parametrize("q", ["", "a", "la", "  l  "])
def test_fewer_than_three_characters_are_refused(api: APIClient, q: str) -> None:
    assert api.get("/search/suggest/", {"q": q}).status_code == 400


def test_hidden_products_are_not_suggested(shop: Shop) -> None:
    make_product("Laptop", active=False)
    shop.refresh()
    cache.clear()
    assert texts("laptop") == []
