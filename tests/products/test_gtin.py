"""GTINs are checked by their last digit, and have one form whatever the number of zeros in front."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.codes import normalise_code
from products import gtin
from products.catalogue_import import gtins

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("written", "stored", "shown"),
    [
        ("0884420588030", "00884420588030", "884420588030"),
        ("884420588030", "00884420588030", "884420588030"),
        ("4006381333931", "04006381333931", "4006381333931"),
        ("400-6381 333931", "04006381333931", "4006381333931"),
        ("96385074", "00000096385074", "96385074"),
        ("10012345678902", "10012345678902", "10012345678902"),
        ("4006381333931.0", "04006381333931", "4006381333931"),
    ],
)
def test_gtin_has_one_form(written: str, stored: str, shown: str) -> None:
    assert gtin.normalise(written) == stored
    assert gtin.shown(stored) == shown
    assert gtin.normalise(shown) == stored


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("4006381333932", "check digit is wrong"),
        ("5.01235E+12", "other characters"),
        ("12345", "5 digits"),
        ("", "other characters"),
        ("\u0664\u0664\u0660\u0666\u0663\u0668\u0661\u0663", "other characters"),
    ],
)
def test_what_is_no_gtin_is_refused_with_the_reason(written: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        gtin.normalise(written)


@given(st.integers(1, 10**12 - 1), st.integers(0, 9))
def test_one_check_digit_fits_and_zeros_in_front_do_not_matter(number: int, last: int) -> None:
    digits = f"{number:012d}"
    whole = digits + gtin.check_digit(digits)
    assert gtin.search_forms(whole) == [gtin.normalise(whole)]
    assert gtin.normalise(whole) in gtin.search_forms(whole.lstrip("0"))  # which may be an ISBN-10 too
    if str(last) != whole[-1]:
        assert gtin.search_forms(digits + str(last)) == []


@pytest.mark.parametrize("text", ["0", "", "laptop", "1" * 15])
def test_other_text_has_no_forms(text: str) -> None:
    assert gtin.search_forms(text) == []


@pytest.mark.parametrize(
    ("written", "thirteen"),
    [
        ("0306406152", "9780306406157"),
        ("0-306-40615-2", "9780306406157"),
        ("080442957X", "9780804429573"),
        ("0 8044 2957 x", "9780804429573"),
    ],
)
def test_isbn_10_is_the_gtin_of_its_book(written: str, thirteen: str) -> None:
    stored = gtin.normalise(thirteen)
    assert gtin.normalise(written) == stored
    assert stored in gtin.search_forms(written)
    assert normalise_code(written) in gtin.written_forms(stored)


@pytest.mark.parametrize("written", ["0306406153", "0804429570", "08044X957X"])
def test_isbn_10_with_a_wrong_check_digit_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is not a GTIN"):
        gtin.normalise(written)


def test_isbn_10_of_a_file_is_read_also_without_its_first_zero() -> None:
    read = ["09780306406157"]
    assert gtins("0306406152") == gtins("0-306-40615-2, 9780306406157") == gtins("306406152") == read
    assert gtins("080442957X") == ["09780804429573"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0 306 40615 2", ["09780306406157"]),
        ("4 006381 333931", ["04006381333931"]),
        ("0 36000 29145 2", ["00036000291452"]),
        ("4006381333931 96385074", ["04006381333931", "00000096385074"]),
        ("0306406152 080442957X", ["09780306406157", "09780804429573"]),
        ("0 306 40615 2, 4 006381 333931", ["09780306406157", "04006381333931"]),
        ("96385074 96385074", ["00000096385074"]),
    ],
)
def test_barcode_may_have_spaces_between_its_digits_or_behind_it(written: str, read: list[str]) -> None:
    assert gtins(written) == read


BOTH = next(
    digits
    for number in range(10**8, 10**8 + 200)
    if gtin.is_isbn_10(digits := f"{number}{gtin.check_digit(str(number))}")
)  # an ISBN-10 that is the end of a UPC too


@pytest.mark.parametrize("header", ["UPC", "upc code", "EAN", "Product UPC/EAN", "C:UPC", "JAN"])
def test_ten_digits_below_the_name_of_another_barcode_lost_their_zeros(header: str) -> None:
    assert gtins(BOTH, header) == [f"0000{BOTH}"]
    assert gtins("0306406152", header) == ["09780306406157"]  # which is nothing else


@pytest.mark.parametrize("header", ["", "ISBN", "GTIN", "Barcode", "EAN/ISBN", "ISBN-10", "European"])
def test_ten_digits_below_other_names_are_an_isbn(header: str) -> None:
    assert gtins(BOTH, header) == [gtin.normalise(BOTH)]
    assert gtin.normalise(BOTH).startswith("0978")


def test_other_barcodes_have_no_isbn_10() -> None:
    assert all(form.isdigit() and len(form) > len("0306406152") for form in gtin.written_forms("04006381333931"))
