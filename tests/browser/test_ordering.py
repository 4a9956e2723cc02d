"""Placing orders: shortages, double clicks, the back button."""

from playwright.sync_api import Page, Route, expect

from orders.models import Order
from stores.models import Inventory
from tests.browser.conftest import Visit
from tests.browser.shop import Shop


def fill_basket(page: Page, shop: Shop, quantity: int) -> None:
    """Choose Main Street and add kettles."""
    page.goto(f"/store/?city=Springfield&next=/product/{shop.kettle.pk}/")
    page.get_by_role("button", name="Shop here at Main Street").click()
    page.get_by_label("Quantity").fill(str(quantity))
    page.get_by_role("button", name="Add to basket").click()
    expect(page.locator("#toast")).to_contain_text("Whistling kettle is in your basket.")
    page.goto("/basket/")


def test_rejected_order_offers_what_is_available(shop: Shop, visit: Visit) -> None:
    page = visit()
    fill_basket(page, shop, 5)
    Inventory.objects.filter(product=shop.kettle).update(quantity=3)  # another customer was faster
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("heading", name="Your order was not placed")).to_be_visible()
    expect(page.get_by_text("Only 3 left")).to_be_visible()
    assert shop.stock(shop.kettle) == 3
    page.get_by_role("button", name="Take what is available").click()
    expect(page.get_by_label("Quantity of Whistling kettle")).to_have_value("3")
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("heading", name="Your order is confirmed")).to_be_visible()
    assert shop.stock(shop.kettle) == 0


def test_double_click_and_back_and_reload_order_once(shop: Shop, visit: Visit) -> None:
    page = visit()
    fill_basket(page, shop, 2)
    page.get_by_role("button", name="Place order").dblclick()
    expect(page.get_by_role("heading", name="Your order is confirmed")).to_be_visible()
    address = page.url
    page.reload()
    page.go_back()
    if page.get_by_role("button", name="Place order").count():  # the browser shows the old basket
        page.get_by_role("button", name="Place order").click()
        page.wait_for_url(address)
    assert Order.objects.count() == 1
    assert shop.stock(shop.kettle) == 10


def test_two_clicks_that_both_reach_the_server_order_once(shop: Shop, visit: Visit) -> None:
    page = visit(java_script_enabled=False)
    page.goto(f"/store/?city=Springfield&next=/product/{shop.kettle.pk}/")
    page.get_by_role("button", name="Shop here at Main Street").click()
    page.get_by_role("button", name="Add to basket").click()
    page.goto("/basket/")
    page.get_by_role("button", name="Place order").dblclick()
    expect(page.get_by_role("heading", name="Your order is confirmed")).to_be_visible()
    assert Order.objects.count() == 1
    assert shop.stock(shop.kettle) == 11


def test_cancelled_order_is_back_in_stock(shop: Shop, visit: Visit) -> None:
    page = visit()
    fill_basket(page, shop, 2)
    page.get_by_role("button", name="Place order").click()
    page.get_by_text("Cancel this order").click()
    page.get_by_role("button", name="Yes, cancel the order").click()
    expect(page.get_by_role("heading", name="This order is cancelled")).to_be_visible()
    assert shop.stock(shop.kettle) == 12


def test_back_button_restores_each_step_of_a_search(shop: Shop, visit: Visit) -> None:
    del shop
    page = visit("/search/?q=lantern")
    page.locator("#facets").get_by_role("link", name="Glow").click()
    expect(page.locator(".tile")).to_have_count(3)
    page.get_by_label("Sort by").select_option("-price")
    expect(page.locator(".tile-name").first).to_have_text("Paper lantern 3")
    page.locator(".tile-name a").first.click()
    expect(page.get_by_role("heading", name="Paper lantern 3")).to_be_visible()
    page.go_back()
    expect(page.locator(".tile-name").first).to_have_text("Paper lantern 3")
    page.go_back()
    expect(page.get_by_label("Sort by")).to_have_value("relevance")
    expect(page.locator(".tile")).to_have_count(3)
    page.go_back()
    expect(page.locator(".tile")).to_have_count(24)
    page.go_forward()
    expect(page.locator(".tile")).to_have_count(3)


def test_sort_selected_right_after_a_swap_is_not_lost(shop: Shop, visit: Visit) -> None:
    del shop
    page = visit("/search/?q=lantern")
    page.evaluate(CHOOSE_AGAIN_AT_ONCE)
    page.get_by_label("Sort by").select_option("price")
    page.wait_for_url("**sort=-price")
    expect(page.locator("#sort option[selected][value='-price']")).to_have_count(1)


CHOOSE_AGAIN_AT_ONCE = """
addEventListener("htmx:afterSwap", () => setTimeout(() => {
  const sort = document.querySelector("#sort");
  sort.value = "-price";
  sort.dispatchEvent(new Event("change", {bubbles: true}));
}), {once: true});
"""


def test_products_added_in_quick_succession_by_a_new_visitor_are_all_in_the_basket(shop: Shop, visit: Visit) -> None:
    page = visit()
    page.goto(f"/search/?q=paper&store_id={shop.main.pk}")
    page.evaluate("document.querySelectorAll('.tile-add button').forEach((button) => button.click())")
    expect(page.locator("#tool-basket .count")).to_have_text("3 items")
    expect(page.locator("#tool-store")).to_contain_text("Main Street")
    page.goto("/basket/")
    expect(page.get_by_label("Quantity of Paper lantern")).to_have_count(3)
    expect(page.locator(".basket-summary")).to_contain_text("Main Street")


def test_reply_for_one_line_leaves_what_is_typed_in_another(shop: Shop, visit: Visit) -> None:
    page = visit()
    fill_basket(page, shop, 1)
    page.goto("/search/?q=paper+lantern+1")
    page.get_by_role("button", name="Add to basket: Paper lantern 1").click()
    expect(page.locator("#tool-basket .count")).to_have_text("2 items")
    page.goto("/basket/")
    kettles, lanterns = (
        page.get_by_label("Quantity of Whistling kettle"),
        page.get_by_label("Quantity of Paper lantern 1"),
    )
    held: list[Route] = []
    holding = True
    page.route("**/basket/update/", lambda route: held.append(route) if holding else route.continue_())
    with page.expect_request("**/basket/update/"):
        kettles.fill("3")
        page.keyboard.press("Tab")
    lanterns.fill("7")
    with page.expect_response("**/basket/update/"):
        held.pop().continue_()
    expect(page.locator("#basket-figures")).to_contain_text("$109.20")
    expect(lanterns).to_have_value("7")
    expect(lanterns).to_be_focused()
    with page.expect_request("**/basket/update/"):
        page.keyboard.press("Tab")
    kettles.fill("13")  # one more than there are
    page.get_by_role("button", name="Remove Paper lantern 1").click()
    assert len(held) == 1
    holding = False
    held.pop().continue_()
    expect(page.locator("#tool-basket .count")).to_have_text("13 items")
    expect(lanterns).to_have_count(0)
    expect(page.get_by_text("Only 12 at this store")).to_be_visible()
    kettles.fill("2")
    page.keyboard.press("Tab")
    expect(page.locator("#basket-figures")).to_contain_text("$69.80")
    expect(page.locator("#basket-short")).to_be_hidden()
    page.get_by_role("button", name="Remove Whistling kettle").click()
    expect(page.get_by_role("heading", name="Your basket is empty")).to_be_visible()
