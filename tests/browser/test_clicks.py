"""Opening a hit is told to the search reports."""

from typing import Any

from django.test import override_settings
from playwright.sync_api import expect

from search_api.signals import hit_clicked
from tests.browser.conftest import Visit
from tests.browser.shop import Shop
from tests.eventually import eventually


def test_opened_hit_is_told_with_its_place_in_the_whole_list(shop: Shop, visit: Visit) -> None:
    told: list[dict[str, Any]] = []

    def listen(**click: Any) -> None:
        told.append({name: click[name] for name in ("q", "product_id", "position")})

    hit_clicked.connect(listen)
    page = visit("/search/?q=brass+lantern&sort=name&page=2")
    with override_settings(SEARCH_LOG_SAMPLE=1.0):
        page.get_by_role("link", name="Brass lantern 25").click()
        eventually(lambda: bool(told))  # the browser sends it in its own time, and may be on the next page by then
    assert told == [{"q": "brass lantern", "product_id": shop.lanterns[25].pk, "position": 26}]
    expect(page.get_by_role("heading", name="Brass lantern 25")).to_be_visible()
