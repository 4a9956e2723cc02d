"""The search box in the header is wide enough, whatever is beside it."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.shop import Shop
from tests.factories import make_stock, make_store

MIN_WIDTH = 200  # px for the text
TEXT_WIDTH = """box => { const style = getComputedStyle(box);
    return box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) }"""


@pytest.mark.parametrize("width", [320, 767, 768, 959, 1024])
def test_search_box_check_width_beside_a_long_store_and_a_full_basket(shop: Shop, visit: Visit, width: int) -> None:
    User.objects.create_user("bartholomew-of-the-harbour-and-hills", password="password")
    make_stock(make_store("Des Moines Foundry Yard", city="Des Moines"), shop.kettle, 5)
    page = visit("/store/?city=Des+Moines", viewport={"width": width, "height": 800})
    page.get_by_role("button", name="Shop here at Des Moines Foundry Yard").click()
    page.goto(f"/product/{shop.kettle.pk}/")
    page.get_by_role("button", name="Add to basket").click()
    expect(page.locator("#toast p")).to_be_visible()
    _check_width(page)
    page.goto("/sign-in/?next=/basket/")
    page.get_by_label("Username").fill("bartholomew-of-the-harbour-and-hills")
    page.get_by_label("Password").fill("password")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/basket/")
    _check_width(page)


def test_header_follows_filters_and_marks(shop: Shop, visit: Visit) -> None:
    del shop
    page = visit("/search/?q=lantern+under+30")
    page.get_by_role("link", name="Compare").first.click()
    expect(page.get_by_text("1 of at most 4 products to compare")).to_be_visible()
    page.get_by_role("navigation", name="Your shop").get_by_role("link", name="Choose a store").click()
    page.get_by_role("button", name="Shop here at Main Street").click()
    expect(page.get_by_text("1 of at most 4 products to compare")).to_be_visible()
    page.get_by_label("Filters").get_by_role("link", name="Acme").click()
    box = page.get_by_label("Search products")
    expect(box).to_have_value("lantern")
    box.fill("kettle")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=kettle**")
    expect(page.get_by_text("1 of at most 4 products to compare")).to_be_visible()
    page.get_by_label("Filters").get_by_role("link", name="Kitchen").click()
    page.wait_for_url("**category=Kitchen**")
    page.get_by_role("link", name="Sign in").click()
    page.wait_for_url(lambda url: "Kitchen" in url and "/sign-in/" in url)


def _check_width(page: Page) -> None:
    assert page.get_by_label("Search products").evaluate(TEXT_WIDTH) >= MIN_WIDTH
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
