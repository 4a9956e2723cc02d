"""Amounts in a text: a number with its unit, or sizes joined by 'x', as one token each.

However an amount is written, its token is the same: '2,5 mm', '2.5mm' and '0.25 cm' are '2.5mm'. A
number without a unit is no amount, and never gets one.
"""

import dataclasses
import functools
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TypeAlias

from language.designations import find_designations
from language.numbers import plain
from language.quantities import DIGITS, RANGE_WORDS, Amount, Quantity, QuantityReader
from language.sizes import JOINED, sides_at, size_of
from language.units import BYTES, DEFAULT_UNITS, PIECES, UnitTable

_SIGNED = frozenset({"degc", "degf"})
_SQUARES = {"mm2": "mm"}  # a cable of 2.5 mm² is called one of 2.5 mm
_BINARY = Decimal("1.024")  # 1 TB is 1000 GB or 1024 GB
_MAX_SMALL, _MIN_THOUSANDS = 100, 1000
_OTHER_OUNCES = {"oz": "floz", "floz": "oz"}  # those of a bottle are fluid ones, named or not
# Of feet and pounds the rest follows in inches and ounces.
_RESTS = {("in", Decimal(12)), ("oz", Decimal(16))}

CACHED_TEXTS = 8_192
LONGEST_CACHED_TEXT = 200  # characters; a description is read once

_TO = re.compile(rf"[-\u2013/]|\s?(?:~|\.\.\.?)\s?|\s(?:{RANGE_WORDS})\s")
_REST = re.compile(",? ?|-")
_SIGN = re.compile("(?:^|[\\s(])[-\u2212]$")
_LETTER_RUNS = re.compile(r"[^\W\d_]+")
_MAX_LISTED = 12  # numbers of one list; without an end, a text of thousands would take seconds
_SHORT_NUMBER = re.compile(r"\d{1,4}")

_Quantities: TypeAlias = Sequence[Quantity]


class AmountReader:
    """Finds amounts in the units of a table."""

    def __init__(self, units: UnitTable = DEFAULT_UNITS) -> None:
        self._quantities = QuantityReader(units)

    def find(self, text: str, *, decimal_comma: bool = False) -> list[Amount]:
        """The amounts of a normalised text, in order; none overlaps another.

        `decimal_comma`: numbers are written 1.299,00, not 1,299.00.
        """
        if not DIGITS.search(text):
            return []
        quantities = list(self._quantities.find(text, decimal_comma))
        designations = list(find_designations(text, self._quantities))
        if designations:
            inside = {place for each in designations for place in range(each.start, each.end)}
            quantities = [each for each in quantities if inside.isdisjoint(range(each.start, each.end))]
        found = [*designations, *_amounts(text, quantities)]
        return sorted(found, key=lambda amount: amount.start) if designations else found


def is_amount(token: str) -> bool:
    """Whether the whole text is one amount, or a short number: '43.2cm', '1920x1080', '2019'."""
    if _SHORT_NUMBER.fullmatch(token):
        return True
    return [(amount.start, amount.end) for amount in find_amounts(token)] == [(0, len(token))]


def _amounts(text: str, quantities: _Quantities) -> Iterator[Amount]:
    place = 0
    while place < len(quantities):
        if len(sides := sides_at(text, quantities, place)) > 1:
            place += len(sides)
            yield _with_sign_behind(text, size_of(sides), quantities[place : place + 1])
        elif listed := _listed(text, quantities, place):
            yield from (_single(text, each) for each in listed)
            place += len(listed)
        elif whole := _with_rest(text, quantities[place : place + 2]):
            yield whole
            place += 2
        else:
            one = quantities[place]
            if one.fraction:
                yield _bare_fraction(one)
            elif one.unit:
                yield _with_sign_behind(text, _single(text, one), quantities[place + 1 : place + 2])
            elif _counts_the_next(text, quantities[place : place + 2]):
                yield Amount(one.start, quantities[place + 1].start, plain(one.number))
            elif (written := text[one.start : one.end]) and (token := _with_a_point(written, one.number)) != written:
                yield Amount(one.start, one.end, token, parts=tuple(DIGITS.findall(written)) if "." in token else ())
            place += 1


def _with_sign_behind(text: str, amount: Amount, following: _Quantities) -> Amount:
    """With the 'x' between two that are no size together: '12 in. x 12 in. x 10 mm'."""
    if following and following[0].unit and JOINED.fullmatch(text, amount.end, following[0].start):
        return dataclasses.replace(amount, end=following[0].start)
    return amount


def _counts_the_next(text: str, pair: _Quantities) -> bool:
    """'6 x 1.5 l' is six times 1.5 litres."""
    return len(pair) > 1 and bool(pair[1].unit and JOINED.fullmatch(text, pair[0].end, pair[1].start))


