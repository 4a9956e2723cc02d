"""Prices on pages, and the price filter: in the shop's currency, as its locale writes and reads them."""

import pytest
from django.test import Client, override_settings

from tests.factories import make_product
from tests.search_api.conftest import Shop
from tests.storefront.pages import names_on, text_of

pytestmark = [pytest.mark.service, pytest.mark.django_db]

GERMAN = {"CURRENCY": "EUR", "LOCALE": "de_DE"}
KUWAITI = {"CURRENCY": "KWD", "LOCALE": "en_US"}
JAPANESE = {"CURRENCY": "JPY", "LOCALE": "ja_JP"}


@pytest.mark.parametrize(
    ("shop_settings", "typed", "found"),
    [
        (GERMAN, "1.299,00", ["Dear"]),
        (GERMAN, "12,50", ["Dear", "Middle"]),
        (GERMAN, "€50", ["Dear", "Middle"]),
        (GERMAN, "1.299", ["Dear"]),
        (KUWAITI, "12.501", ["Dear", "Middle"]),
        (JAPANESE, "1,299", ["Dear"]),
    ],
)
def test_price_filter_understands_the_shops_way_of_writing(
    shop: Shop, client: Client, shop_settings: dict[str, str], typed: str, found: list[str]
) -> None:
    for name, price in (("Cheap", "12"), ("Middle", "100"), ("Dear", "1299")):
        make_product(name, price=price)
    shop.refresh()
    with override_settings(**shop_settings):
        page = client.get("/search/", {"price_min": typed, "sort": "-price"})
        assert names_on(page) == found
        again = client.get(page.context["state"].url)  # the canonical form means the same
    assert names_on(again) == found
    assert again.context["state"].request.price_min == page.context["state"].request.price_min


@pytest.mark.parametrize(
    ("shop_settings", "typed"),
    [
        (GERMAN, "1,299"),
        (GERMAN, "$50"),
        (GERMAN, "cheap"),
        (GERMAN, "-5"),
        (JAPANESE, "12.50"),
        ({}, "1.299"),
        ({}, "9" * 30),
    ],
)
def test_other_text_is_left_out_and_the_page_says_so(
    shop: Shop, client: Client, shop_settings: dict[str, str], typed: str
) -> None:
    make_product("Lamp", price="5")
    shop.refresh()
    with override_settings(**shop_settings):
        page = client.get("/search/", {"price_min": typed, "price_max": "7000"})
    assert names_on(page) == ["Lamp"]
    assert page.context["state"].request.price_min is None
    assert page.context["state"].request.price_max == 7000
    assert f"The price filter is without “ {typed} ”: a price is written as" in text_of(page)


def test_understood_price_needs_no_note(shop: Shop, client: Client) -> None:
    shop.sells("Lamp")
    assert "The price filter is without" not in text_of(client.get("/search/", {"price_min": "1"}))


@pytest.mark.parametrize(
    ("shop_settings", "price", "shown"),
    [
        (KUWAITI, "1.234", "KWD 1.234"),
        (JAPANESE, "1500", "\N{FULLWIDTH YEN SIGN}1,500"),
        ({"CURRENCY": "KRW", "LOCALE": "ko_KR"}, "12000", "\N{WON SIGN}12,000"),
        ({"CURRENCY": "USD"}, "5.00", "$5.00"),
    ],
)
def test_amounts_have_the_digits_of_the_currency_everywhere(
    shop: Shop, client: Client, shop_settings: dict[str, str], price: str, shown: str
) -> None:
    with override_settings(**shop_settings):
        product = make_product("Lamp", price=price)
        shop.refresh()
        found = client.get("/search/products/").json()
        detail = client.get(f"/products/{product.pk}/").json()
        page = client.get("/search/")
    assert [found["currency"], detail["currency"]] == [shop_settings["CURRENCY"]] * 2
    assert [found["results"][0]["price"], found["facets"]["price"]["min"], detail["price"]] == [price] * 3
    assert shown in text_of(page)
