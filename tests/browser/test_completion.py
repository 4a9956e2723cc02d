"""Edge cases of the search box's completion."""

from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import Visit
from tests.browser.shop import Shop

SETTLED = 600  # ms; well beyond the debounce of requests


def requested_texts(page: Page) -> list[str]:
    """The texts of the requests from now on."""
    texts: list[str] = []

    def on_request(request: Request) -> None:
        if "/search/suggest/" in request.url:
            texts.append(request.url.rsplit("q=", 1)[1].split("&")[0])

    page.on("request", on_request)
    return texts


def test_late_response_to_an_older_request_is_never_shown(shop: Shop, visit: Visit) -> None:
    del shop
    page = visit("/search/")
    delayed: list[Route] = []

    def delay_the_first(route: Route) -> None:
        if delayed:
            route.continue_()
        else:
            delayed.append(route)

    page.route("**/search/suggest/**", delay_the_first)
    box = page.get_by_label("Search products")
    with page.expect_request("**/search/suggest/?q=paper*"):
        box.press_sequentially("paper")
    box.fill("whist")
    expect(page.locator("searchlight-box").get_by_role("option")).to_have_text(["Whistling kettle"])
    delayed[0].continue_()
    page.wait_for_timeout(SETTLED)
    expect(page.locator("searchlight-box").get_by_role("option")).to_have_text(["Whistling kettle"])


def test_one_request_for_fast_typing_and_none_for_two_letters(shop: Shop, visit: Visit) -> None:
    del shop
    page = visit("/search/")
    texts = requested_texts(page)
    box = page.get_by_label("Search products")
    box.press_sequentially("la")
    page.wait_for_timeout(SETTLED)
    assert texts == []
    box.press_sequentially("ntern", delay=20)
    expect(page.locator("searchlight-box").get_by_role("option").first).to_be_visible()
    assert texts == ["lantern"]


def test_suggestions_are_aligned_at_the_start_on_the_home_page(shop: Shop, visit: Visit) -> None:
    del shop
    page = visit("/")
    page.get_by_label("Search products").press_sequentially("lantern")
    option = page.locator("searchlight-box").get_by_role("option").first
    expect(option).to_be_visible()
    expect(option).to_have_css("text-align", "start")


def test_second_escape_clears_and_leaving_closes(shop: Shop, visit: Visit) -> None:
    del shop
    page = visit("/search/")
    box = page.get_by_label("Search products")
    box.press_sequentially("lantern")
    expect(page.locator("searchlight-box").get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(box).to_have_value("lantern")
    page.keyboard.press("Escape")
    expect(box).to_have_value("")
    box.press_sequentially("lantern")
    expect(page.locator("searchlight-box").get_by_role("option").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_slash_in_a_field_types_a_slash(shop: Shop, visit: Visit) -> None:
    del shop
    page = visit("/store/")
    city = page.get_by_label("City, ZIP or name")
    city.press_sequentially("a/b")
    expect(city).to_have_value("a/b")
    expect(city).to_be_focused()


def test_suggestions_are_about_the_chosen_store(shop: Shop, visit: Visit) -> None:
    page = visit("/store/?city=Portland&next=/search/")
    page.get_by_role("button", name="Shop here at Harbour").click()
    with page.expect_request("**/search/suggest/**") as request:
        page.get_by_label("Search products").press_sequentially("lantern")
    assert f"store_id={shop.harbour.pk}" in request.value.url
    expect(page.locator("searchlight-box").get_by_role("option", name="Brass lantern 02")).to_be_visible()
