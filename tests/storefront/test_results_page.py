"""The results page: its URL is its state, and it needs few requests to the services."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from search_api.engine.curl import CurlConnection
from storefront.page_parts import Option
from storefront.results import page_links
from storefront.search_state import PAGE_SIZE, parse
from tests.factories import make_product, make_staff, make_stock, make_store
from tests.search_api.conftest import Shop
from tests.storefront.pages import names_on, text_of

pytestmark = [pytest.mark.service, pytest.mark.django_db]


def test_matches_are_found_and_highlighted(shop: Shop, client: Client) -> None:
    make_product("Garden hose")
    make_product("Kitchen kettle")
    shop.refresh()
    page = client.get("/search/", {"q": "kettle"})
    assert names_on(page) == ["Kitchen kettle"]
    assert "Kitchen <mark>kettle</mark>" in page.content.decode()


def test_url_alone_restores_words_filters_sort_and_page(shop: Shop, client: Client) -> None:
    for number in range(30):
        make_product(f"Lamp {number:02}", brand="Acme", category="Home > Lamps", price=f"{number + 1}.00")
    make_product("Lamp of another brand", brand="Other", category="Home > Lamps")
    shop.refresh()
    page = client.get("/search/", {"q": "lamp", "brand": "Acme", "sort": "-price", "page": "2"})
    assert names_on(page) == [f"Lamp {number:02}" for number in range(5, -1, -1)]


def test_invalid_parameters_are_ignored(shop: Shop, client: Client) -> None:
    make_product("Kettle")
    shop.refresh()
    address = {"q": "kettle", "page": "-3", "price_min": "NaN", "sort": "up", "store_id": "x", "in_stock": "maybe"}
    assert names_on(client.get("/search/", address)) == ["Kettle"]


@pytest.mark.parametrize(
    "address", [{"q": "x" * 5000}, {"q": "\0"}, {"page": "9" * 30}, {"store_id": "9" * 30}, {"price_max": "1e99"}]
)
def test_extreme_parameters_do_not_break_the_page(shop: Shop, client: Client, address: dict[str, str]) -> None:
    shop.refresh()
    assert client.get("/search/", address).status_code == 200


def test_page_beyond_the_last_redirects_to_the_first(shop: Shop, client: Client) -> None:
    make_product("Kettle")
    shop.refresh()
    assert client.get("/search/", {"q": "kettle", "page": "9"})["Location"] == "/search/?q=kettle"


def test_page_links_are_the_first_the_last_and_those_around_the_current_one() -> None:
    state = parse(QueryDict("q=lamp&page=5"))
    links = {link.label: link.url for link in page_links(state, 10 * PAGE_SIZE)}
    assert list(links) == ["1", "…", "4", "5", "6", "10"]
    assert (links["1"], links["6"], links["…"]) == ("/search/?q=lamp", "/search/?q=lamp&page=6", "")
    assert page_links(parse(QueryDict("q=lamp")), PAGE_SIZE) == []


def test_each_chip_links_to_the_page_without_its_filter(shop: Shop, client: Client) -> None:
    make_product("Desk", brand="Acme", price="50.00")
    shop.refresh()
    page = client.get("/search/", {"q": "desk", "brand": "Acme", "price_max": "60"})
    chips = {chip.label: chip.url for chip in page.context["chips"]}
    assert chips == {"Acme": "/search/?q=desk&price_max=60.00", "Up to $60.00": "/search/?q=desk&brand=Acme"}


def test_words_that_were_read_as_filters_are_chips_and_can_be_words_again(shop: Shop, client: Client) -> None:
    make_product("Desk oak", price="50.00")
    make_product("Desk pine", price="40.00")
    make_product("Desk steel", price="90.00")
    shop.refresh()
    page = client.get("/search/", {"q": "cheapest desk under 60"})
    assert names_on(page) == ["Desk pine", "Desk oak"]
    assert {chip.label: chip.url for chip in page.context["chips"]} == {
        "Up to $60.00": "/search/?q=desk&sort=price",
        "Price, low to high": "/search/?q=desk&price_max=60.00",
    }
    text = text_of(page)
    assert "“ cheapest ” is read as: Price, low to high. “ under 60 ” is read as: Up to $60.00." in text
    assert page.context["as_words"].url == "/search/?q=cheapest+desk+under+60&interpret=false"
    assert not client.get(page.context["as_words"].url).context["chips"]


def test_brand_that_was_typed_is_a_chip(shop: Shop, client: Client) -> None:
    make_product("Desk oak", brand="Acme", price="50.00")
    shop.refresh()
    page = client.get("/search/", {"q": "acme desk under 60"})
    assert {chip.label: chip.url for chip in page.context["chips"]} == {
        "Up to $60.00": "/search/?q=acme+desk",
        "Acme first": "/search/?q=acme+desk&price_max=60.00&interpret=false",
    }


def test_narrower_category_replaces_the_wider_one(shop: Shop, client: Client) -> None:
    make_product("Fast laptop", category="Computers > Laptops")
    make_product("Fast desktop", category="Computers > Desktops")
    shop.refresh()
    options = _options(client, {"q": "fast", "category": "Computers"})
    assert options["Computers"].selected
    assert options["Laptops"].url == "/search/?q=fast&category=Computers+%3E+Laptops"
    assert names_on(client.get(options["Laptops"].url)) == ["Fast laptop"]


@pytest.mark.parametrize("brand", ["hp", "HP"])
def test_filter_in_either_case_is_selected_and_can_be_deselected(shop: Shop, client: Client, brand: str) -> None:
    make_product("Fast laptop", brand="HP", category="Computers > Laptops")
    shop.refresh()
    options = _options(client, {"q": "fast", "brand": brand, "category": "computers > LAPTOPS"})
    assert [(options[name].selected, options[name].url) for name in ("HP", "Laptops")] == [
        (True, "/search/?q=fast&category=computers+%3E+LAPTOPS"),
        (True, f"/search/?q=fast&category=Computers&brand={brand}"),
    ]


def test_filters_that_differ_only_in_case_are_one(shop: Shop, client: Client) -> None:
    make_product("Fast laptop", brand="HP", category="Computers > Laptops")
    shop.refresh()
    address = {"brand": ["hp", "HP"], "category": ["computers", "Computers > Laptops", "COMPUTERS > LAPTOPS"]}
    page = client.get("/search/", address)
    assert [chip.label for chip in page.context["chips"]] == ["Computers > Laptops", "hp"]


def _options(client: Client, address: dict[str, Any]) -> dict[str, Option]:
    page = client.get("/search/", address)
    return {option.label: option for facet in page.context["facets"] for option in (*facet.shown, *facet.more)}


def test_quantity_is_that_of_the_chosen_store(shop: Shop, client: Client) -> None:
    kettle, store = make_product("Kettle"), make_store("Main Street")
    make_stock(store, kettle, 3)
    shop.refresh()
    client.post("/store/choose/", {"store_id": store.pk})
    assert "Only 3 left" in text_of(client.get("/search/", {"q": "kettle"}))


def test_htmx_gets_a_fragment_and_the_canonical_url(shop: Shop, client: Client) -> None:
    make_product("Kettle")
    shop.refresh()
    fragment = client.get("/search/", {"q": "kettle", "price_min": "", "page": "1"}, headers={"HX-Request": "true"})
    assert "<!doctype html>" not in fragment.content.decode()
    assert names_on(fragment) == ["Kettle"]
    assert fragment["HX-Push-Url"] == "/search/?q=kettle"
    assert "HX-Request" in fragment["Vary"]


@pytest.mark.usefixtures("engine_away")
def test_degraded_search_shows_a_notice(client: Client) -> None:
    make_product("Kettle")
    page = client.get("/search/", {"q": "kettle"})
    assert names_on(page) == ["Kettle"]
    assert "Search is running in a simpler mode at the moment: misspelt words are not corrected." in text_of(page)


def test_history_request_of_htmx_gets_the_whole_page(shop: Shop, client: Client) -> None:
    shop.refresh()
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<!doctype html>" in client.get("/search/", headers=headers).content.decode()


@pytest.mark.parametrize("products", [1, 3])
def test_at_most_five_statements(shop: Shop, client: Client, products: int) -> None:
    _sell_kettles(shop, client, products)
    client.get("/search/")  # whether there are attributes is cached
    with CaptureQueriesContext(connection) as statements:
        page = client.get("/search/", {"q": "kettle"})
    assert len(names_on(page)) == products
    assert len(statements) <= 5, [each["sql"] for each in statements]


def test_search_with_enough_hits_needs_one_engine_request(
    shop: Shop, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _sell_kettles(shop, client, 12)
    client.get("/search/")  # the spellings of brands are cached
    requests = _count_engine_requests(monkeypatch)
    assert len(names_on(client.get("/search/", {"q": "kettle"}))) == 12
    assert len(requests) == 1, requests


def _sell_kettles(shop: Shop, client: Client, number: int) -> None:
    """Stock kettles at the store of a visitor who is signed in."""
    store = make_store()
    for each in range(number):
        make_stock(store, make_product(f"Kettle {each}", category="Kitchen"), 9)
    shop.refresh()
    client.force_login(make_staff(store))
    client.post("/store/choose/", {"store_id": store.pk})


def _count_engine_requests(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    requests: list[str] = []
    perform: Callable[..., Any] = CurlConnection.perform_request

    def counted(self: CurlConnection, method: str, url: str, *args: Any, **options: Any) -> Any:
        requests.append(f"{method} {url}")
        return perform(self, method, url, *args, **options)

    monkeypatch.setattr(CurlConnection, "perform_request", counted)
    return requests
