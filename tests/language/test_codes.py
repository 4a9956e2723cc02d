"""Which tokens are codes, and what they are normalised to."""

import pytest

from language.codes import JoinedCode, codes_in, joined_codes, looks_like_code, normalise_code

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
    assert joined_codes(["tn", "2110"]) == [JoinedCode(0, 2, "tn2110", whole=True)]
    assert JoinedCode(1, 3, "dv71211ea", whole=False) in joined_codes(["hp", "dv7", "1211ea", "notebook"])
