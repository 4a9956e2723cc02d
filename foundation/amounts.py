"""Numbers as people and spreadsheets write them: `1,299.50`, `1.299,50`, `1 299,50`, `1'299.50`.

`1.299` is two numbers, so a text is read in one of two notations, and never by guessing.
"""

import re
import unicodedata
from decimal import Decimal
from enum import StrEnum

_SPACES = "[ '\u2019\u00a0\u2009\u202f]"  # between groups of digits, in either notation


class Notation(StrEnum):
    """The character before the decimals."""

    POINT = "point"
    COMMA = "comma"


def _pattern(mark: str, group: str) -> re.Pattern[str]:
    """Groups of three digits have the same character between all of them."""
    by_three = rf"\d{{1,3}}(?P<by>{_SPACES}|{group})\d{{3}}(?:(?P=by)\d{{3}})*"
    as_in_india = r"\d{1,2}(?:,\d{2})+,\d{3}"
    whole = "|".join([by_three, r"\d+", *([as_in_india] if group == "," else [])])
    return re.compile(rf"[+-]?(?:(?:{whole})(?:{mark}\d*)?|{mark}\d+)", re.ASCII)


_MARKS = {Notation.POINT: ".", Notation.COMMA: ","}
_PATTERNS = {Notation.POINT: _pattern(r"\.", ","), Notation.COMMA: _pattern(",", r"\.")}
_NOT_DIGITS = re.compile(r"[^\d.,+-]", re.ASCII)


def read_number(text: str, notation: Notation) -> Decimal | None:
    """The number in this notation; None for any other text."""
    found = _PATTERNS[notation].fullmatch(text)
    if not found:
        return None
    mark = _MARKS[notation]
    whole, _, decimals = _NOT_DIGITS.sub("", text).partition(mark)
    return Decimal(f"{whole.replace('.', '').replace(',', '')}.{decimals}")


def in_notation(number: Decimal, notation: Notation) -> str:
    """The number as `read_number` reads it: without groups."""
    return f"{number:f}".replace(".", _MARKS[notation])


def ascii_digits(text: str) -> str:
    """Digits of other scripts as 0 to 9, and the minus sign as a hyphen."""
    if text.isascii():
        return text
    digits = (str(unicodedata.decimal(character, character)) for character in text)
    return "".join(digits).replace("\N{MINUS SIGN}", "-")
