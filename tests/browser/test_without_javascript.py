"""Everything except completion works without JavaScript."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.shop import Shop
from tests.factories import make_staff


def test_shopping(shop: Shop, visit: Visit) -> None:
    page = visit("/", java_script_enabled=False)
    page.get_by_label("Search products").fill("lantern")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("link", name="Glow").click()
    page.get_by_label("Sort by").select_option("price")
    page.get_by_role("button", name="Sort").click()
    expect(page.locator(".tile-name").first).to_have_text("Paper lantern 1")
    page.get_by_role("link", name="Choose a store").first.click()
    page.get_by_label("City, ZIP or name").fill("Springfield")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("button", name="Shop here at Main Street").click()
    page.goto("/search/?q=lantern&brand=Glow")
    page.get_by_role("button", name="Add to basket: Paper lantern 1").click()
    page.goto("/basket/")
    page.get_by_label("Quantity of Paper lantern 1").fill("2")
    page.get_by_role("button", name="Update").click()
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("heading", name="Your order is confirmed")).to_be_visible()
    assert shop.stock(shop.paper[0]) == 10


def test_stock_keeping(shop: Shop, visit: Visit) -> None:
    make_staff(shop.main, "stan")
    page = visit(f"/staff/{shop.main.pk}/inventory/", java_script_enabled=False)
    page.get_by_label("Username").fill("stan")
    page.get_by_label("Password").fill("password")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Name or SKU").fill("kettle")
    page.get_by_role("button", name="Show").click()
    page.get_by_label("Units of Whistling kettle").fill("-4")
    page.get_by_role("button", name="Save Whistling kettle").click()
    expect(page.get_by_text("Whistling kettle: 8 in stock.")).to_be_visible()
    assert shop.stock(shop.kettle) == 8
