"""OpenSearch becomes unavailable while a visitor shops, and comes back."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.test import override_settings
from playwright.sync_api import expect

from orders.models import Order
from search_api.engine import client
from tests.browser.conftest import Visit
from tests.browser.shop import Shop

CLOSED_PORT = "http://127.0.0.1:9"


@contextmanager
def opensearch_unreachable() -> Iterator[None]:
    """Refuse every request to OpenSearch; afterwards wait until the circuit is closed again."""
    with override_settings(OPENSEARCH_HOSTS=[CLOSED_PORT]):
        client._client.cache_clear()  # noqa: SLF001 - a process has one client for its life
        try:
            yield
        finally:
            client._client.cache_clear()  # noqa: SLF001
    assert client.breaker.wait_until_closed(10)


def test_shopping_continues_with_a_notice_of_degraded_search(shop: Shop, visit: Visit) -> None:
    page = visit(f"/store/?city=Springfield&next=/product/{shop.kettle.pk}/")
    page.get_by_role("button", name="Shop here at Main Street").click()
    with opensearch_unreachable():
        page.get_by_label("Search products").fill("kettle")
        page.keyboard.press("Enter")
        expect(page.get_by_text("simpler mode")).to_be_visible()
        expect(page.locator(".tile-name")).to_have_text(["Whistling kettle"])
        expect(page.get_by_text("12 in stock")).to_be_visible()
        page.get_by_label("Search products").fill("whist")
        expect(page.locator("searchlight-box").get_by_role("option", name="Whistling kettle")).to_be_visible()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Add to basket: Whistling kettle").click()
        expect(page.locator("#toast")).to_contain_text("is in your basket")
        page.goto("/")
        expect(page.get_by_role("heading", name="Most popular")).to_be_visible()
        page.goto("/basket/")
        page.get_by_role("button", name="Place order").click()
        expect(page.get_by_role("heading", name="Your order is confirmed")).to_be_visible()
    assert Order.objects.get().status == "CONFIRMED"
    page.goto("/search/?q=ketle")
    expect(page.locator(".tile-name")).to_have_text(["Whistling kettle"])
    expect(page.get_by_text("simpler mode")).to_have_count(0)
