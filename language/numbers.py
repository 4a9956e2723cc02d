"""The value of a number as people write it: grouped, with either decimal sign, or as a fraction."""

import re
from decimal import Decimal
from fractions import Fraction

MAX_DIGITS = 12  # longer ones are codes
GROUP = 3  # digits between two signs that group them
FRACTION_SLASH = "\u2044"  # in '1\u20442', as NFKC writes the sign of a half
_MIXED = re.compile(rf"(?:(\d+)[ -])?(\d+)[/{FRACTION_SLASH}](\d+)")
_MAX_SIGN_DENOMINATOR = 10  # of the fractions that Unicode has signs for
_PLACES = Decimal("0.000001")  # of a third


def read_number(text: str, *, decimal_comma: bool = False) -> Decimal | None:
    """The value of digits with dots, commas, spaces or apostrophes; None when it is no number.

    A sign that may group digits or precede decimals ('1.500') does what it does in the number
    format; one that can only be the other ('2,5' with a decimal point) is the other.

    >>> read_number("10,000"), read_number("2,5"), read_number("1.299,00"), read_number(".5")
    (Decimal('10000'), Decimal('2.5'), Decimal('1299.00'), Decimal('0.5'))
    """
    if text.isdecimal() and text[0] != "0" and len(text) <= MAX_DIGITS:
        return Decimal(text)
    text = text.replace("'", "").replace(" ", "")
    grouping, point = (".", ",") if decimal_comma else (",", ".")
    if grouping in text and (text.rfind(grouping) > text.rfind(point) >= 0 or not _is_grouped(text, grouping, point)):
        grouping, point = point, grouping
    whole, _, decimals = text.partition(point)
    if grouping in whole:
        if not _is_grouped(whole, grouping, point):
            return None
        whole = whole.replace(grouping, "")
    is_number = (decimals.isdecimal() or (not decimals and not text.endswith(point))) and (whole + decimals).isdecimal()
    # '05' is a part of a code, '0.5' is not.
    if not is_number or len(whole + decimals) > MAX_DIGITS or (len(whole) > 1 and whole[0] == "0"):
        return None
    return Decimal(f"{whole or 0}.{decimals or 0}")


def _is_grouped(text: str, grouping: str, point: str) -> bool:
    first, *groups = text.partition(point)[0].split(grouping)
    return 0 < len(first) <= GROUP and first[0] != "0" and all(len(group) == GROUP for group in groups)


def read_fraction(text: str) -> tuple[int, Fraction] | None:
    """The whole and the proper fraction of '1-1/2', '1 1/2' or '1/2'; None when it is none.

    '11\u20442' is one and a half: NFKC puts no space between the whole and the sign of a half.
    """
    match = _MIXED.fullmatch(text)
    if not match or len(text) > MAX_DIGITS:
        return None
    whole, numerator, denominator = match[1] or "", match[2], int(match[3])
    if FRACTION_SLASH in text and not whole and denominator <= _MAX_SIGN_DENOMINATOR:
        whole, numerator = numerator[:-1], numerator[-1]
    if not 0 < int(numerator) < denominator:
        return None
    return int(whole or 0), Fraction(int(numerator), denominator)


def as_decimal(whole: int, part: Fraction) -> Decimal:
    return whole + (Decimal(part.numerator) / part.denominator).quantize(_PLACES)


def plain(number: Decimal) -> str:
    """Without an exponent, and without zeros at the end of the decimals."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
