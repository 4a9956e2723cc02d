"""Searches with a word that the catalogue does not have, for a thing that it has."""

import pytest
from pytest_django import Settings

from language.word_vectors import word_model_version
from search_api.contracts import Relax
from search_api.models import TermVectors
from search_api.query import bridge, catalogue_terms
from tests.factories import make_product
from tests.search_api.conftest import Shop

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(not word_model_version(), reason="the extra `semantic` is not installed"),
]
SOLD = ("Wireless headphones", "Wired headphones", "Laser printer", "Mobile phone", "Garden hose")


@pytest.fixture
def terms(shop: Shop, settings: Settings) -> Shop:
    """A shop whose terms are encoded."""
    settings.SEARCH_TIMEOUT = 20  # on a busy machine too
    for name in SOLD:
        for colour in ("black", "white", "grey"):
            make_product(f"{name} {colour}")
    shop.refresh()
    catalogue_terms.refresh()
    bridge.forget()
    return shop


@pytest.mark.parametrize(
    ("q", "found"),
    [("kopfhörer", "headphones"), ("impresora", "printer"), ("IMPRIMANTE", "printer"), ("auriculares", "headphones")],
)
def test_word_that_no_product_has_finds_what_it_means(terms: Shop, q: str, found: str) -> None:
    response = terms.search(q)
    assert response.results
    assert all(found in hit["name"] for hit in response.results)
    (note,) = response.relaxed
    assert note["kind"] == "meaning"
    assert note["dropped"] == [q]
    assert f"“{q}”" in note["message"]
    assert f"“{found}”" in note["message"]
    assert response.did_you_mean is None


def test_known_words_beside_it_decide_too(terms: Shop) -> None:
    names = terms.names("wireless kopfhörer")
    assert {name.rpartition(" ")[0] for name in names[:3]} == {"Wireless headphones"}
    assert terms.search("wireless kopfhörer").count_every_word == 3


def test_misspelling_is_corrected_and_not_bridged(terms: Shop) -> None:
    assert [note["kind"] for note in terms.search("headphonse").relaxed] == ["spelling"]


@pytest.mark.parametrize("q", ["giraffe", "xkop42", "zz-900"])
def test_word_without_a_bridge_finds_nothing(terms: Shop, q: str) -> None:
    assert terms.names(q) == []


def test_nothing_is_bridged_when_that_is_refused(terms: Shop) -> None:
    assert terms.names("kopfhörer", relax=Relax.NONE) == []


def test_without_the_terms_the_word_is_unknown(terms: Shop) -> None:
    terms.search("kopfhörer")
    TermVectors.objects.all().delete()
    bridge.forget()
    terms.refresh()
    kinds = [note["kind"] for note in terms.search("wireless kopfhörer").relaxed]
    assert "unknown" in kinds
    assert "meaning" not in kinds
