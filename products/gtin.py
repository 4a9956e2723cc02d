"""GTINs: the numbers in the barcodes of products (EAN, UPC, ISBN-13), as GS1 defines them.

An ISBN-10 is the GTIN of its book.
"""

import re

STORED_LENGTH = 14  # a shorter GTIN is the same number with zeros in front
LENGTHS = (8, 12, 13, 14)
_SEPARATORS = re.compile(r"[\s-]+")
_ISBN_10 = re.compile(r"[0-9]{9}[0-9Xx]")
_BOOKS = "978"
ISBN_10_LENGTH = 10


def normalise(text: str) -> str:
    """The 14 digits of a GTIN that is written with 8, 12, 13 or 14, or of an ISBN-10; ValueError with the reason.

    >>> normalise('0884420588030'), normalise('884420588030')
    ('00884420588030', '00884420588030')
    """
    digits = _SEPARATORS.sub("", text).removesuffix(".0")  # as programs write a number of a spreadsheet
    if isbn := _of_isbn_10(digits):
        return isbn
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
    if isbn := _of_isbn_10(digits):
        padded = digits.zfill(STORED_LENGTH)
        return [isbn, padded] if digits.isdigit() and padded[-1] == check_digit(padded[:-1]) else [isbn]
    if not (digits.isascii() and digits.isdigit() and len(digits) <= STORED_LENGTH):
        return []
    padded = digits.zfill(STORED_LENGTH)
    return [padded] if padded.strip("0") and padded[-1] == check_digit(padded[:-1]) else []


def written_forms(gtin: str) -> list[str]:
    """A stored GTIN with every number of zeros in front, as scanners and people write it, and the ISBN-10 of a book."""
    bare = gtin.lstrip("0")
    nine = bare[3:12] if len(bare) == len("9780000000000") and bare.startswith(_BOOKS) else ""
    isbn = [f"{nine}{_isbn_10_check_digit(nine)}".casefold()] if nine else []
    return [*(bare.zfill(length) for length in range(len(bare), STORED_LENGTH + 1)), *isbn]


def is_valid(text: str) -> bool:
    """Whether `normalise` reads it."""
    try:
        return bool(normalise(text))
    except ValueError:
        return False


def is_isbn_10(text: str) -> bool:
    return bool(_of_isbn_10(text))


def _of_isbn_10(text: str) -> str:
    """The stored GTIN of an ISBN-10 with a right check digit; '' for any other text."""
    if not _ISBN_10.fullmatch(text) or text[-1].upper() != _isbn_10_check_digit(text[:9]):
        return ""
    digits = _BOOKS + text[:9]
    return (digits + check_digit(digits)).zfill(STORED_LENGTH)


def _isbn_10_check_digit(digits: str) -> str:
    return "0123456789X"[-sum((10 - place) * int(digit) for place, digit in enumerate(digits)) % 11]


def shown(gtin: str) -> str:
    """The shortest standard form of a stored GTIN: '00884420588030' -> '884420588030'."""
    bare = gtin.lstrip("0")
    return bare.zfill(next(length for length in LENGTHS if len(bare) <= length))


def check_digit(digits: str) -> str:
    """The last digit of a GTIN, from those before it."""
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)
