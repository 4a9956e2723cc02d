"""Texts that differ only in encoding, invisible characters, width, accents or case have one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.codes import normalise_code
from language.normalisation import base_letters, clean, fold, fold_with_positions

pytestmark = pytest.mark.unit

WIDE_CAFE = "\uff23\uff21\uff26\uff25"  # fullwidth letters
SHY, ZERO_WIDTH, BOM = "\u00ad", "\u200b", "\ufeff"
VOICED = "\u3099"
# Characters whose treatment depends on their neighbours, beside any text.
TEXTS = st.text() | st.text(f"aeAß1½™®º C\u0301{VOICED}\uff9e\uff76\u30ab\u1100\u1161\u11a8\u09c7\u09be{SHY}")


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("  hp \t laptop\n", "hp laptop"),
        (WIDE_CAFE, "CAFE"),
        ("“laptop bag”", '"laptop bag"'),
        ("15.6″", '15.6"'),
        ("Levi’s Levi´s", "Levi's Levi's"),
        ("lap\u0000top", "lap top"),
        ("\x1blaptop", "laptop"),
        ("Cafe\u0301", "Café"),
        (f"{BOM}lap{SHY}top{ZERO_WIDTH} bag", "laptop bag"),
        ("Intel® Core™2 Duo™", "Intel Core 2 Duo"),
        ("−18 °C, 10–20 W, Wi\u2011Fi", "-18 °C, 10-20 W, Wi-Fi"),
        ("20 m² 1½", "20 m2 1 1⁄2"),
    ],
)
def test_typed_text_is_cleaned(typed: str, text: str) -> None:
    assert clean(typed) == text


@given(text=TEXTS)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(text=TEXTS)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(text=TEXTS)
def test_a_name_and_the_same_text_typed_are_folded_alike(text: str) -> None:
    assert fold(clean(text)).split() == fold(text).split()


@pytest.mark.parametrize("text", ["Café", "CAFE\u0301", "cafe", WIDE_CAFE, f"ca{SHY}fe", f"{ZERO_WIDTH}café"])
def test_accents_case_width_and_invisible_characters_are_folded(text: str) -> None:
    assert fold(text) == "cafe"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ørsted Łódź Straße Æble Œuvre", "orsted lodz strasse aeble oeuvre"),
        ("Đorđe Þór Maður İstanbul Diyarbakır", "dorde thor madur istanbul diyarbakir"),
        ("100\u00b5F 100\u03bcF 5 \u2126", "100\u03bcf 100\u03bcf 5 \u03c9"),
        ("20 m² 20 ㎡ 60℃ 60 ºC 60˚C", "20 m2 20 m2 60°c 60 °c 60°c"),
        ("½ 1½ 1 ½", "1⁄2 1 1⁄2 1 1⁄2"),
        ("ΆΛΦΑ άλφα Ёлка", "αλφα αλφα елка"),
        ("ǅungla ŉ ﬁn", "dzungla 'n fin"),
        ("٣ १२", "3 12"),
    ],
)
def test_letters_and_signs_that_people_write_in_several_ways_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", ["ガス", "\uff76\uff9e\uff7d", f"カ{VOICED}ス"])
def test_voiced_kana_remain_voiced_in_any_width(text: str) -> None:
    assert fold(text) == "ガス" != fold("カス")


@pytest.mark.parametrize("text", ["한국어", "हिन्दी", "กิน"])
def test_marks_that_make_another_letter_remain(text: str) -> None:
    assert fold(text) == text


@given(text=TEXTS)
def test_positions_are_those_of_the_text(text: str) -> None:
    folded, positions = fold_with_positions(text)
    assert folded == fold(text)
    assert list(positions) == sorted(positions)
    assert (len(positions), positions[-1]) == (len(folded) + 1, len(text))


@pytest.mark.parametrize(
    ("text", "word", "part"),
    [
        ("Große Straße", "strasse", "Straße"),
        ("an Ærø lamp", "aero", "Ærø"),
        ("pouffe Ø55 cm", "55", "55"),
        (f"the ca{SHY}fé{ZERO_WIDTH} lamp", "cafe", f"ca{SHY}fé{ZERO_WIDTH}"),
        ("gut \uff76\uff9e\uff7d", "ガス", "\uff76\uff9e\uff7d"),
        ("Intel® Core™2 Duo", "core", "Core"),
        ("pipe 1½ inch", "1⁄2", "½"),
    ],
)
def test_folded_part_is_found_in_the_text(text: str, word: str, part: str) -> None:
    folded, positions = fold_with_positions(text)
    start = folded.index(word)
    assert text[positions[start] : positions[start + len(word)]].rstrip() == part


@given(text=st.text())
def test_base_letters_keep_every_place(text: str) -> None:
    assert len(base_letters(text)) == len(text)


def test_base_letters_have_neither_case_nor_accents() -> None:
    assert base_letters("Café ÑANDÚ \N{LATIN SMALL LIGATURE FI}n") == "cafe nandu fn"


def test_codes_and_words_are_folded_alike() -> None:
    assert normalise_code("DV7-1211ÉA") == "dv71211ea"
