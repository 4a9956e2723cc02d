"""The word bridge: the catalogue's terms for words that it does not have."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from language.word_vectors import word_model_version
from products.models import Product
from search_api.models import SearchLogEntry, TermVectors
from search_api.query import bridge, catalogue_terms
from tests.factories import make_product, make_user

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.service,
    pytest.mark.skipif(not word_model_version(), reason="the extra `semantic` is not installed"),
]
NAMES = ["Wireless headphones", "Laser printer", "Mobile phone", "Garden hose", "Green sofa"]


@pytest.fixture(autouse=True)
def _read_terms_again() -> None:
    bridge.forget()


@pytest.fixture
def terms() -> None:
    """The terms of a small catalogue, encoded."""
    make_products(*NAMES)
    catalogue_terms.refresh()


def make_products(*names: str) -> None:
    for name in names:
        for colour in ("black", "white", "grey"):
            make_product(f"{name} {colour}")


def terms_for(word: str) -> list[str]:
    return [term for term, _ in bridge.bridge(word)]


@pytest.mark.usefixtures("terms")
@pytest.mark.parametrize(
    ("word", "term"),
    [
        ("kopfhörer", "headphones"),
        ("Kopfhörer", "headphones"),
        ("impresora", "printer"),
        ("imprimante", "printer"),
        ("cell phone", "mobile phone"),
        ("couch", "sofa"),
    ],
)
def test_word_in_another_language_or_style_finds_the_catalogues_term(word: str, term: str) -> None:
    bridged = bridge.bridge(word)
    assert term in [each.term for each in bridged]
    assert len(bridged) <= bridge.MAX_BRIDGED
    weights = [each.weight for each in bridged]
    assert weights == sorted(weights, reverse=True)
    assert all(bridge.MIN_WEIGHT <= weight <= bridge.MAX_WEIGHT for weight in weights)


@pytest.mark.usefixtures("terms")
@pytest.mark.parametrize("word", ["giraffe", "kop", "kopfhörer2", "x100", "tn-2110", "", "   ", "ÖÖÖÖ", "\x00aaaa"])
def test_no_term_for_things_it_has_not_codes_and_short_words(word: str) -> None:
    assert terms_for(word) == []


@pytest.mark.usefixtures("terms")
def test_terms_are_words_and_pairs_that_several_names_have() -> None:
    make_product("Unicorn lamp")
    words = {word.lower() for name in NAMES for word in name.split()} | {"black", "white", "grey"}
    pairs = {name.lower() for name in NAMES}
    assert set(catalogue_terms.most_frequent_terms()) == words | pairs


def test_codes_and_stop_words_make_no_term() -> None:
    make_products("Hose for garden X100 pump")
    assert set(catalogue_terms.most_frequent_terms()) == {"hose", "garden", "pump"}


@pytest.mark.usefixtures("terms")
def test_terms_that_stay_are_not_encoded_again() -> None:
    assert catalogue_terms.refresh() == 0
    make_products("Circular saw")
    assert catalogue_terms.refresh() == len({"circular", "saw", "circular saw"})
    bridge.forget()
    assert terms_for("sierra circular") == ["circular saw"]


@pytest.mark.usefixtures("terms")
def test_terms_that_go_are_forgotten() -> None:
    Product.objects.filter(name__startswith="Green sofa").delete()
    catalogue_terms.refresh()
    bridge.forget()
    assert "sofa" not in terms_for("couch")


@pytest.mark.usefixtures("terms")
def test_renamed_products_change_the_terms_within_an_hour() -> None:
    Product.objects.filter(name__startswith="Green sofa").update(name="Steel ladder")
    assert catalogue_terms.refresh() == 0
    TermVectors.objects.update(made_at=timezone.now() - timedelta(hours=2), generation="earlier")
    assert catalogue_terms.refresh() == len({"steel", "ladder", "steel ladder"})


def test_encoding_goes_on_where_a_stopped_run_ended() -> None:
    make_products(*NAMES)
    assert catalogue_terms.refresh(longest=0) == 0
    assert not TermVectors.objects.get().complete
    assert terms_for("couch") == []
    bridge.forget()
    assert catalogue_terms.refresh() == len(catalogue_terms.most_frequent_terms())
    assert "sofa" in terms_for("couch")


def test_without_terms_there_is_no_bridge() -> None:
    assert terms_for("kopfhörer") == []
    catalogue_terms.refresh()  # of an empty catalogue
    bridge.forget()
    assert terms_for("kopfhörer") == []


@pytest.mark.usefixtures("terms")
def test_admin_proposes_synonyms_for_what_was_not_found(client: Client) -> None:
    for q in ("kopfhörer", "giraffe", "printer"):
        SearchLogEntry.objects.create(q=q, count=0, took_ms=1)
    client.force_login(make_user(is_staff=True, is_superuser=True))
    page = client.get("/admin/search_api/searchlogentry/reports/").content.decode()
    proposed = page.partition("Synonyms to consider")[2].partition("Rarely clicked")[0]
    assert "kopfhörer =&gt; " in proposed
    assert "headphones" in proposed
    assert "giraffe" not in proposed
    assert "printer" not in proposed
    link = proposed.partition('href="')[2].partition('"')[0]
    assert "kopfhörer =&gt; " in client.get(link.replace("&amp;", "&")).content.decode()
