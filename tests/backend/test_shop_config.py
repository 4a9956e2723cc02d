"""GET /config/: what a front end has to know of the shop."""

from typing import Any

import pytest
from django.test import override_settings
from rest_framework.test import APIClient

from backend.api.shop_config import shop_config

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@override_settings(SHOP_NAME="Kiosk", CURRENCY="JPY", LOCALE="ja_JP", SEARCH_LANGUAGE="ja", GUEST_CHECKOUT=False)
def test_shop_is_described(api: APIClient) -> None:
    found = api.get("/config/").json()
    limits = found.pop("limits")
    assert found == {
        "shop": "Kiosk",
        "currency": {"code": "JPY", "digits": 0, "symbol": "\uffe5"},
        "locale": "ja-JP",
        "language": "ja",
        "guest_checkout": False,
        "registration": True,
        "sorts": ["relevance", "price", "-price", "name", "-created", "popularity"],
    }
    assert limits == shop_config()["limits"]


def test_limits_are_those_that_are_enforced(api: APIClient) -> None:
    limits = api.get("/config/").json()["limits"]
    for query in (
        f"q={'x' * limits['query_length']}",
        f"q=x&page_size={limits['page_size']}&page={limits['search_window'] // limits['page_size']}",
    ):
        assert api.get(f"/search/products/?{query}&facets=none").status_code == 200
    for query in (
        f"q={'x' * (limits['query_length'] + 1)}",
        f"page_size={limits['page_size'] + 1}",
        f"page_size={limits['page_size']}&page={limits['search_window'] // limits['page_size'] + 1}",
    ):
        assert api.get(f"/search/products/?{query}").status_code == 400
    too_short = "x" * (limits["suggest_query_length"] - 1)
    assert api.get(f"/search/suggest/?q={too_short}").status_code == 400
    too_many: dict[str, Any] = {"searches": [{}] * (limits["searches"] + 1)}
    assert api.post("/search/multi/", too_many, format="json").status_code == 400
    ids = "&".join(f"id={number}" for number in range(1, limits["products"] + 2))
    assert api.get(f"/products/batch/?{ids}").status_code == 400
