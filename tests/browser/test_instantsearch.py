"""InstantSearch and Autocomplete from npm, in pages on another origin, on the real stack.

Every interaction sends one request, and the page shows what the REST API counts.
"""

import re
from collections.abc import Callable
from typing import Any

from django.test import Client, override_settings
from playwright.sync_api import Locator, expect

from indexing.reindex import Plan, reindex
from products.models import Product
from search_api.signals import hit_clicked
from stores.models import Inventory
from tests.browser.front_end import SETTLED, FrontEnd
from tests.browser.shop import Shop
from tests.eventually import eventually
from tests.real_data import load_real_products, needs_real_data

FRAMEWORKS = ("js", "react", "vue")
PAGE_SIZE = 12
SHOWN_VALUES = 10
COUNTS = """(list, [item, label, count]) => [...list.querySelectorAll(item)].map((each) => [
    each.querySelector(label).textContent.trim(), Number(each.querySelector(count).textContent.replace(/\\D/g, ""))])"""
CATEGORY_COUNTS = """(menu) => {
    const labelOf = (item) => item.querySelector(".ais-HierarchicalMenu-label").textContent.trim();
    return [...menu.querySelectorAll(".ais-HierarchicalMenu-item")].map((item) => {
        const path = [];
        for (let each = item; each; each = each.parentElement.closest(".ais-HierarchicalMenu-item")) {
            path.unshift(labelOf(each));
        }
        const count = item.querySelector(".ais-HierarchicalMenu-count").textContent.replace(/\\D/g, "");
        return [path.join(" > "), Number(count)];
    });
}"""


class Comparison:
    """What the page shows, beside what the REST API says for the filters that were chosen."""

    def __init__(self, opened: FrontEnd, attribute: str, **parameters: Any) -> None:
        self.opened, self.page, self.attribute = opened, opened.page, f"attr.{attribute}"
        self.parameters = {"relax": "words", "page_size": PAGE_SIZE, "facet_limit": 200, **parameters}

    def rest(self) -> dict[str, Any]:
        facets = ["brand", "category", "price", "availability", self.attribute]
        response = Client().get("/search/products/", {**self.parameters, "facets": facets})
        assert response.status_code == 200, response.content
        body: dict[str, Any] = response.json()
        return body

    def after(self, action: Callable[[], object], **parameters: Any) -> None:
        """One request; then everything is as the REST API says."""
        self.opened.does(action)
        self.parameters.update(parameters)
        self.agrees()

    def agrees(self) -> None:
        found = self.rest()
        expect(self.page.locator(".product strong")).to_have_text([each["name"] for each in found["results"]])
        expect(self.page.locator(".ais-Stats-text")).to_have_text(re.compile(f"^{found['count']:,} result"))
        brands = {each["value"]: each["count"] for each in found["facets"]["brand"]}
        shown = self.values(0)
        assert shown == {value: brands[value] for value in shown}
        assert len(shown) == min(SHOWN_VALUES, len(brands))
        (attribute,) = (each for each in found["facets"]["attributes"] if f"attr.{each['code']}" == self.attribute)
        values = {each["value"]: each["count"] for each in attribute["values"]}
        shown = self.values(1)
        assert shown == {value: values[value] for value in shown}
        assert shown
        paths = {each["value"]: each["count"] for each in found["facets"]["category"]}
        shown = dict(self.page.locator(".ais-HierarchicalMenu").evaluate(CATEGORY_COUNTS))
        assert shown == {path: paths[path] for path in shown}
        assert shown

    def list(self, place: int) -> Locator:
        return self.page.locator(".ais-RefinementList").nth(place)

    def values(self, place: int) -> dict[str, int]:
        names = [f".ais-RefinementList-{part}" for part in ("item", "labelText", "count")]
        return dict(self.list(place).evaluate(COUNTS, names))

    def choose(self, place: int, position: int) -> str:
        """Click a value of a refinement list; the value."""
        item = self.list(place).locator(".ais-RefinementList-item").nth(position)
        value = item.locator(".ais-RefinementList-labelText").inner_text()
        item.locator("input").click()
        return value


