"""Finding and choosing a store."""

from decimal import Decimal

import pytest
from django.test import Client

from stores.models import Store
from tests.factories import make_product, make_stock, make_store
from tests.storefront.pages import text_of

pytestmark = [pytest.mark.service, pytest.mark.django_db]


def place_at(name: str, latitude: str, longitude: str, **fields: str) -> Store:
    return make_store(name, latitude=Decimal(latitude), longitude=Decimal(longitude), **fields)


def names(page: object) -> list[str]:
    return [store.name for store in page.context["page"]]  # type: ignore[attr-defined]


def test_city_that_starts_with_the_text_comes_first(client: Client) -> None:
    make_store("Park Avenue", city="New York")
    make_store("York Mall", city="Leeds")
    make_store("Station", city="York")
    make_store("Elsewhere", city="Paris")
    assert names(client.get("/store/", {"city": "york"})) == ["Station", "Park Avenue", "York Mall"]


def test_nearest_first_leaving_out_stores_of_unknown_position(client: Client) -> None:
    place_at("Far", "48.85", "2.35")
    place_at("Near", "51.50", "-0.12")
    make_store("Somewhere")
    page = client.get("/store/", {"near": "51.51,-0.13"})
    assert names(page) == ["Near", "Far"]
    assert [round(store.km) for store in page.context["page"]] == [1, 344]


def test_page_and_fragment_of_one_address_are_not_mixed_up(client: Client) -> None:
    store = make_store("Station", city="York")
    address = "/store/?city=york&next=/basket/"
    page, fragment = client.get(address), client.get(address, headers={"HX-Request": "true"})
    for answer in (page, fragment):
        assert names(answer) == [store.name]
        assert "HX-Request" in answer["Vary"]
        assert "no-store" in answer["Cache-Control"]
    assert "<!doctype html>" not in fragment.content.decode()
    assert "/sign-in/?next=/store/%3Fcity%3Dyork" in fragment.content.decode()


@pytest.mark.parametrize("near", ["here", "91,0", "0,181", "1e5,0", "51.5", "51.5,-0.1,3"])
def test_invalid_position_is_ignored(client: Client, near: str) -> None:
    make_store("Somewhere")
    assert names(client.get("/store/", {"near": near})) == ["Somewhere"]


def test_chosen_store_outlives_the_session(client: Client) -> None:
    store = make_store("Main Street")
    answer = client.post("/store/choose/", {"store_id": store.pk, "next": "/search/?q=x"})
    assert answer["Location"] == "/search/?q=x"
    cookie = answer.cookies["store"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 31536000)
    assert "Main Street" in text_of(client.get("/basket/"))


def test_next_is_a_url_and_never_the_name_of_a_page(client: Client) -> None:
    store = make_store("Main Street")
    for target in ("basket", "?q=x", "storefront"):
        assert client.post("/store/choose/", {"store_id": store.pk, "next": target})["Location"] == target


def test_chosen_store_can_be_cleared(client: Client) -> None:
    client.post("/store/choose/", {"store_id": make_store("Main Street").pk})
    client.post("/store/choose/", {})
    assert "Choose a store" in text_of(client.get("/basket/"))


@pytest.mark.parametrize("cookie", ["0", "-1", "x", "9" * 18, "9" * 40, "9" * 5000])
def test_invalid_cookie_means_no_store(client: Client, cookie: str) -> None:
    client.cookies["store"] = cookie
    assert "Choose a store" in text_of(client.get("/basket/"))


def test_product_page_lists_other_stores_nearest_first(client: Client) -> None:
    kettle, mine = make_product("Kettle"), place_at("Mine", "51.50", "-0.12")
    far, near, empty = place_at("Far", "48.85", "2.35"), place_at("Near", "51.6", "-0.1"), make_store("Empty")
    for store, quantity in ((mine, 3), (far, 8), (near, 2), (empty, 0)):
        make_stock(store, kettle, quantity)
    client.post("/store/choose/", {"store_id": mine.pk})
    page = client.get(f"/product/{kettle.pk}/")
    assert [(row.store.name, row.quantity) for row in page.context["elsewhere"]] == [("Near", 2), ("Far", 8)]
    assert "Only 3 left at Mine" in text_of(page)
