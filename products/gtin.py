"""GTINs: the numbers in the barcodes of products (EAN, UPC, ISBN-13), as GS1 defines them."""

import re

STORED_LENGTH = 14  # a shorter GTIN is the same number with zeros in front
LENGTHS = (8, 12, 13, 14)
_SEPARATORS = re.compile(r"[\s-]+")


def normalise(text: str) -> str:
    """The 14 digits of a GTIN that is written with 8, 12, 13 or 14; ValueError with the reason.

    >>> normalise('0884420588030'), normalise('884420588030')
    ('00884420588030', '00884420588030')
    """
    digits = _SEPARATORS.sub("", text).removesuffix(".0")  # as programs write a number of a spreadsheet
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"{text!r} is not a GTIN: it has other characters than digits")
    if len(digits) not in LENGTHS:
        raise ValueError(f"{text!r} is not a GTIN: it has {len(digits)} digits, not 8, 12, 13 or 14")
    if digits[-1] != check_digit(digits[:-1]):
        raise ValueError(f"{text!r} is not a GTIN: its check digit is wrong")
    return digits.zfill(STORED_LENGTH)


def search_forms(text: str) -> list[str]:
    """The GTINs that these digits, typed or scanned, may mean: with or without zeros in front."""
    digits = _SEPARATORS.sub("", text)
    if not (digits.isascii() and digits.isdigit() and len(digits) <= STORED_LENGTH):
        return []
    padded = digits.zfill(STORED_LENGTH)
    return [padded] if padded.strip("0") and padded[-1] == check_digit(padded[:-1]) else []


def written_forms(gtin: str) -> list[str]:
    """A stored GTIN with every number of zeros in front, as scanners and people write it."""
    bare = gtin.lstrip("0")
    return [bare.zfill(length) for length in range(len(bare), STORED_LENGTH + 1)]


def shown(gtin: str) -> str:
    """The shortest standard form of a stored GTIN: '00884420588030' -> '884420588030'."""
    bare = gtin.lstrip("0")
    return bare.zfill(next(length for length in LENGTHS if len(bare) <= length))


def check_digit(digits: str) -> str:
    """The last digit of a GTIN, from those before it."""
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)