def interact(opened: FrontEnd, attribute: str, words: str) -> Comparison:
    """Use every widget of the three examples in turn."""
    page = opened.page
    expect(page.locator(".product").first).to_be_visible()
    page.wait_for_timeout(SETTLED)
    assert len(opened.sent) == 1, opened.sent
    compared = Comparison(opened, attribute)
    compared.agrees()
    compared.after(lambda: page.locator(".ais-SearchBox-input").first.fill(words), q=words)
    expect(page.locator(".product mark").first).to_be_visible()
    chosen: list[str] = []
    compared.after(lambda: chosen.append(compared.choose(0, 0)), brand=chosen)
    if page.locator(".ais-RefinementList").first.locator(".ais-RefinementList-item").count() > 1:
        compared.after(lambda: chosen.append(compared.choose(0, 1)), brand=chosen)
    values: list[str] = []
    compared.after(lambda: values.append(compared.choose(1, 0)), **{compared.attribute: values})
    for level in (0, 1):
        items = page.locator(".ais-HierarchicalMenu-list" + " .ais-HierarchicalMenu-list" * level)
        label = items.locator(".ais-HierarchicalMenu-label").first
        if not label.count():
            break
        path = [*compared.parameters.get("category", []), label.inner_text()]
        compared.after(label.click, category=[" > ".join(path)])
    lowest = int(float(compared.rest()["facets"]["price"]["min"])) + 1
    page.locator(".ais-RangeInput-input--min").fill(str(lowest))
    compared.after(page.locator(".ais-RangeInput-submit").click, price_min=lowest)
    compared.after(lambda: page.locator(".ais-ToggleRefinement-label").click(), in_stock="true")
    compared.after(lambda: page.locator(".ais-SortBy-select").select_option("products:price"), sort="price")
    expect(page.locator(".ais-CurrentRefinements-item")).not_to_have_count(0)
    next_page = page.locator(".ais-Pagination-item--nextPage a")
    if next_page.count():
        compared.after(next_page.click, page=2)
    return compared


def test_one_request_for_each_interaction_and_the_counts_of_the_rest_api(
    open_front_end: Callable[..., FrontEnd], shop: Shop
) -> None:
    clicks: list[dict[str, Any]] = []

    def listen(**click: Any) -> None:
        clicks.append({name: click[name] for name in ("q", "product_id", "position")})

    hit_clicked.connect(listen)
    for framework in FRAMEWORKS:
        opened = open_front_end(f"/{framework}/")
        compared = interact(opened, "colour", "lantern")
        assert compared.parameters["page"] == 2
        _search_in_the_brands(opened)
        with override_settings(SEARCH_LOG_SAMPLE=1.0):
            opened.page.locator(".product").nth(1).click()
            opened.page.wait_for_url("**/product/*/")
            eventually(lambda: bool(clicks))
        opened_product = int(opened.page.url.rstrip("/").rpartition("/")[2])
        assert clicks == [{"q": "lantern", "product_id": opened_product, "position": PAGE_SIZE + 2}], framework
        clicks.clear()
    assert Product.objects.count() == len(shop.lanterns) + len(shop.paper) + 1


def _search_in_the_brands(opened: FrontEnd) -> None:
    box = opened.page.locator(".ais-RefinementList-searchBox input").first
    sent = opened.does(lambda: box.fill("gl"))
    assert '"facet_values"' in sent
    found = opened.page.locator(".ais-RefinementList").first.locator(".ais-RefinementList-item")
    expect(found).to_have_count(0)  # no brass lantern is of Glow


