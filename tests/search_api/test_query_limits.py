"""A limited number of terms of any text is used, so that no text is expensive to search for."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_api.query.parsing import MAX_TERM_LENGTH, MAX_TERMS, parse

pytestmark = pytest.mark.unit

LETTERS = [first + second for first in "abcdefgh" for second in "pqruvwtyzk"]
FIRST = LETTERS[:MAX_TERMS]


def test_first_terms_of_a_phrase_are_used() -> None:
    assert parse(f'"{" ".join(LETTERS)}"', {}).phrases == (" ".join(FIRST),)
    assert parse(f'"{",".join(LETTERS)}"', {}).phrases == (" ".join(FIRST),)


def test_first_terms_of_a_minus_word_are_used() -> None:
    assert parse(f"lamp -{'/'.join(LETTERS)}", {}).excluded == (" ".join(FIRST),)


@pytest.mark.parametrize("typed", ['"{}"', "-{}"])
def test_long_word_is_cut(typed: str) -> None:
    parsed = parse(typed.format("x" * 200), {})
    assert [*parsed.phrases, *parsed.excluded] == ["x" * MAX_TERM_LENGTH]


def test_short_text_is_used_whole() -> None:
    parsed = parse('lamp "usb-c 3.1, fast" -all-in-one', {})
    assert (parsed.text, parsed.phrases, parsed.excluded) == ("lamp", ("usb c 3.1 fast",), ("all in one",))


@given(q=st.text(alphabet='ab1.,/-" \u00e9\U0001f642', max_size=200))
def test_no_text_exceeds_the_limits(q: str) -> None:
    parsed = parse(q, {})
    for texts in ([concept.text for concept in parsed.concepts], parsed.phrases, parsed.excluded):
        assert len(texts) <= MAX_TERMS
    for text in (*parsed.phrases, *parsed.excluded):
        assert len(re.findall(r"\w+", text)) <= MAX_TERMS
        assert all(len(word) <= MAX_TERM_LENGTH for word in text.split())
        assert text.strip()
