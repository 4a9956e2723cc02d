"""How a column writes numbers and dates: as an option says, or as all of its values agree.

A value is never read in a way that another value of its column contradicts, nor by a guess.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from babel.numbers import is_currency
from django.conf import settings

from foundation import money
from foundation.amounts import Notation, ascii_digits, read_number

_AROUND = re.compile(  # a dot behind a letter is of an abbreviation: kr. 10
    r"(?P<before>(?:[^\d+.,'-]|(?<=[^\W\d_])\.)*)(?P<number>[+-]?[.,]?\d(?:.*\d)?[.,]?)(?P<after>[^\d]*)", re.DOTALL
)
_NO_DECIMALS = re.compile(r"(?<=\d)[.,]\s?[-\u2013\u2014]{1,2}(?=\D*$)")  # 5,- in German, 7.- in Switzerland
_LONGEST_SIGN = 5
_PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_DATE = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{1,4})", re.ASCII)
_TIME_OF_DAY = re.compile(
    r"(?<=\d)(?:T|,? )\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AP]M)?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?$", re.IGNORECASE
)
_TWO_DIGITS, _CENTURY, _LAST_OF_2000 = 2, 100, 68  # of a year: 68 is 2068 and 69 is 1969, as POSIX has it


class DateOrder(StrEnum):
    YEAR_FIRST = "Y-M-D"
    DAY_FIRST = "D-M-Y"
    MONTH_FIRST = "M-D-Y"


def _is_sign(text: str) -> bool:
    """Whether it is the currency's sign, with a dot or without: 'kr' and 'kr.'."""
    return any(map(money.is_sign, (text, text.removesuffix(".") or text, f"{text}.")))


def _is_currency(text: str) -> bool:
    """Whether it is a currency's sign or code, not only the shop's."""
    return is_currency(text.removesuffix(".")) or any(unicodedata.category(each) == "Sc" for each in text)


def _other_words(before: str, after: str) -> list[str]:
    """The words around a number that are no sign of the shop's currency."""
    return [word for word in (*before.split(), *after.split()) if not _is_sign(word)]


def _parts(text: str) -> tuple[str, str, str] | None:
    """The text before the number, the number, and the text after it with a space that is before that."""
    found = _AROUND.fullmatch(ascii_digits(text))
    return (found["before"].strip(), found["number"], found["after"].rstrip()) if found else None


