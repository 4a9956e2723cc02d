"""Every answer to a search or completion is counted once, so that a share of them says what shoppers see."""

from collections.abc import Callable

import pytest
from prometheus_client import REGISTRY
from rest_framework.test import APIClient

from tests.factories import make_product
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]

SEARCHES = [
    {"q": "laptop"},
    {"kind": "facet_values", "facet": "brand", "facet_query": "d"},
    {"kind": "suggestions", "q": "lap"},
    {"q": "laptop", "page": 0},  # refused
]
NAMES = ("search_answers", "degraded_answers")


def counts() -> dict[str, float]:
    return {
        f"{kind}, {name}": REGISTRY.get_sample_value(f"{name}_total", {"kind": kind}) or 0.0
        for kind in ("search", "suggest")
        for name in NAMES
    }


def counted(ask: Callable[[], object]) -> list[float]:
    """Searches, degraded ones, completions and degraded ones."""
    before = counts()
    ask()
    return [count - before[name] for name, count in counts().items()]


@pytest.fixture
def laptop(shop: Shop) -> None:
    make_product("Laptop", brand="Dell")
    shop.refresh()


@pytest.mark.usefixtures("laptop")
@pytest.mark.parametrize("again", [False, True], ids=["new", "cached"])
def test_answers_of_the_engine_are_counted(api: APIClient, again: bool) -> None:  # noqa: FBT001 - pytest's
    def ask() -> None:
        api.get("/search/products/", {"q": "laptop"})
        api.get("/search/suggest/", {"q": "lap"})
        api.post("/search/multi/", {"searches": SEARCHES}, format="json")

    if again:
        ask()
    assert counted(ask) == [3, 0, 2, 0]


@pytest.mark.usefixtures("laptop", "engine_away")
def test_degraded_answers_are_a_part_of_all(api: APIClient) -> None:
    assert counted(lambda: api.post("/search/multi/", {"searches": SEARCHES}, format="json")) == [2, 2, 1, 1]
    assert counted(lambda: api.get("/search/products/", {"q": "laptop"})) == [1, 1, 0, 0]
    assert counted(lambda: api.get("/search/suggest/", {"q": "lap"})) == [0, 0, 1, 1]
