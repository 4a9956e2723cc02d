"""A minus excludes a word where a person would type it to exclude, not where a name has a dash."""

import pytest

from search_api.query.minus_words import exclusions

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("laptop -bag", ["-bag"]),
        ("laptop -bag -case", ["-bag", "-case"]),
        ("Laptop -HP", ["-HP"]),
        ("-bag", ["-bag"]),
        ("-bag laptop", ["-bag"]),
        ("hp laptop 15 -dell", ["-dell"]),
        ("headset -all-in-one", ["-all-in-one"]),
        ("kopfhörer -über", ["-über"]),
    ],
)
def test_minus_word_at_an_end_excludes(text: str, words: list[str]) -> None:
    assert [text[start:end] for start, end in exclusions(text)] == words


@pytest.mark.parametrize(
    "text",
    [
        "Orion Camera Kit -Body only",
        "orion camera kit -body only",
        "Orion Camera Kit -Body",
        "cool pack gel -18 °c",
        "cool pack gel -18°c",
        "APC NetBotz -48V Power Supply",
        "Canon ED-2 Dioptric Lens -2",
        "Varta -V386",
        "Fiber Patch Cable LC -ST",
        "all-in-one printer",
        "usb - c",
        "-",
        "",
    ],
)
def test_dash_in_a_name_excludes_nothing(text: str) -> None:
    assert exclusions(text) == []
