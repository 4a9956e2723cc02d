"""Sizes: lengths or numbers that are joined by 'x', as one token."""

import dataclasses
import re
from collections.abc import Sequence
from decimal import Decimal

from language.numbers import plain
from language.quantities import LABEL, Amount, Quantity

_INCHES = "in"
_LENGTHS = frozenset({"mm", _INCHES})
_PIXELS = "px"  # of a size they say no more than 'x' does
# What a size without a unit may be in, up to which number: '2x4' is also '2 in. x 4 in.'.
_UNITS_OF_SIZES = (("in", 1, 200), ("in", 12, 50), ("mm", 1, 10_000), ("mm", 10, 500), ("mm", 1000, 50))
_MAX_SIDES = 4
_LEAST_TURNED = 10  # a size with a smaller side and no unit is a name: '2x4' is no board of 4 x 2 ft.
JOINED = re.compile(rf"\s?(?:{LABEL}\b\.?\s?)?[x\u00d7*]\s?|\sby\s")


def sides_at(text: str, quantities: Sequence[Quantity], place: int) -> Sequence[Quantity]:
    """The lengths or bare numbers that are joined by 'x' from a place on, up to one of another system of units."""
    sides: list[Quantity] = []
    base = ""
    for each in quantities[place : place + _MAX_SIDES]:
        is_length = each.unit is None or each.unit.base in _LENGTHS or each.unit.base == _PIXELS
        if not is_length or (sides and not JOINED.fullmatch(text, sides[-1].end, each.start)):
            break
        if each.unit and base and each.unit.base != base:
            break
        base = each.unit.base if each.unit else base
        sides.append(each)
    if sides and sides[-1].unit is None and text[sides[-1].end : sides[-1].end + 1].isalpha():
        sides.pop()  # '4x4wd'
    return sides


def size_of(sides: Sequence[Quantity]) -> Amount:
    """The unit that stands with some sides, mostly the last, is that of those without one."""
    given: Quantity | None = None
    for side in reversed(sides):
        given = side if side.unit else given
    lengths = []
    for side in reversed(sides):
        given = side if side.unit else given
        lengths.append(_in_unit_of(given, side) if given else side)
    lengths.reverse()
    bare = "x".join(plain(side.number) for side in sides)
    start, end = sides[0].start, sides[-1].end
    base = given.unit.base if given and given.unit else _PIXELS
    if base == _PIXELS:
        longest = max(side.number for side in sides)
        units = ((base, factor) for base, factor, most in _UNITS_OF_SIZES if longest <= most)
        in_units = [(base, [plain(side.number * factor) for side in sides]) for base, factor in units]
        numbers = [plain(side.number) for side in sides]
        ways = [*_either_way(numbers), *(each for base, sizes in in_units for each in _either_way(sizes, base))]
        if min(side.number for side in sides) < _LEAST_TURNED:
            ways = [bare, *("x".join(sizes) + base for base, sizes in in_units)]
        return Amount(start, end, bare, tuple(ways[1:]), tuple(_runs(numbers, "")))
    numbers = [plain(length.number * length.factor) for length in lengths]
    parts = _runs(numbers, base)
    if len({length.factor for length in lengths}) > 1:
        parts[bare] = None  # '2 in. x 4 in. x 8 ft.' is called 2x4x8
    alternatives = (bare, *_either_way(numbers, base)[1:])
    return Amount(start, end, "x".join(numbers) + base, alternatives, tuple(parts))


def _in_unit_of(given: Quantity, side: Quantity) -> Quantity:
    """A side without a unit is in the given one; but a fraction beside feet is of an inch: '3/8 x 50 ft.'."""
    is_inches = side.fraction and given.unit and given.unit.base == _INCHES
    return dataclasses.replace(side, unit=given.unit, factor=Decimal(1)) if is_inches else side.in_unit_of(given)


def _either_way(numbers: Sequence[str], base: str = "") -> list[str]:
    """A size, and one of two sides the other way round too: a frame of 50 x 70 cm is one of 70 x 50."""
    ways = [numbers, numbers[::-1]] if len(numbers) == 2 and numbers[0] != numbers[1] else [numbers]  # noqa: PLR2004
    return ["x".join(way) + base for way in ways]


def _runs(numbers: Sequence[str], base: str) -> dict[str, None]:
    """The sizes that are parts of one: '2x4' and '4x8' of '2x4x8', and each side."""
    runs = (numbers[first:last] for first in range(len(numbers)) for last in range(first + 1, len(numbers) + 1))
    return dict.fromkeys("x".join(run) + base for run in runs if len(run) < len(numbers))
