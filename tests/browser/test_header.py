"""The head of every page: whatever stands beside it, the search box has room for what is typed."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.shop import Shop
from tests.factories import make_stock, make_store

ROOM = 200  # px for the words themselves
TYPING_ROOM = """box => { const style = getComputedStyle(box);
    return box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) }"""


@pytest.mark.parametrize("width", [320, 767, 768, 959, 1024])
def test_search_box_has_room_beside_a_long_store_and_a_full_basket(shop: Shop, visit: Visit, width: int) -> None:
    User.objects.create_user("bartholomew-of-the-harbour-and-hills", password="password")
    make_stock(make_store("Des Moines Foundry Yard", city="Des Moines"), shop.kettle, 5)
    page = visit("/store/?city=Des+Moines", viewport={"width": width, "height": 800})
    page.get_by_role("button", name="Shop here at Des Moines Foundry Yard").click()
    page.goto(f"/product/{shop.kettle.pk}/")
    page.get_by_role("button", name="Add to basket").click()
    expect(page.locator("#toast p")).to_be_visible()
    _has_room(page)
    page.goto("/sign-in/?next=/basket/")
    page.get_by_label("Username").fill("bartholomew-of-the-harbour-and-hills")
    page.get_by_label("Password").fill("password")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/basket/")
    _has_room(page)


def _has_room(page: Page) -> None:
    assert page.get_by_label("Search products").evaluate(TYPING_ROOM) >= ROOM
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
