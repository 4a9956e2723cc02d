"""Adding a product chooses the store of its page, unless the visitor has one."""

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from products.models import Product
from stores.models import Store
from tests.factories import make_product, make_stock, make_store
from tests.search_api.conftest import Shop
from tests.storefront.pages import text_of
from tests.storefront.test_basket import lines_of

pytestmark = [pytest.mark.service, pytest.mark.django_db]


@pytest.fixture
def main_street() -> Store:
    return make_store("Main Street")


@pytest.fixture
def kettle(main_street: Store) -> Product:
    product = make_product("Kettle")
    make_stock(main_street, product, 5)
    return product


def press_add(client: Client, page: HttpResponse | Any, **headers: str) -> str:
    """Send the page's only form for adding as a browser would, and return the text of the response."""
    form = re.search(r'<form class="(?:tile-add|buy)".*?</form>', page.content.decode(), re.DOTALL)
    assert form
    fields = dict(re.findall(r'name="(\w+)"[^>]*? value="([^"]*)"', form[0]))
    return text_of(client.post("/basket/add/", fields, follow=True, headers=headers))


def store_of_basket(client: Client) -> Store | None:
    store: Store | None = client.get("/basket/").context["store"]
    return store


@pytest.mark.usefixtures("kettle")
def test_store_of_the_search_becomes_the_visitors(shop: Shop, client: Client, main_street: Store) -> None:
    shop.refresh()
    page = press_add(client, client.get("/search/", {"q": "kettle", "store_id": str(main_street.pk)}))
    assert "Kettle is in your basket. You are shopping at Main Street." in page
    assert "Your store: Main Street" in page
    assert (store_of_basket(client), lines_of(client)) == (main_street, [("Kettle", 1)])


@pytest.mark.usefixtures("kettle")
def test_with_htmx_the_header_shows_the_store_too(shop: Shop, client: Client, main_street: Store) -> None:
    shop.refresh()
    page = client.get("/search/", {"q": "kettle", "store_id": str(main_street.pk)})
    answer = press_add(client, page, **{"HX-Request": "true"})
    assert "Your store: Main Street" in answer
    assert "Kettle is in your basket. You are shopping at Main Street." in answer
    assert store_of_basket(client) == main_street


@pytest.mark.usefixtures("kettle")
def test_store_of_the_basket_stays_and_the_message_says_so(shop: Shop, client: Client, main_street: Store) -> None:
    elm_road = make_store("Elm Road")
    client.post("/store/choose/", {"store_id": elm_road.pk})
    shop.refresh()
    page = press_add(client, client.get("/search/", {"q": "kettle", "store_id": str(main_street.pk)}))
    assert "Kettle is in your basket, which is for Elm Road and not for Main Street." in page
    assert (store_of_basket(client), lines_of(client)) == (elm_road, [("Kettle", 1)])


@pytest.mark.usefixtures("kettle")
def test_search_without_a_store_chooses_none(shop: Shop, client: Client) -> None:
    shop.refresh()
    press_add(client, client.get("/search/", {"q": "kettle"}))
    assert (store_of_basket(client), lines_of(client)) == (None, [("Kettle", 1)])


def test_adding_from_a_page_of_the_previous_store_says_so(client: Client, main_street: Store, kettle: Product) -> None:
    client.post("/store/choose/", {"store_id": str(main_street.pk)})
    page = client.get(f"/product/{kettle.pk}/")
    client.post("/store/choose/", {"store_id": make_store("Elm Road").pk})
    assert "which is for Elm Road and not for Main Street." in press_add(client, page)


@pytest.mark.parametrize("store_id", ["", "x", "-1", "0", "9" * 40])
def test_unknown_store_is_ignored(client: Client, kettle: Product, store_id: str) -> None:
    client.post("/basket/add/", {"product_id": kettle.pk, "quantity": 1, "store_id": store_id})
    assert (store_of_basket(client), lines_of(client)) == (None, [("Kettle", 1)])
