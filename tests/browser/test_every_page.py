"""Every page, light and dark: axe-core finds nothing serious. With `--pictures` they are also taken for the docs."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from PIL import Image
from playwright.sync_api import Page, expect

from orders.errors import OrderRejectedError
from orders.services import Line, cancel_order, place_order
from stores.services import adjust_stock
from tests.browser.conftest import Visit
from tests.browser.shop import Shop
from tests.factories import make_staff

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True, "color_scheme": "dark"}
COLOURS = 128  # enough for flat pages, and small files


class Pages:
    """The pages of a visitor who has shopped, and works at a store; each with the name of its picture."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        for lantern, taken in zip(shop.lanterns, (-9, -12, -5, -11, -8), strict=False):
            adjust_stock(store_id=shop.main.pk, product_id=lantern.pk, delta=taken)
        self.staff = make_staff(shop.main, "stan")
        self.confirmed = self._order({shop.kettle.pk: 1, shop.lanterns[7].pk: 2})
        self.cancelled = self._order({shop.kettle.pk: 1})
        cancel_order(order_id=self.cancelled)
        self.rejected = self._order({shop.lanterns[0].pk: 4, shop.lanterns[1].pk: 1, shop.paper[0].pk: 1})
        shop.sync()

    def _order(self, units: dict[int, int]) -> Any:
        lines = [Line(product_id, quantity) for product_id, quantity in units.items()]
        try:
            return place_order(store_id=self.shop.main.pk, lines=lines, customer_id=self.staff.pk).id
        except OrderRejectedError as rejected:
            return rejected.order.id

    def prepare(self, page: Page) -> None:
        """Sign in, choose the store and fill the basket, as the pages are then shown."""
        page.goto("/sign-in/?next=/store/?city=Springfield")
        page.get_by_label("Username").fill("stan")
        page.get_by_label("Password").fill("password")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Shop here at Main Street").click()
        for product in (self.shop.kettle, self.shop.lanterns[0]):
            page.goto(f"/product/{product.pk}/")
            page.get_by_label("Quantity").fill("2" if product is self.shop.kettle else "4")
            page.get_by_role("button", name="Add to basket").click()
            expect(page.locator("#toast p")).to_be_visible()

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Name and address."""
        store = self.shop.main.pk
        yield "home", "/"
        yield "results", "/search/?q=lantern&brand=Acme&in_stock=true"
        yield "changed-search", "/search/?q=lantren+paper&category=Party"
        yield "nothing-found", "/search/?q=zzzzzz"
        yield "product", f"/product/{self.shop.lanterns[2].pk}/"
        yield "stores", "/store/"
        yield "basket", "/basket/"
        yield "confirmed", f"/order/{self.confirmed}/"
        yield "rejected", f"/order/{self.rejected}/"
        yield "cancelled", f"/order/{self.cancelled}/"
        yield "your-orders", "/account/"
        yield "staff-orders", f"/staff/{store}/orders/"
        yield "staff-inventory", f"/staff/{store}/inventory/?low_stock=true"
        yield "not-found", "/product/999999999/"


def test_no_serious_violation_on_any_page(shop: Shop, visit: Visit) -> None:
    pages, page = Pages(shop), visit("/sign-in/")
    found = _violations(page, "sign-in")
    pages.prepare(page)
    for name, address in pages.addresses():
        page.goto(address)
        found += _violations(page, name)
    page.goto("/search/?q=lantern")
    page.get_by_label("Search products").fill("lante")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    found += _violations(page, "suggestions")
    assert found == []


def test_no_serious_violation_on_a_phone(shop: Shop, visit: Visit) -> None:
    pages, page = Pages(shop), visit("/", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    pages.prepare(page)
    found = []
    for address in ("/search/?q=lantern", "/basket/", f"/staff/{shop.main.pk}/inventory/"):
        page.goto(address)
        if page.get_by_text("Filters", exact=True).count():
            page.get_by_text("Filters", exact=True).tap()
        found += _violations(page, f"{address} on a phone")
    assert found == []


def _violations(page: Page, name: str) -> list[str]:
    """Serious and critical findings of axe-core, in light and in dark."""
    found = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [
            f"{name}, {scheme}: {rule['id']}: {node['html'][:200]} {node['any'][0]['message'] if node['any'] else ''}"
            for rule in Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
            if rule["impact"] in {"serious", "critical"}
            for node in rule["nodes"]
        ]
    return found


def test_pictures(shop: Shop, visit: Visit, request: pytest.FixtureRequest) -> None:
    if not request.config.getoption("--pictures"):
        pytest.skip("pictures are taken with --pictures alone")
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    pages = Pages(shop)
    User.objects.filter(pk=pages.staff.pk).update(is_staff=True, is_superuser=True)
    for device, options in {"desktop": {}, "phone": PHONE}.items():
        page = visit("/", **options)
        _keep(page, f"{device}-sign-in", "/sign-in/")
        pages.prepare(page)
        for name, address in pages.addresses():
            _keep(page, f"{device}-{name}", address)
        with _suggestions(page):
            _keep(page, f"{device}-suggestions")
    _keep(visit_admin(visit), "desktop-dashboard", "/admin/dashboard/")


def visit_admin(visit: Visit) -> Page:
    page = visit("/admin/")
    page.get_by_label("Username").fill("stan")
    page.get_by_label("Password").fill("password")
    page.get_by_role("button", name="Log in").click()
    return page


@contextmanager
def _suggestions(page: Page) -> Iterator[None]:
    page.goto("/search/?q=lantern")
    page.get_by_label("Search products").fill("lante")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    yield


def _keep(page: Page, name: str, address: str = "") -> None:
    """One screen of the page as a small PNG."""
    if address:
        page.goto(address)
    page.evaluate("document.fonts.ready")
    picture = Image.open(io.BytesIO(page.screenshot()))
    small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(PICTURES / f"{name}.png", optimize=True)