@dataclass
class NumberColumn:
    """Learns from every text of a column; then `read` rewrites each with a decimal point.

    With `is_money` the texts may have the currency's sign; otherwise a unit may follow.
    """

    is_money: bool
    forced: Notation | None = None
    sign: str = ""
    _only: dict[Notation, str] = field(default_factory=dict)  # a text that is a number in this notation alone
    _signs: set[tuple[str, str]] = field(default_factory=set)
    _texts: int = 0

    def learn(self, text: str) -> None:
        text = _NO_DECIMALS.sub("", text) if self.is_money else text
        if _PLAIN.fullmatch(text):
            self._signs.add(("", ""))
            if "." in text and read_number(text, Notation.COMMA) is None:
                self._only.setdefault(Notation.POINT, text)
            return
        if not (parts := _parts(text)):
            return
        before, number, after = parts
        read = {notation: found for notation in Notation if (found := read_number(number, notation)) is not None}
        # An amount of yen has no decimals: '1,200' is no one and a fifth.
        is_whole = self.is_money and not money.decimals()
        readings = [notation for notation, found in read.items() if not is_whole or found == int(found)]
        if readings:
            self._signs.add((before, after.strip()))
        if len(readings) == 1:
            self._only.setdefault(readings[0], text)

    @property
    def notation(self) -> Notation | None:
        """The one of the option, or of some values if no value contradicts. None: a plain decimal point."""
        return self.forced or (next(iter(self._only)) if len(self._only) == 1 else None)

    def read(self, text: str) -> str:
        """The number with a decimal point and nothing else (except a unit); ValueError with the reason."""
        notation = self.notation
        text = _NO_DECIMALS.sub("", text) if self.is_money else text
        if _PLAIN.fullmatch(text) and notation is not Notation.COMMA:
            return text
        if not (parts := _parts(text)):
            return text
        before, number, unit = parts
        after = unit.strip()
        if self.is_money and (before or after) and not self._may_have(before, after):
            raise ValueError(self._about_sign(text, before, after))
        if not self.is_money and (before or number.isdecimal()):  # digits alone are alike in every notation
            return text if before else ascii_digits(text)
        if notation is None:
            if _PLAIN.fullmatch(number):
                return number if self.is_money else ascii_digits(text)
            readings = [read_number(number, one) for one in Notation]
            if readings[0] == readings[1]:
                return text if readings[0] is None else f"{readings[0]:f}{'' if self.is_money else unit}"
            if len(self._only) > 1:
                other = next(one for one in (self._only[Notation.POINT], self._only[Notation.COMMA]) if one != text)
                raise ValueError(f"{text!r} has another decimal mark than {other!r} in this column (--decimal)")
            raise ValueError(f"{text!r} is two numbers, with a decimal comma or a point (--decimal)")
        if (found := read_number(number, notation)) is None:
            raise ValueError(f"{text!r} is not a number with a decimal {notation}")
        return f"{found:f}{'' if self.is_money else unit}"  # with its space, if any: '3D' is no number, '3 D' may be

    def _about_sign(self, text: str, before: str, after: str) -> str:
        """Why a price with this beside its number cannot be read."""
        sign, others = before + after, _other_words(before, after)
        if others and len(others) < len([*before.split(), *after.split()]):
            return f"{text!r} is more than a price: leave out {' '.join(others)!r}"
        if len(sign) > _LONGEST_SIGN:
            return f"{text!r} is not a number such as 49.95"
        if _is_sign(sign):
            return f"{text!r} has the sign {sign}, which other values of this column do not have (--currency-sign)"
        return f"{text!r} is not an amount in {settings.CURRENCY}; if {sign} is its sign, add --currency-sign {sign}"

    def _may_have(self, before: str, after: str) -> bool:
        """Whether this is the option's sign, or the currency's while every value of the column has one of them."""
        if self._is_given((before, after)):
            return True
        if not all(map(_is_sign, (before, after))):
            return False
        return ("", "") not in self._signs and not any(map(self._is_of_others, self._signs))

    def _is_of_others(self, around: tuple[str, str]) -> bool:
        """Whether it has the sign of another currency. Words such as 'from' say nothing about other values."""
        return not self._is_given(around) and any(map(_is_currency, _other_words(*around)))

    def _is_given(self, around: tuple[str, str]) -> bool:
        return bool(self.sign) and "".join(around).removesuffix(".") == self.sign.strip().removesuffix(".")


@dataclass
class DateColumn:
    """Learns from every text of a column; then `read` rewrites each as 2026-03-31."""

    forced: DateOrder | None = None
    _possible: set[DateOrder] = field(default_factory=lambda: set(DateOrder))

    def learn(self, text: str) -> None:
        text = _TIME_OF_DAY.sub("", text)
        if found := {order for order in DateOrder if _date(text, order)}:
            self._possible &= found

    def read(self, text: str) -> str:
        """ValueError with the reason. A text that is no date stays as it is."""
        day = _TIME_OF_DAY.sub("", text)
        if not _DATE.fullmatch(day):
            return text
        if self.forced:
            if not (known := _date(day, self.forced)):
                raise ValueError(f"{text!r} is not a day written as {self.forced}")
            return known.isoformat()
        if year_first := _date(day, DateOrder.YEAR_FIRST):
            return year_first.isoformat()
        readings = {order: found for order in self._possible if (found := _date(day, order))}
        if len(set(readings.values())) > 1:
            raise ValueError(f"{text!r} is two days, with the day or the month first (--dates)")
        return next(iter(readings.values())).isoformat() if readings else text


def _date(text: str, order: DateOrder) -> date | None:
    found = _DATE.fullmatch(text)
    if not found:
        return None
    first, mark, second, third = found.groups()
    year, month, day = {
        DateOrder.YEAR_FIRST: (first, second, third),
        DateOrder.DAY_FIRST: (third, second, first),
        DateOrder.MONTH_FIRST: (third, first, second),
    }[order]
    if order is not DateOrder.YEAR_FIRST and len(year) == _TWO_DIGITS:
        year = str(1900 + int(year) + _CENTURY * (int(year) <= _LAST_OF_2000))
    if len(year) != 4 or (mark == "." and order is DateOrder.MONTH_FIRST):  # noqa: PLR2004 - digits of a year
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
