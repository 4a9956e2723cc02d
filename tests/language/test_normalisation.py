"""Texts that differ only in encoding, accents or case have one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.codes import normalise_code
from language.normalisation import base_letters, clean, fold

pytestmark = pytest.mark.unit

WIDE_CAFE = "\uff23\uff21\uff26\uff25"  # fullwidth letters


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("  hp \t laptop\n", "hp laptop"),
        (WIDE_CAFE, "CAFE"),
        ("“laptop bag”", '"laptop bag"'),
        ("15.6″", '15.6"'),
        ("lap\u0000top", "lap top"),
        ("Cafe\u0301", "Café"),
    ],
)
def test_typed_text_is_cleaned(typed: str, text: str) -> None:
    assert clean(typed) == text


@given(text=st.text())
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize("text", ["Café", "CAFE\u0301", "cafe", WIDE_CAFE])
def test_accents_case_and_width_are_folded(text: str) -> None:
    assert fold(text) == "cafe"


@given(text=st.text())
def test_base_letters_keep_every_place(text: str) -> None:
    assert len(base_letters(text)) == len(text)


def test_base_letters_have_neither_case_nor_accents() -> None:
    assert base_letters("Café ÑANDÚ \N{LATIN SMALL LIGATURE FI}n") == "cafe nandu fn"


def test_codes_and_words_are_folded_alike() -> None:
    assert normalise_code("DV7-1211ÉA") == "dv71211ea"
