"""Any text is answered or refused with a reason: no server error, and no query syntax."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from tests.factories import make_product
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]

STRANGE = [
    "...",
    "!!! ???",
    '"',
    '""',
    '"unclosed',
    "-",
    "--",
    "- -",
    "🙂",
    "👩\u200d👩\u200d👧\u200d👦 🇮🇷",
    "\u202eright to left",
    "مرحبا",
    "שלום",
    "日本語",
    "Z̵̢̛a̷l̶g̴o̸",
    "ﬁ ½ Ⅷ",
    "a",
    "*",
    "lap*",
    "la?top",
    "/.*/",
    "name:laptop",
    "laptop OR 1=1",
    "laptop AND (NOT",
    "laptop~2^5",
    "[1 TO 2]",
    "\\",
    "{}",
    '{"match_all": {}}',
    "'; DROP TABLE products_product; --",
    "<script>alert(1)</script>",
    "%00%0a",
    "\t\n laptop \r",
    "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "x" * 200,
    "a " * 100,
    "-a " * 66,
    '"a" ' * 50,
    "laptop " * 28,
    "1 " * 100,
    "w1x2y3z4 " * 22,
]


@pytest.fixture
def laptops(shop: Shop) -> Shop:
    make_product("Laptop", description="a b c")
    shop.refresh()
    return shop


@pytest.mark.parametrize("q", STRANGE)
def test_strange_text_is_answered(laptops: Shop, api: APIClient, q: str) -> None:
    del laptops
    for url in ("/search/products/", "/search/suggest/"):
        response = api.get(url, {"q": q})
        assert response.status_code in {200, 400}
        assert response.json().get("degraded", False) is False


def test_query_syntax_is_text(laptops: Shop) -> None:
    assert laptops.names("la?top") == []
    assert laptops.names("name:zzz") == []
    assert laptops.names('{"match_all": {}}') == []


def test_punctuation_alone_finds_nothing(laptops: Shop) -> None:
    assert laptops.search("?!").count == 0


def test_spaces_and_control_characters_are_no_words(laptops: Shop) -> None:
    assert laptops.names("\t laptop \r\n") == ["Laptop"]


@pytest.mark.parametrize("q", ["x" * 201, "x" * 10_000])
def test_text_too_long_is_refused(api: APIClient, q: str) -> None:
    assert api.get("/search/products/", {"q": q}).status_code == 400
    assert api.get("/search/suggest/", {"q": q}).status_code == 400


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(q=st.text(min_size=1, max_size=200))
def test_any_text_is_answered(laptops: Shop, api: APIClient, q: str) -> None:
    del laptops
    for url in ("/search/products/", "/search/suggest/"):
        response = api.get(url, {"q": q})
        assert response.status_code in {200, 400}
        assert response.json().get("degraded", False) is False
