"""axe-core finds no serious violation on any page, light or dark. `--pictures` takes pictures for the docs."""

import io
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.core.management import call_command
from PIL import Image
from playwright.sync_api import Page, expect

from indexing.reindex import Plan, reindex
from indexing.sync import sync_due
from orders.errors import OrderRejectedError
from orders.services import Line, cancel_order, place_order
from products.models import Product
from stores.models import Store
from stores.services import set_stock
from tests.browser.conftest import Visit
from tests.browser.shop import Shop
from tests.factories import make_staff

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True, "color_scheme": "dark"}
SCHEMES: dict[Literal["light", "dark"], dict[str, list[str]]] = {
    "light": {},
    "dark": {"runOnly": ["color-contrast"]},
}
COLOURS = 128  # enough for flat pages, and small files


class Pages:
    """The pages of a visitor who has shopped and works at a store, each with the name of its picture.

    The store has at least four of each of the five products; one is made scarce, one sold out.
    """

    def __init__(self, store: Store, products: Sequence[Product], *, words: str, mistyped: str) -> None:
        self.store, self.products, self.words, self.mistyped = store, products, words, mistyped
        self.staff = make_staff(store, "stan")
        first, second, scarce, sold_out, third = products
        self.confirmed = self._order({first: 1, second: 2})
        self.cancelled = self._order({first: 1})
        cancel_order(order_id=self.cancelled)
        set_stock(store_id=store.pk, product_id=scarce.pk, quantity=3)
        set_stock(store_id=store.pk, product_id=sold_out.pk, quantity=0)
        self.rejected = self._order({scarce: 4, sold_out: 1, third: 1})
        sync_due()

    def _order(self, units: dict[Product, int]) -> uuid.UUID:
        lines = [Line(product.pk, quantity) for product, quantity in units.items()]
        try:
            return place_order(store_id=self.store.pk, lines=lines, customer_id=self.staff.pk).id
        except OrderRejectedError as rejected:
            return rejected.order.id

    def prepare(self, page: Page) -> None:
        """Sign in, choose the store and fill the basket."""
        page.goto(f"/sign-in/?next=/store/%3Fcity={self.store.city}")
        page.get_by_label("Username").fill("stan")
        page.get_by_label("Password").fill("password")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name=f"Shop here at {self.store.name}").first.click()
        for product, quantity in ((self.products[0], 2), (self.products[2], 4)):
            page.goto(f"/product/{product.pk}/")
            page.get_by_label("Quantity").fill(str(quantity))
            page.get_by_role("button", name="Add to basket").click()
            expect(page.locator("#toast p")).to_be_visible()

    def addresses(self) -> Iterator[tuple[str, str]]:
        """Name and address."""
        yield "home", "/"
        yield "results", f"/search/?q={self.words}&in_stock=true"
        yield "changed-search", f"/search/?q={self.mistyped}"
        yield "nothing-found", "/search/?q=zzzzzz"
        yield "product", f"/product/{self.products[1].pk}/"
        yield "stores", "/store/"
        yield "basket", "/basket/"
        yield "confirmed", f"/order/{self.confirmed}/"
        yield "rejected", f"/order/{self.rejected}/"
        yield "cancelled", f"/order/{self.cancelled}/"
        yield "your-orders", "/account/"
        yield "staff-orders", f"/staff/{self.store.pk}/orders/"
        yield "staff-inventory", f"/staff/{self.store.pk}/inventory/?low_stock=true"
        yield "not-found", "/product/999999999/"


@pytest.fixture
def pages(shop: Shop) -> Pages:
    products = [shop.kettle, shop.lanterns[7], shop.lanterns[0], shop.lanterns[1], shop.paper[0]]
    return Pages(shop.main, products, words="lantern", mistyped="lantren")


