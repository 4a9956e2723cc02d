"""Sizes and amounts: '8 GB' is '8gb' and '15.6"' is '15.6inch', in documents (`analysis.py`) and in queries alike.

The patterns are in the common ground of Python's and Java's regular expressions.
"""

import re
from decimal import Decimal

UNITS = r"(?:[kmgt]b|[kmg]hz|hz|mah|wh?|va?|[cmk]?m|ft|[cm]?l|k?g|mp|dpi|ppm|rpm|lm)"
# 15.6", 15.6'', 15.6-inch, 15.6 in; "2 in 1" is no size.
_INCHES_SIGN = r"(?<=\d)\s*-?(?:\"|”|″|''|inches\b|inch\b|in\b(?!\s*-?\s*\d))"
_SPACE_THEN_UNIT = rf"(?<=\d)\s+(?={UNITS}\b)"
INCHES_PATTERN = rf"(?i){_INCHES_SIGN}"
SPACE_BEFORE_UNIT_PATTERN = rf"(?i){_SPACE_THEN_UNIT}"
# A number with what `join_measures` joins to it.
PARTED_MEASURE = re.compile(rf"(?i)(?<![\w.,])\d[\dx.,]*(?:{_INCHES_SIGN}|{_SPACE_THEN_UNIT}{UNITS})")
_INCHES = re.compile(INCHES_PATTERN)
_SPACE_BEFORE_UNIT = re.compile(SPACE_BEFORE_UNIT_PATTERN)
_MEASURE = re.compile(rf"(?i)[\d.,]+(?:{UNITS}|in|inch|[\"”″'%]*)|\d+x\d+(?:x\d+)?")
# What a unit is in the next smaller one; of bytes both counts are in use.
_SMALLER = {"tb": ("gb", (1000, 1024)), "gb": ("mb", (1000, 1024)), "ghz": ("mhz", (1000,)), "m": ("cm", (100,))}
_LARGER = {small: (large, factors) for large, (small, factors) in _SMALLER.items()}
_AMOUNT = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)([a-z]+)")
_DECIMALS = Decimal("0.01")  # no name says more of a converted amount
_UNIT_NAMES = {"terabyte": "tb", "gigabyte": "gb", "megabyte": "mb", "gigahertz": "ghz", "megahertz": "mhz"}
_UNIT_NAMES |= {"metre": "m", "meter": "m", "centimetre": "cm", "centimeter": "cm", "millimetre": "mm"}
_UNIT_NAMES |= {"millimeter": "mm", "foot": "ft", "feet": "ft", "watt": "w", "volt": "v", "litre": "l", "liter": "l"}
_UNIT_NAMES |= {"kilogram": "kg"}
_NAMED_AMOUNT = re.compile(rf"(\d+(?:\.\d+)?)[ -]?({'|'.join(_UNIT_NAMES)})s?", re.IGNORECASE)
_LONGEST_PLAIN_NUMBER = 4  # digits; longer ones are codes


def join_measures(text: str) -> str:
    """The text with every number and its unit as one word.

    >>> join_measures('8 GB 15.6 inch 2 in 1')
    '8GB 15.6inch  2 in 1'
    """
    return _SPACE_BEFORE_UNIT.sub("", _INCHES.sub("inch ", text))


def is_measure(token: str) -> bool:
    """Whether the token is a size, an amount or a short number: '43.2cm', '1920x1080', '17"', '2019'."""
    if token.isdecimal():
        return len(token) <= _LONGEST_PLAIN_NUMBER
    return bool(_MEASURE.fullmatch(token))


def same_amounts(text: str) -> tuple[str, ...]:
    """Other ways to write an amount; () when the text is none.

    >>> same_amounts('1TB'), same_amounts('3 meters')
    (('1000gb', '1024gb'), ('3m', '300cm'))
    """
    if named := _NAMED_AMOUNT.fullmatch(text):
        short = named[1] + _UNIT_NAMES[named[2].lower()]
        return (short, *_converted(short))
    return _converted(text.lower())


def _converted(text: str) -> tuple[str, ...]:
    """The amount in the next smaller and the next larger unit."""
    amount = _AMOUNT.fullmatch(text)
    if not amount:
        return ()
    number, unit = Decimal(amount[1]), amount[2]
    smaller, factors = _SMALLER.get(unit, ("", ()))
    larger, divisors = _LARGER.get(unit, ("", ()))
    found = [f"{_plain(number * factor)}{smaller}" for factor in factors]
    parts = [number / divisor for divisor in divisors]
    return (*found, *(f"{_plain(part)}{larger}" for part in parts if part and part == part.quantize(_DECIMALS)))


def _plain(number: Decimal) -> str:
    """Without an exponent, and without noughts at the end of its decimals."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
