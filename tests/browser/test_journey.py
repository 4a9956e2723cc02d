"""From a typing error to an order: by keyboard alone, and by touch on a small phone."""

import re

from playwright.sync_api import Page, expect

from orders.models import Order
from tests.browser.chips import filter_chips
from tests.browser.conftest import Visit
from tests.browser.keyboard import press, tab_to
from tests.browser.shop import Shop

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def test_by_keyboard_alone(shop: Shop, visit: Visit) -> None:
    page = visit("/")
    expect(page.get_by_label("Search products")).to_be_focused()
    _complete_a_typing_error(page)
    _filter_sort_and_page(page)
    _choose_a_store(page)
    _order(page)
    order = Order.objects.get()
    assert (order.status, order.store_id) == ("CONFIRMED", shop.main.pk)
    assert shop.stock(order.items.get().product) == 10
    page.goto(f"/product/{order.items.get().product_id}/")
    expect(page.get_by_text("10 in stock at Main Street")).to_be_visible()


def _complete_a_typing_error(page: Page) -> None:
    box = page.get_by_label("Search products")
    page.keyboard.type("lantren")
    expect(page.locator("searchlight-box").get_by_role("option", name="lantern").first).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=lantren")
    expect(page.locator(".tile-name").first).to_contain_text("lantern")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("lante")
    expect(page.locator("searchlight-box").get_by_role("option").first).to_be_visible()
    expect(page.locator("searchlight-box").get_by_role("status")).to_contain_text("Use the arrow keys")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", re.compile("search-box-list-"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("lante")
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("r")
    expect(page.locator("searchlight-box").get_by_role("option").first).to_be_visible()
    while "Category" not in (page.locator("[aria-selected=true]").all_inner_texts() or [""])[0]:
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?category=Garden*")
    expect(page.get_by_role("heading", name="Lanterns")).to_be_visible()


def _filter_sort_and_page(page: Page) -> None:
    page.goto("/search/?q=lantern")
    facets = page.locator("#facets")
    press(page, facets.get_by_role("link", name="Acme"))
    page.wait_for_url("**brand=Acme")
    expect(facets.get_by_role("link", name="Acme")).to_be_focused()
    press(page, facets.get_by_role("link", name="$20.00 to").or_(facets.get_by_role("link", name="$25.00 to")).first)
    expect(filter_chips(page)).to_have_count(2)
    press(page, page.get_by_role("link", name=re.compile(r"\$.*remove this filter")))
    expect(filter_chips(page)).to_have_count(1)
    tab_to(page, page.get_by_label("Sort by"))
    for sort in ("popularity", "price", "-price"):
        page.keyboard.press("ArrowDown")
        page.wait_for_url(f"**sort={sort}")
        expect(page.locator(f"#sort option[selected][value='{sort}']")).to_have_count(1)  # the new page's own
        expect(page.get_by_label("Sort by")).to_be_focused()
    expect(page.locator(".tile-name").first).to_have_text("Brass lantern 27")
    press(page, page.get_by_role("link", name="Next page"))
    page.wait_for_url("**page=2")
    expect(page.locator(".tile-name")).to_have_text([f"Brass lantern {number:02}" for number in (3, 2, 1, 0)])


def _choose_a_store(page: Page) -> None:
    press(page, page.get_by_role("link", name="Choose a store").first)
    tab_to(page, page.get_by_label("City, ZIP or name"))
    page.keyboard.type("spring")
    expect(page.locator(".store-row")).to_have_count(1)
    press(page, page.get_by_role("button", name="Shop here at Main Street"))
    page.wait_for_url("**page=2")
    expect(page.get_by_text("12 in stock").first).to_be_visible()


def _order(page: Page) -> None:
    press(page, page.get_by_role("link", name="Brass lantern 03"))
    page.wait_for_url("**/product/*/")
    tab_to(page, page.get_by_label("Quantity"))
    page.keyboard.type("2")
    press(page, page.get_by_role("button", name="Add to basket"))
    expect(page.get_by_role("link", name="Basket 2 items")).to_be_visible()
    press(page, page.get_by_role("link", name="Basket 2 items"))
    press(page, page.get_by_role("button", name="Place order"))
    expect(page.get_by_role("heading", name="Your order is confirmed")).to_be_visible()


def test_by_touch_on_a_small_phone(shop: Shop, visit: Visit) -> None:
    page = visit("/store/?city=Springfield", **PHONE)
    page.get_by_role("button", name="Shop here at Main Street").tap()
    box = page.get_by_label("Search products")
    box.tap()
    page.keyboard.type("whist")
    page.locator("searchlight-box").get_by_role("option", name="Whistling kettle").tap()
    page.wait_for_url(f"**/product/{shop.kettle.pk}/")
    page.goto("/search/?q=lantern")
    page.get_by_text("Filters", exact=True).tap()
    page.locator("#facets").get_by_role("link", name="Glow").tap()
    expect(filter_chips(page)).to_have_count(1)
    expect(page.locator("#facets")).to_be_visible()  # still open: more can be chosen
    page.locator("#facets").get_by_role("link", name="In stock at Main Street").tap()
    expect(filter_chips(page)).to_have_count(2)
    page.get_by_role("button", name="Add to basket: Paper lantern 1").tap()
    expect(page.get_by_text("Paper lantern 1 is in your basket.")).to_be_visible()
    for path in ("/", "/search/?q=lantern", f"/product/{shop.kettle.pk}/", "/store/", "/basket/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 360, path
    page.get_by_role("button", name="Place order").tap()
    expect(page.get_by_role("heading", name="Your order is confirmed")).to_be_visible()
    assert shop.stock(shop.paper[0]) == 11
