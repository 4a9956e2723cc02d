"""Which tokens are codes, and what they are normalised to."""

import pytest

from language.codes import (
    MAX_JOINED_WORDS,
    JoinedCode,
    codes_in,
    joined_codes,
    looks_like_code,
    normalise_code,
    spaced_codes,
)

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("typed", ["dv7-1211ea", "DV7 1211EA", "dv7.1211/ea", "dv71211ea"])
def test_punctuation_and_case_do_not_matter(typed: str) -> None:
    assert normalise_code(typed) == "dv71211ea"


@pytest.mark.parametrize("token", ["006R90321", "TN-2110", "LA-DC52", "3920564", "i7-9700"])
def test_codes_are_recognised(token: str) -> None:
    assert looks_like_code(token)


@pytest.mark.parametrize("token", ["laptop", "43.2cm", "1920x1080", "250gb", "A4", "usb", "-", ""])
def test_words_and_measures_are_no_codes(token: str) -> None:
    assert not looks_like_code(token)


def test_codes_are_found_in_a_name() -> None:
    name = 'HP Pavilion dv7-1211ea Notebook Silver 43.2 cm (17") 4 GB DDR2-SDRAM'
    assert codes_in(name) == {"dv71211ea", "ddr2sdram"}


def test_code_with_a_region_suffix_is_found_by_its_first_part() -> None:
    assert codes_in("Philips HTS9800W/12") == {"hts9800w12", "hts9800w"}


@pytest.mark.parametrize(
    "query", ["cat 6 5m blue", "ddr 4 8gb", "rj 45 connector", "usb 3.1 hub", "500 gb disk", "a b"]
)
def test_kinds_and_amounts_are_no_codes_with_their_neighbours(query: str) -> None:
    assert joined_codes(query.split()) == []


def test_code_written_with_a_space_is_one_with_its_neighbour() -> None:
    assert joined_codes(["tn", "2110"]) == [JoinedCode(0, 2, "tn2110", whole=True, is_spaced=True)]
    assert JoinedCode(1, 3, "dv71211ea", whole=False, is_spaced=True) in joined_codes(
        ["hp", "dv7", "1211ea", "notebook"]
    )


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("5q0 615 301 g", "5q0615301g"),
        ("a 204 421 09 81", "a2044210981"),
        ("34 11 6 794 300", "34116794300"),
    ],
)
def test_code_of_many_parts_is_one(words: str, code: str) -> None:
    parts = words.split()
    assert JoinedCode(0, len(parts), code, whole=True, is_spaced=True) in joined_codes(parts)


def test_longer_words_join_to_no_code_of_many_parts() -> None:
    runs = joined_codes(["brake", "disc", "front", "golf", "615301"])
    assert max(run.end - run.start for run in runs) == MAX_JOINED_WORDS


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("5Q0 615 301 G", "5q0615301g"),
        ("1K0-615-601-AA", "1k0615601aa"),
        ("OE 8J0.615.601, 5Q0 615 301 M", "5q0615301m"),
        ("34 11 6 794 300", "34116794300"),
        ("A 204 421 09 81", "a2044210981"),
        ("Brake disc 3C0 615 301 B VW Golf", "3c0615301b"),
        ("RAL 9010", "ral9010"),
        ("EN ISO 20471", "iso20471"),
        ("IP-67", "ip67"),
        ("Cat 6 cable 5 m", "cat6"),
    ],
)
def test_code_with_spaces_is_also_one_word(text: str, code: str) -> None:
    assert code in spaced_codes(text)


@pytest.mark.parametrize(
    "text",
    [
        "191 x 242 x 317.5",
        "-15 - 12192",
        "100-240V AC 50-60 Hz",
        "2 500 750",
        "8 GB 256 GB",
        "1, 234, 567",
    ],
)
def test_amounts_sizes_and_lists_are_no_codes_with_spaces(text: str) -> None:
    assert spaced_codes(text) == set()
