"""Sizes and amounts: '8 GB' is '8gb' and '15.6"' is '15.6inch', in documents (`analysis.py`) and in queries alike.

The patterns are in the common ground of Python's and Java's regular expressions.
"""

import re

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
