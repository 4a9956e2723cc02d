"""An index of names finds by word prefixes what comparing with each name would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.prefix_match import NameIndex, PrefixIndex, has_word_prefixes

pytestmark = pytest.mark.unit

# Few letters, so that names share prefixes; with separators, and letters with and without accents.
WORDS = st.text(alphabet="abÁé&- ", min_size=1, max_size=8)


@given(names=st.lists(WORDS, max_size=12, unique=True), typed=WORDS)
def test_index_finds_what_comparing_with_each_name_finds(names: list[str], typed: str) -> None:
    has_words = any(character.isalnum() for character in typed)
    expected = [name for name in names if has_word_prefixes(name, typed)] if has_words else []
    assert NameIndex(names).find(typed) == expected


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("hewl", ["Hewlett Packard", "Hewlett-Packard Enterprise"]),
        ("pack hew", ["Hewlett Packard", "Hewlett-Packard Enterprise"]),
        ("hewlett-pack", ["Hewlett Packard", "Hewlett-Packard Enterprise"]),
        ("ecl", ["Éclair"]),
        ("ackard", []),
        ("-", []),
    ],
)
def test_brands_are_found_by_their_words(typed: str, found: list[str]) -> None:
    assert NameIndex(["Hewlett Packard", "Hewlett-Packard Enterprise", "Éclair"]).find(typed) == found


def test_values_may_have_other_names() -> None:
    paths = NameIndex(["Computers > Laptops", "Computers"], lambda path: path.rpartition(" > ")[2])
    assert (paths.find("lap"), paths.find("comp")) == (["Computers > Laptops"], ["Computers"])


def test_values_found_by_a_prefix_keep_their_order_and_come_once() -> None:
    queries = PrefixIndex([("laptop", 1), ("lamp", 2), ("printer", 3), ("laptop bag", 4), ("lap", 2)])
    assert [queries.find("lap"), queries.find("la"), queries.find("x")] == [[1, 4, 2], [1, 2, 4], []]
