from decimal import Decimal

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.shop import Shop
from tests.factories import make_store


def test_near_me_shows_the_nearest_stores_from_any_page_of_the_list(shop: Shop, visit: Visit) -> None:
    for number in range(24):
        make_store(f"Pier {number}", city="Portland", latitude=Decimal(45), longitude=Decimal(-122))
    near_main_street = {"latitude": 39.8, "longitude": -89.6}
    page = visit("/store/?city=port&page=2&next=/basket/", geolocation=near_main_street, permissions=["geolocation"])
    page.get_by_role("button", name="Near me").click()
    expect(page.get_by_text("Nearest first")).to_be_visible()
    expect(page.locator(".store-name").first).to_have_text("Main Street")
    page.get_by_role("button", name="Shop here at Main Street").click()
    page.wait_for_url("**/basket/")
    expect(page.locator("#tool-store")).to_contain_text(shop.main.name)