def test_widgets_of_every_kind_and_two_indices(open_front_end: Callable[..., FrontEnd]) -> None:
    opened = open_front_end("/js/every-widget.html")
    page = opened.page
    stats = page.locator("#stats .ais-Stats-text")
    expect(stats).to_contain_text(f"{Product.objects.count()} results")
    page.wait_for_timeout(SETTLED)
    assert len(opened.sent) == 1, opened.sent
    sent = opened.does(lambda: page.locator(".ais-SearchBox-input").first.fill("lantern"))
    assert sent.startswith("POST /search/multi/ ")
    expect(page.locator("#box-suggestions .ais-Hits-item").first).to_contain_text("Lanterns")
    expect(page.locator("#dynamic").get_by_text("attribute")).to_be_visible()
    opened.does(lambda: page.locator("#per-page select").select_option("24"))
    expect(page.locator(".ais-InfiniteHits-item")).to_have_count(24)
    opened.does(page.locator(".ais-InfiniteHits-loadMore").click)
    expect(page.locator(".ais-InfiniteHits-item")).to_have_count(31)
    opened.does(page.locator("#brand-menu").get_by_role("link", name="Glow").click)
    expect(stats).to_contain_text("3 results")
    expect(page.locator("#brand-menu .ais-Menu-item")).to_have_count(2)  # the other brand is still offered
    opened.does(lambda: page.locator("#brand-select select").select_option("Acme"))
    expect(stats).to_contain_text("28 results")
    opened.does(page.locator("#price-menu").get_by_text("30 to 40").click)
    expect(stats).to_contain_text("11 results")
    page.locator("#price-menu").get_by_text("Any price").click()  # as before: answered from the client's cache
    expect(stats).to_contain_text("28 results")
    handle = page.locator("#price-slider [role=slider]").first
    expect(handle).to_have_attribute("aria-valuemin", "20")
    handle.focus()
    opened.does(lambda: page.keyboard.press("PageUp"))
    expect(stats).not_to_contain_text("28 results")
    opened.does(page.locator("#dynamic .ais-HierarchicalMenu-link").first.click)
    expect(page.locator("#breadcrumb")).to_contain_text("Garden")
    opened.does(page.locator("#on-sale label").click)
    expect(stats).to_contain_text("No results")
    expect(page.locator("#breadcrumb")).to_contain_text("Garden")


def test_autocomplete_and_the_search_box_from_another_origin(
    open_front_end: Callable[..., FrontEnd], shop: Shop
) -> None:
    opened = open_front_end("/autocomplete/")
    opened.page.locator(".aa-Input").fill("whistling")
    options = opened.page.locator("[data-autocomplete-source-id=searchlight] li")
    expect(options).to_have_text(["Whistling kettle"])
    expect(options.locator("mark")).to_have_text(["Whistling"])
    expect(opened.page.locator("[data-autocomplete-source-id=products] li")).to_contain_text(["$34.90"])
    assert len(opened.sent) == 2
    opened.page.keyboard.press("ArrowDown")
    opened.page.keyboard.press("Enter")
    opened.page.wait_for_url(f"{shop.url}/product/{shop.kettle.pk}/")
    opened = open_front_end("/box/")
    opened.page.get_by_role("combobox").fill("whist")
    opened.page.get_by_role("option", name="Whistling kettle").click()
    opened.page.wait_for_url(f"{shop.url}/product/{shop.kettle.pk}/")


def test_refusal_is_a_readable_error(open_front_end: Callable[..., FrontEnd], shop: Shop) -> None:
    del shop
    opened = open_front_end("/react/", attribute="colour")
    expect(opened.page.locator(".product").first).to_be_visible()
    opened.page.route(
        "**/search/products/**",
        lambda route: route.fulfill(
            status=429, headers={"Access-Control-Allow-Origin": "*"}, json={"title": "Too many searches", "status": 429}
        ),
    )
    opened.page.locator(".ais-SearchBox-input").first.fill("kettle")
    expect(opened.page.locator(".notice")).to_contain_text("Too many searches")


@needs_real_data
def test_on_the_real_catalogue(open_front_end: Callable[..., FrontEnd], shop: Shop) -> None:
    load_real_products(every=20)
    real = Product.objects.filter(inventory__isnull=True)
    Inventory.objects.bulk_create(Inventory(store=shop.main, product=one, quantity=one.pk % 3) for one in real)
    reindex(Plan())
    opened = open_front_end("/js/", attribute="product_colour")
    compared = interact(opened, "product_colour", "printer")
    assert compared.rest()["count"] > 0
    assert Product.objects.count() > 900
