"""Sizes and amounts: '8 GB' is '8gb', '15.6"' is '15.6inch', in documents and in queries.

Python and Java (the engine) read the patterns in the same way.
"""

import re
from decimal import Decimal

UNITS = r"(?:[kmgt]b|[kmg]hz|hz|mah|wh?|va?|[cmk]?m|ft|[cm]?l|k?g|mp|dpi|ppm|rpm|lm)"
# 15.6", 15.6'', 15.6-inch, 15.6 in; but "2 in 1" is no size.
_INCHES_SIGN = r"(?<=\d)\s*-?(?:\"|”|″|''|inches\b|inch\b|in\b(?!\s*-?\s*\d))"
_SPACE_THEN_UNIT = rf"(?<=\d)\s+(?={UNITS}\b)"
INCHES_PATTERN = rf"(?i){_INCHES_SIGN}"
SPACE_BEFORE_UNIT_PATTERN = rf"(?i){_SPACE_THEN_UNIT}"
# A number and the unit that `join_measures` joins to it.
PARTED_MEASURE = re.compile(rf"(?i)(?<![\w.,])\d[\dx.,]*(?:{_INCHES_SIGN}|{_SPACE_THEN_UNIT}{UNITS})")
_INCHES = re.compile(INCHES_PATTERN)
_SPACE_BEFORE_UNIT = re.compile(SPACE_BEFORE_UNIT_PATTERN)
_MEASURE = re.compile(rf"(?i)[\d.,]+(?:{UNITS}|in|inch|[\"”″'%]*)|\d+x\d+(?:x\d+)?")
# The next smaller unit, and how many of it: for bytes both numbers are in use.
_SMALLER = {"tb": ("gb", (1000, 1024)), "gb": ("mb", (1000, 1024)), "ghz": ("mhz", (1000,)), "m": ("cm", (100,))}
_LARGER = {small: (large, factors) for large, (small, factors) in _SMALLER.items()}
_AMOUNT = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)([a-z]+)")
_DECIMALS = Decimal("0.01")  # names give converted amounts no more precisely
_UNIT_NAMES = {"terabyte": "tb", "gigabyte": "gb", "megabyte": "mb", "gigahertz": "ghz", "megahertz": "mhz"}
_UNIT_NAMES |= {"metre": "m", "meter": "m", "centimetre": "cm", "centimeter": "cm", "millimetre": "mm"}
_UNIT_NAMES |= {"millimeter": "mm", "foot": "ft", "feet": "ft", "watt": "w", "volt": "v", "litre": "l", "liter": "l"}
_UNIT_NAMES |= {"kilogram": "kg"}
_NAMED_AMOUNT = re.compile(rf"(\d+(?:\.\d+)?)[ -]?({'|'.join(_UNIT_NAMES)})s?", re.IGNORECASE)
_LONGEST_PLAIN_NUMBER = 4  # digits; longer ones are codes


def join_measures(text: str) -> str:
    """Write every number and its unit as one word.

    >>> join_measures('8 GB 15.6 inch 2 in 1')
    '8GB 15.6inch  2 in 1'
    """
    return _SPACE_BEFORE_UNIT.sub("", _INCHES.sub("inch ", text))


def is_measure(token: str) -> bool:
    """Whether it is a size, an amount or a short number: '43.2cm', '1920x1080', '17"', '2019'."""
    if token.isdecimal():
        return len(token) <= _LONGEST_PLAIN_NUMBER
    return bool(_MEASURE.fullmatch(token))


def same_amounts(text: str) -> tuple[str, ...]:
    """Other ways to write an amount; () when the text is no amount.

    >>> same_amounts('1TB'), same_amounts('3 meters')
    (('1000gb', '1024gb'), ('3m', '300cm'))
    """
    in_words = _NAMED_AMOUNT.fullmatch(text)
    short = in_words[1] + _UNIT_NAMES[in_words[2].lower()] if in_words else text.lower()
    written = (short,) if in_words else ()
    amount = _AMOUNT.fullmatch(short)
    if not amount:
        return written
    number, unit = Decimal(amount[1]), amount[2]
    smaller, factors = _SMALLER.get(unit, ("", ()))
    larger, divisors = _LARGER.get(unit, ("", ()))
    in_smaller = (f"{_plain(number * factor)}{smaller}" for factor in factors)
    quotients = (number / divisor for divisor in divisors)
    in_larger = (f"{_plain(part)}{larger}" for part in quotients if part and part == part.quantize(_DECIMALS))
    return (*written, *in_smaller, *in_larger)


def _plain(number: Decimal) -> str:
    """Without an exponent, and without zeros at the end of the decimals."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