@pytest.fixture
def demo_pages(shop: Shop) -> Pages:
    """The same pages with the demo catalogue, which looks like a real shop."""
    del shop
    Product.objects.all().delete()
    Store.objects.all().delete()
    call_command("seed_demo", products=1200, stores=8, orders=60, verbosity=0)
    reindex(Plan())
    store = Store.objects.order_by("pk")[0]
    stocked = Product.objects.filter(inventory__store=store, inventory__quantity__gte=8)
    kinds = ("Coffee Makers", "Kettles", "Headphones", "Running Shoes", "Lighting")
    products = [stocked.filter(category__path__contains=kind).order_by("-popularity", "pk")[0] for kind in kinds]
    return Pages(store, products, words="coffee", mistyped="cofee+makr")


def test_no_serious_violation_on_any_page(pages: Pages, visit: Visit) -> None:
    page = visit("/sign-in/")
    found = violations(page, "sign-in")
    for name in ("register", "forgotten-password", "new-password"):
        page.goto(f"/{name}/")
        found += violations(page, name)
    pages.prepare(page)
    for name, address in pages.addresses():
        page.goto(address)
        found += violations(page, name)
    _open_suggestions(page, "lante")
    found += violations(page, "suggestions")
    assert found == []


def test_no_serious_violation_on_a_phone(pages: Pages, visit: Visit) -> None:
    page = visit("/", viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    pages.prepare(page)
    found = []
    for address in ("/search/?q=lantern", "/basket/", f"/staff/{pages.store.pk}/inventory/"):
        page.goto(address)
        if page.get_by_text("Filters", exact=True).count():
            page.get_by_text("Filters", exact=True).tap()
        found += violations(page, f"{address} on a phone")
    assert found == []


def violations(page: Page, name: str) -> list[str]:
    """Serious and critical findings of axe-core. In the dark only colours differ."""
    found = []
    for scheme, rules in SCHEMES.items():
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        answer = Axe().run(page, options={"resultTypes": ["violations"], **rules}).response
        found += [
            f"{name}, {scheme}: {rule['id']}: {node['html'][:200]} {node['any'][0]['message'] if node['any'] else ''}"
            for rule in answer["violations"]
            if rule["impact"] in {"serious", "critical"}
            for node in rule["nodes"]
        ]
    return found


def test_pictures(request: pytest.FixtureRequest, visit: Visit) -> None:
    if not request.config.getoption("--pictures"):
        pytest.skip("pictures are taken only with --pictures")
    pages: Pages = request.getfixturevalue("demo_pages")
    PICTURES.mkdir(parents=True, exist_ok=True)
    for old in PICTURES.glob("*.png"):
        old.unlink()
    User.objects.filter(pk=pages.staff.pk).update(is_staff=True, is_superuser=True)
    for look, options in {"desktop-light": {}, "phone-dark": PHONE}.items():
        page = visit("/", **options)
        _take_picture(page, f"sign-in-{look}", "/sign-in/")
        pages.prepare(page)
        for name, address in pages.addresses():
            _take_picture(page, f"{name}-{look}", address)
        _open_suggestions(page, pages.words[:4])
        _take_picture(page, f"suggestions-{look}")
    _take_picture(visit_admin(visit), "dashboard-desktop-light", "/admin/dashboard/")


def visit_admin(visit: Visit) -> Page:
    page = visit("/admin/")
    page.get_by_label("Username").fill("stan")
    page.get_by_label("Password").fill("password")
    page.get_by_role("button", name="Log in").click()
    return page


def _open_suggestions(page: Page, start: str) -> None:
    page.goto("/search/?in_stock=true")
    page.get_by_label("Search products").fill(start)
    expect(page.locator("searchlight-box").get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")


def _take_picture(page: Page, name: str, address: str = "") -> None:
    """Save one screen of the page as a small PNG."""
    if address:
        page.goto(address)
    page.evaluate("document.fonts.ready")
    picture = Image.open(io.BytesIO(page.screenshot()))
    small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(PICTURES / f"{name}.png", optimize=True)
