"""Product names that could break pages: markup, very long names, right-to-left text, emoji."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.shop import Shop
from tests.factories import make_product, make_stock

NAMES = {
    "markup": 'Trapdoor <img src=x onerror="document.title=1"></mark></script><script>document.title=2</script>',
    "quotes": "Trapdoor 15.6\" 'quoted' `ticks` & &amp; \\ ${7}",
    "endless": ("Trapdoor " + "Extraordinarily" * 17)[:250] + "|the end|",
    "hebrew": "Trapdoor \u05de\u05e0\u05d5\u05e8\u05d4 \u05e9\u05d5\u05dc\u05d7\u05e0\u05d9\u05ea \u202etfel ot thgir",
    "emoji": "Trapdoor \U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f1e9\U0001f1ea e\u0301 \u0416",
}
SMALL = {"viewport": {"width": 320, "height": 640}}


@pytest.mark.parametrize("options", [{}, SMALL], ids=["desktop", "320 px"])
def test_every_page_shows_the_names_without_overflow(
    shop: Shop, visit: Visit, options: dict[str, dict[str, int]]
) -> None:
    assert len(NAMES["endless"]) == 259
    products = {kind: make_product(name, brand=name[:100], category="Traps") for kind, name in NAMES.items()}
    for product in products.values():
        make_stock(shop.main, product, 3)
    shop.sync()
    page = visit(f"/store/?city=Springfield&next=/product/{products['markup'].pk}/", **options)
    page.get_by_role("button", name="Shop here at Main Street").click()
    expect(page.get_by_role("heading", name="<img src=x")).to_be_visible()
    _check_suggestions(page)
    page.goto("/search/?q=trapdoor")
    for name in NAMES.values():
        expect(page.locator(".tile-name", has_text=name[-12:])).to_have_count(1)
    _check_page(page)
    for kind, product in products.items():
        page.goto(f"/product/{product.pk}/")
        expect(page.locator("h1")).to_have_text(NAMES[kind])
        _check_page(page)
        page.get_by_role("button", name="Add to basket").click()
        expect(page.locator("#toast p")).to_be_visible()
    page.goto("/basket/")
    _check_page(page)
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("heading", name="Your order is confirmed")).to_be_visible()
    _check_page(page)


def _check_suggestions(page: Page) -> None:
    page.get_by_label("Search products").fill("trapdoor")
    expect(page.locator("searchlight-box").get_by_role("option").filter(has_text="<img src=x")).to_be_visible()
    expect(page.locator("searchlight-box [role=option] :is(img, script)")).to_have_count(0)
    _check_page(page)
    page.keyboard.press("Escape")


def _check_page(page: Page) -> None:
    """No script of a name ran, and nothing overflows."""
    assert page.title() not in {"1", "2"}
    width, wide = page.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollWidth]")
    assert wide <= width, page.url
