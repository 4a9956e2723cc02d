"""Filters by attribute, specifications, comparison and pictures, in a browser."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings

from products.models import Attribute, Product
from tests.browser.chips import filter_chips
from tests.browser.conftest import Visit
from tests.browser.keyboard import press, tab_to
from tests.browser.shop import Shop
from tests.browser.test_every_page import violations
from tests.factories import make_product, make_stock

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
COLOURS = ("Silver", "Black", "Red", "Blue")
ATTRIBUTES = (
    ("memory", "Memory", "number", "GB", 1),
    ("screen", "Screen size", "number", '"', 2),
    ("touchscreen", "Touchscreen", "boolean", "", 3),
    ("colour", "Colour", "text", "", 4),
    ("weight", "Weight", "number", "g", 5),
    ("ports", "Ports", "text", "", 6),
)


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> Path:
    """Uploads of this test."""
    settings.MEDIA_ROOT, settings.SERVE_MEDIA = tmp_path, True
    (tmp_path / "products").mkdir()
    for number, colour in enumerate(("#c8ccd0", "#3b3f45", "#a4302c")):
        Image.new("RGB", (600, 450), colour).save(tmp_path / "products" / f"{number}.png")
    (tmp_path / "products" / "broken.png").write_bytes(b"no picture")
    return tmp_path


@pytest.fixture
def laptops(shop: Shop, media: Path) -> list[Product]:
    """Twelve laptops with every kind of attribute; some on sale, some with pictures."""
    del media
    for code, label, kind, unit, position in ATTRIBUTES:
        Attribute.objects.create(code=code, label=label, type=kind, unit=unit, position=position)
    made = []
    for number in range(12):
        made.append(
            make_product(
                f"Aero laptop {number:02}",
                brand=("Norvane", "Tessarix")[number % 2],
                category="Computers > Laptops",
                price=f"{400 + 50 * number}.00",
                list_price=Decimal(480) if number == 0 else None,
                description="Thin and light.",
                gtins=["04006381333931"] if number == 0 else [],
                attributes={
                    "memory": (8, 16, 32)[number % 3],
                    "screen": 13.3 + number / 2,
                    "touchscreen": number % 4 == 0,
                    "colour": COLOURS[number % 4],
                    "weight": 900 + 137 * number,
                    "ports": ["USB-C", "HDMI"] if number % 2 else "USB-C",
                },
                images=[{"url": f"products/{place}.png", "alt": f"Laptop {number}, view {place}"} for place in range(3)]
                if number < 6
                else [{"url": "products/broken.png", "alt": "Broken"}]
                if number == 6
                else [],
                popularity=100 - number,
            )
        )
        make_stock(shop.main, made[-1], 5)
    shop.sync()
    return made


def compare_link(page: Page, number: int) -> Locator:
    """The link of a laptop that marks it for comparison."""
    return page.locator(".tile", has_text=f"Aero laptop {number:02}").get_by_role("link", name="Compare")


def test_filters_are_toggled_by_space_and_stay_where_they_are(laptops: list[Product], visit: Visit) -> None:
    del laptops
    page = visit("/search/?q=laptop&sort=name")
    facets = page.locator("#facets")
    memory = facets.get_by_role("link", name="16 GB")
    press(page, memory, " ")
    page.wait_for_url("**attr.memory=16**")
    expect(page.get_by_role("link", name="Memory: 16 GB (remove this filter)")).to_be_visible()
    expect(memory).to_be_focused()
    expect(page.locator(".tile-name")).to_have_text([f"Aero laptop {number:02}" for number in (1, 4, 7, 10)])
    press(page, facets.get_by_role("link", name="32 GB"), " ")
    page.wait_for_url("**attr.memory=32**")
    press(page, facets.get_by_role("link", name="Touchscreen"), " ")
    page.wait_for_url("**attr.touchscreen=true**")
    expect(page.locator(".tile-name")).to_have_text(["Aero laptop 04", "Aero laptop 08"])
    tab_to(page, page.get_by_role("link", name="Memory: 32 GB (remove this filter)"))
    page.keyboard.press("Enter")
    expect(page.locator(".tile-name")).to_have_text(["Aero laptop 04"])
    page.go_back()
    expect(page.locator(".tile-name")).to_have_text(["Aero laptop 04", "Aero laptop 08"])
    page.reload()
    expect(page.locator(".tile-name")).to_have_text(["Aero laptop 04", "Aero laptop 08"])


def test_opened_filters_stay_open_when_another_is_chosen(laptops: list[Product], visit: Visit) -> None:
    del laptops
    page = visit("/search/?q=laptop", **PHONE)
    page.get_by_text("Filters", exact=True).tap()
    page.locator("#facets").get_by_text("Ports", exact=True).tap()
    page.locator("#facets").get_by_role("link", name="HDMI").tap()
    page.wait_for_url("**attr.ports=HDMI")
    expect(filter_chips(page)).to_have_text(re.compile("Ports: HDMI"))
    page.locator("#facets").get_by_role("link", name="HDMI").tap()
    expect(filter_chips(page)).to_have_count(0)
    expect(page.locator("#facets").get_by_role("link", name="HDMI")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_everything_works_without_javascript(laptops: list[Product], visit: Visit) -> None:
    page = visit("/search/?q=laptop&sort=name", java_script_enabled=False)
    page.get_by_label("Lowest weight").fill("1100")
    page.get_by_label("Highest weight").fill("1500")
    page.get_by_role("button", name="Go by weight").click()
    expect(page.locator(".tile-name")).to_have_text(["Aero laptop 02", "Aero laptop 03", "Aero laptop 04"])
    expect(page.get_by_role("link", name="Weight: 1100 to 1500")).to_be_visible()
    page.get_by_role("link", name="Red").click()
    expect(page.locator(".tile-name")).to_have_text(["Aero laptop 02"])
    page.get_by_role("link", name="Clear all").click()
    page.get_by_role("link", name="On sale").click()
    expect(page.locator(".tile-name")).to_have_text(["Aero laptop 00"])
    page.get_by_role("link", name="On sale", exact=False).first.click()
    for number in (0, 1):
        compare_link(page, number).click()
    page.get_by_role("link", name="Show the comparison").click()
    table = page.get_by_role("table")
    expect(table.get_by_role("row", name=re.compile("Memory differs 8.GB 16.GB"))).to_be_visible()
    expect(table.get_by_role("row", name=re.compile("Category Laptops Laptops"))).to_be_visible()
    page.get_by_role("link", name="Show only differences").click()
    expect(table.get_by_role("row", name=re.compile("Category"))).to_have_count(0)
    page.get_by_role("link", name="Remove Aero laptop 00").click()
    expect(page.get_by_role("columnheader")).to_have_text([re.compile("Aero laptop 01")])
    page.get_by_role("link", name="Add another product").click()
    page.wait_for_url(f"**compare={laptops[1].pk}**")


def test_four_products_can_be_marked_by_keyboard_and_no_fifth(laptops: list[Product], visit: Visit) -> None:
    page = visit("/search/?q=laptop&sort=name")
    for number in range(4):
        press(page, compare_link(page, number), " ")
        page.wait_for_url(f"**compare={laptops[number].pk}**")
        expect(page.get_by_text(f"{number + 1} of at most 4 products to compare")).to_be_visible()
        expect(compare_link(page, number)).to_be_focused()
    expect(compare_link(page, 4)).to_have_count(0)
    press(page, page.get_by_role("link", name="Show the comparison"))
    expect(page.get_by_role("columnheader")).to_have_count(4)


def test_pictures_load_when_needed_and_have_a_fallback(laptops: list[Product], visit: Visit) -> None:
    page = visit("/search/?q=laptop&sort=name")
    first = page.get_by_role("img", name="Laptop 0, view 0")
    expect(first).to_have_js_property("complete", True)  # noqa: FBT003 - Playwright's
    assert first.evaluate("picture => picture.naturalWidth") == 600
    for attribute, value in {"loading": "lazy", "width": "640", "height": "480"}.items():
        expect(first).to_have_attribute(attribute, value)
    tile = page.locator(".tile", has_text="Aero laptop 06")
    tile.scroll_into_view_if_needed()
    expect(tile.locator("img")).to_be_hidden()
    expect(tile.locator(".plate-glyph svg")).to_be_visible()
    page.goto(f"/product/{laptops[0].pk}/")
    assert page.locator(".gallery img").count() == 3
    expect(page.locator(".gallery img").first).not_to_have_attribute("loading", "lazy")
    expect(page.locator(".product-facts")).to_contain_text("was $480.00")
    expect(page.get_by_role("row", name="Touchscreen Yes")).to_be_visible()


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_no_serious_violation(laptops: list[Product], visit: Visit, options: dict[str, Any]) -> None:
    marked = "&".join(f"compare={product.pk}" for product in laptops[:2])
    ids = "&".join(f"id={product.pk}" for product in laptops[5:9])
    page = visit("/", **options)
    found = []
    for address in (
        f"/search/?q=laptop&attr.memory=16&attr.screen_min=14&on_sale=false&{marked}",
        f"/product/{laptops[0].pk}/",
        f"/compare/?{ids}",
        "/compare/",
    ):
        page.goto(address)
        if options and page.get_by_text("Filters", exact=True).count():
            page.get_by_text("Filters", exact=True).tap()
        found += violations(page, address)
        width, wide = page.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollWidth]")
        assert wide <= width, address
    assert found == []
