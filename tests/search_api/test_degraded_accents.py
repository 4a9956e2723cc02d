"""Degraded search and completion ignore accents, as the engine does."""

from typing import Any

import pytest

from search_api.contracts import SearchRequest
from search_api.engine import pages
from search_api.fallback import search as fallback_search
from search_api.fallback import suggestions
from search_api.services import search, suggest
from tests.factories import make_product
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]

ASCII = {ord(a): b for a, b in zip("éèøŁóźñúČšßÆŒ", [*"eeoLoznuCs", "ss", "AE", "OE"], strict=True)}
DECOMPOSED = "Cafe\N{COMBINING ACUTE ACCENT}"  # as some systems store 'Café': a letter and its accent


@pytest.fixture(autouse=True)
def _no_cached_brands_and_categories() -> None:
    suggestions.known.forget()


@pytest.fixture
def coffee(engine_away: None) -> None:
    del engine_away
    make_product("Café Crème", brand="Nescafé", category="Küche > Kaffee", description="Déjà moulu", sku="CÉ-100.7")
    make_product("Creme eclair", brand="Bahlsen", category="Kuche > Gateaux")


def names(q: str = "", **fields: Any) -> list[str]:
    response = search(SearchRequest(q=q, **fields))
    assert response.degraded
    return [hit["name"] for hit in response.results]


@pytest.mark.usefixtures("coffee")
@pytest.mark.parametrize(
    "q",
    ["cafe creme", "café crème", "CAFÉ", "cafe", DECOMPOSED, "nescafe", "deja moulu", "creme -eclair", "crème -éclair"],
)
def test_name_with_accents_is_found(q: str) -> None:
    assert names(q) == ["Café Crème"]


@pytest.mark.usefixtures("coffee")
@pytest.mark.parametrize("q", ["éclair", "ÉCLAIR", "crème éclairs", '"crème éclair"', "bählsen", "crème -café"])
def test_name_without_accents_is_found_by_a_query_with_them(q: str) -> None:
    assert names(q) == ["Creme eclair"]


@pytest.mark.usefixtures("coffee")
@pytest.mark.parametrize("q", ["CÉ-100.7", "ce-100.7", "ce1007", "cé1007", "ce100", "cafe ce1007"])
def test_code_with_accents_is_found(q: str) -> None:
    assert names(q) == ["Café Crème"]


@pytest.mark.usefixtures("coffee")
def test_decomposed_name_is_found() -> None:
    make_product(f"{DECOMPOSED} au lait")
    assert names("café au lait") == names("cafe au lait") == [f"{DECOMPOSED} au lait"]
    assert [one["text"] for one in suggest("café au").suggestions] == [f"{DECOMPOSED} au lait"]


@pytest.mark.usefixtures("coffee")
@pytest.mark.parametrize("brand", ["Nescafé", "nescafé", "NESCAFÉ"])
def test_brand_filter_ignores_case(brand: str) -> None:
    assert names(brands=(brand,)) == ["Café Crème"]


@pytest.mark.usefixtures("coffee")
@pytest.mark.parametrize("path", ["küche > KAFFEE", "KÜCHE > kaffee"])
def test_category_filter_ignores_case(path: str) -> None:
    assert names(categories=(path,)) == ["Café Crème"]


@pytest.mark.usefixtures("coffee")
@pytest.mark.parametrize(("path", "found"), [("KÜCHE", ["Café Crème"]), ("kuche", ["Creme eclair"])])
def test_category_filter_includes_lower_levels(path: str, found: list[str]) -> None:
    """As with OpenSearch, an accent makes another category."""
    assert names(categories=(path,)) == found


@pytest.mark.usefixtures("coffee")
@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("cafe cr", ["Café Crème"]),
        ("crè caf", ["Café Crème"]),
        ("écl", ["Creme eclair"]),
        ("nesc", ["Nescafé"]),
        ("nescafe", ["Nescafé"]),
        ("gâte", ["Gateaux"]),
        # The name that starts with the text goes first.
        ("crè", ["Creme eclair", "Café Crème"]),
        ("cre", ["Creme eclair", "Café Crème"]),
    ],
)
def test_completions_ignore_accents(q: str, found: list[str]) -> None:
    assert [one["text"] for one in suggest(q).suggestions] == found


@pytest.mark.usefixtures("coffee")
def test_matched_words_are_highlighted_with_their_accents() -> None:
    (hit,) = search(SearchRequest(q="cafe creme")).results
    assert hit["highlight"] == {"name": "<mark>Café</mark> <mark>Crème</mark>"}


@pytest.mark.parametrize("name", ["Café Crème", "Straße", "Smørrebrød", "Łódź", "Ærø", "Œuvre", "Ñandú2000", "Čeština"])
@pytest.mark.parametrize("fold", [str, str.upper, lambda name: name.translate(ASCII)])
def test_engine_and_degraded_search_agree(shop: Shop, name: str, fold: Any) -> None:
    shop.sells(name, "Plain thing")
    request = SearchRequest(q=fold(name))
    for response in (pages.search(request), fallback_search.search(request)):
        assert [hit["name"] for hit in response.results] == [name]
