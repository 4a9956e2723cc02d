"""Finding names by the starts of their words gives what looking at each of them would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.prefix_match import NamesByStart, TextsByStart, starts_words

pytestmark = pytest.mark.unit

# Few letters, so that names start alike; with what divides words, and what stands beside its accent.
WORDS = st.text(alphabet="abÁé&- ", min_size=1, max_size=8)


@given(names=st.lists(WORDS, max_size=12), typed=WORDS)
def test_index_finds_what_the_rule_says_of_each_name(names: list[str], typed: str) -> None:
    expected = [place for place, name in enumerate(names) if starts_words(name, typed)]
    typed_words = any(character.isalnum() for character in typed)
    assert NamesByStart(names).places(typed) == (expected if typed_words else [])


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
def test_brands_are_found_by_the_words_that_they_have(typed: str, found: list[str]) -> None:
    brands = ["Hewlett Packard", "Hewlett-Packard Enterprise", "Éclair"]
    assert [brands[place] for place in NamesByStart(brands).places(typed)] == found


def test_texts_keep_their_order() -> None:
    queries = ["laptop", "lamp", "printer", "laptop bag"]
    by_start = TextsByStart((query, place) for place, query in enumerate(queries))
    assert [queries[place] for place in by_start.places("lap")] == ["laptop", "laptop bag"]
    assert by_start.places("x") == []
