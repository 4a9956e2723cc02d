"""Clicks on hits are reported for the search reports."""

from typing import Any

from django.test import override_settings
from playwright.sync_api import expect

from search_api.signals import hit_clicked
from tests.browser.conftest import Visit
from tests.browser.shop import Shop
from tests.eventually import eventually


def test_click_is_reported_with_its_position_in_all_results(shop: Shop, visit: Visit) -> None:
    clicks: list[dict[str, Any]] = []

    def listen(**click: Any) -> None:
        clicks.append({name: click[name] for name in ("q", "product_id", "position")})

    hit_clicked.connect(listen)
    page = visit("/search/?q=brass+lantern&sort=name&page=2")
    with override_settings(SEARCH_LOG_SAMPLE=1.0):
        page.get_by_role("link", name="Brass lantern 25").click()
        eventually(lambda: bool(clicks))  # the browser may send it after the next page has opened
    assert clicks == [{"q": "brass lantern", "product_id": shop.lanterns[25].pk, "position": 26}]
    expect(page.get_by_role("heading", name="Brass lantern 25")).to_be_visible()