def _listed(text: str, quantities: _Quantities, place: int) -> _Quantities:
    """'5-10 mm' and '110/220 V': numbers that all have the last one's unit; else ()."""
    listed = [quantities[place]]
    for each in quantities[place + 1 : place + _MAX_LISTED]:
        before = listed[-1]
        sign = text[before.end : each.start]
        if before.unit or not _TO.fullmatch(sign) or (sign != "/" and before.number >= each.number):
            break
        listed.append(each)
    last = listed[-1]
    return [each.in_unit_of(last) for each in listed] if last.unit and len(listed) > 1 else ()


def _with_rest(text: str, quantities: _Quantities) -> Amount | None:
    """Feet and inches, pounds and ounces: '5 ft. 6 in.'."""
    if len(quantities) == 1:
        return None
    first, rest = quantities
    is_rest = (
        first.unit
        and rest.unit
        and (first.unit.base, first.factor) in _RESTS
        and (rest.unit.base, rest.factor) == (first.unit.base, Decimal(1))
        and rest.number < first.factor
        and rest.number % 1 == 0 == first.number % 1
        and _REST.fullmatch(text, first.end, rest.start)
    )
    if not is_rest:
        return None
    whole = dataclasses.replace(first, number=first.number * first.factor + rest.number, factor=Decimal(1))
    return Amount(first.start, rest.end, whole.token(), parts=(first.token(), rest.token()))


def _bare_fraction(quantity: Quantity) -> Amount:
    """Mostly inches; but 'iPhone 7/8' is for both."""
    numbers = DIGITS.findall(quantity.fraction)
    inches = f"{quantity.token()}in"
    return Amount(quantity.start, quantity.end, quantity.token(), (inches, " ".join(numbers)), (inches, *numbers))


def _with_a_point(written: str, number: Decimal) -> str:
    """A number without a unit: '1000' of '1,000' and '2.5' of '2,5'; but '3.0' may be a version, and stays."""
    if number == number.to_integral_value() and number >= _MIN_THOUSANDS:
        return plain(number)
    return written.replace(",", ".")


def _single(text: str, quantity: Quantity) -> Amount:
    start, end = quantity.start, quantity.end
    base = quantity.unit.base if quantity.unit else ""
    if base in _SIGNED and _SIGN.search(text, max(start - 2, 0), start):
        start -= 1
        quantity = dataclasses.replace(quantity, number=-quantity.number)
    alternatives: tuple[str, ...] = ()
    parts = tuple(text[start:end].split()) if quantity.unsure else ()
    if quantity.ungrouped is not None:
        alternatives = parts = (dataclasses.replace(quantity, number=quantity.ungrouped).token(),)
    elif base == BYTES:
        alternatives = tuple(_other_bytes(quantity))
    elif base == PIECES:
        alternatives = (plain(quantity.number),)  # 'pack of 6', '6er'
        parts = (*alternatives, *_LETTER_RUNS.findall(text, start, end))
    elif base in _SQUARES and quantity.factor == 1:
        parts = (f"{plain(quantity.number)}{_SQUARES[base]}",)
    elif base in _OTHER_OUNCES and quantity.factor == 1:
        alternatives = (f"{plain(quantity.number)}{_OTHER_OUNCES[base]}",)
    return Amount(start, end, quantity.token(), alternatives, parts, quantity.unsure)


def _other_bytes(quantity: Quantity) -> Iterator[str]:
    """The amount as 1024 times, or by 1024, what it is as 1000 times; but 250 GB are not 256 GB."""
    written = quantity.number
    if written <= _MAX_SMALL or (written >= _MIN_THOUSANDS and written % 500 == 0):
        yield dataclasses.replace(quantity, factor=quantity.factor * _BINARY).token()
    elif written >= _MIN_THOUSANDS and written % 512 == 0:
        yield dataclasses.replace(quantity, factor=quantity.factor / _BINARY).token()


_DEFAULT = AmountReader()


def find_amounts(text: str, *, decimal_comma: bool = False) -> list[Amount]:
    """`AmountReader.find` with the default units. What a document needs several times is cached: names, model codes."""
    if len(text) > LONGEST_CACHED_TEXT:
        return _DEFAULT.find(text, decimal_comma=decimal_comma)
    return [*_cached_amounts(text, decimal_comma)] if DIGITS.search(text) else []


@functools.lru_cache(CACHED_TEXTS)
def _cached_amounts(text: str, decimal_comma: bool) -> tuple[Amount, ...]:  # noqa: FBT001 - an argument is cheaper
    return tuple(_DEFAULT.find(text, decimal_comma=decimal_comma))
