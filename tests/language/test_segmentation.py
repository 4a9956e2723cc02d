"""Chinese and Japanese, written without spaces: what is typed shares its terms with the name that contains it."""

import pytest

from language.normalisation import fold
from language.segmentation import has_ideographs, segment

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("usb充電器", ["usb", "充電", "電器"]),
        ("傘", ["傘"]),
        ("a4用紙x", ["a4", "用紙", "x"]),
        ("人々の時計", ["人々", "々の", "の時", "時計"]),
        ("スピーカー", ["スピ", "ピー", "ーカ", "カー"]),
        ("keyboard", ["keyboard"]),
        ("한국어", ["한국어"]),
    ],
)
def test_characters_side_by_side_are_terms(text: str, terms: list[str]) -> None:
    assert list(segment(text)) == terms


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("ワイヤレスイヤホン", "イヤホン"),
        ("ワイヤレスイヤホン", "\uff72\uff94\uff8e\uff9d"),  # half-width
        ("折りたたみ傘", "傘"),
        ("無線藍牙耳機", "耳機"),
        ("便携式充电器", "充电器"),
        ("ガス給湯器", "\uff76\uff9e\uff7d"),
    ],
)
def test_typed_part_shares_all_its_terms_with_the_name(name: str, typed: str) -> None:
    assert set(segment(fold(typed))) <= set(segment(fold(name), of_document=True))


def test_ideographs_are_recognised() -> None:
    assert [has_ideographs(text) for text in ("充電", "usb充", "usb", "münchen", "한국")] == [
        True,
        True,
        False,
        False,
        False,
    ]
