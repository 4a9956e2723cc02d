"""Amounts in a text: a number with its unit, or sizes joined by 'x', as one token each.

However an amount is written, its token is the same: '2,5 mm', '2.5mm' and '0.25 cm' are '2.5mm'. A
number without a unit is no amount, and never gets one.
"""

import dataclasses
import functools
import itertools
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TypeAlias

from language.numbers import FRACTION_SLASH, as_decimal, plain, read_fraction, read_number
from language.units import BYTES, DEFAULT_UNITS, LETTERS, PIECES, Unit, UnitTable
from language.word_lists import words

# Bases whose amounts have fractions: any that rulers have, or halves, thirds and quarters. Of
# others '1/2' is a list: '1/2 GB'.
_RULER, _RULER_DENOMINATORS = frozenset({"in", "oz", "floz", "hp", "cuin", "sqin", "ton"}), {2, 3, 4, 5, 8, 16, 32, 64}
# A fraction without a unit is one, mostly of an inch: '3/4 pipe'. But '24/7' and '6/7' are none.
_BARE_DENOMINATORS = {2, 3, 4, 8, 16, 32, 64}
_SIMPLE, _SIMPLE_DENOMINATORS = frozenset({"mm", "g", "ml"}), {2, 3, 4}
_SIGNED = frozenset({"degc", "degf"})
_LENGTHS = frozenset({"mm", "in"})
_PIXELS = "px"  # of a size they say no more than 'x' does
_SQUARES = {"mm2": "mm"}  # a cable of 2.5 mm² is called one of 2.5 mm
# What a size without a unit may be in, up to which number: '2x4' is also '2 in. x 4 in.'.
_UNITS_OF_SIZES = (("in", 1, 200), ("in", 12, 50), ("mm", 1, 10_000), ("mm", 10, 500), ("mm", 1000, 50))
_MAX_SIDES = 4
_LEAST_TURNED = 10  # a size with a smaller side and no unit is a name: '2x4' is no board of 4 x 2 ft.
_BINARY = Decimal("1.024")  # 1 TB is 1000 GB or 1024 GB
_MAX_SMALL, _MIN_THOUSANDS = 100, 1000
_OTHER_OUNCES = {"oz": "floz", "floz": "oz"}  # those of a bottle are fluid ones, named or not
# Of feet and pounds the rest follows in inches and ounces.
_RESTS = {("in", Decimal(12)), ("oz", Decimal(16))}
_THREADS = frozenset(map(Decimal, "1 1.2 1.4 1.6 2 2.5 3 3.5 4 5 6 8 10 12 14 16 18 20 22 24 27 30 36".split(" ")))  # noqa: SIM905
# A size in inches or a number, and the threads per inch.
_UNIFIED_THREADS = words(
    """
    4-40 4-48 5-40 5-44 6-32 6-40 8-32 8-36 10-24 10-32 12-24 12-28 1/4-20 1/4-28 5/16-18 5/16-24 3/8-16 3/8-24 7/16-14
    7/16-20 1/2-13 1/2-20 9/16-12 9/16-18 5/8-11 5/8-18 3/4-10 3/4-16 7/8-9 7/8-14
    """
)
_STANDARDS = frozenset({"802.11", "802.3", "802.1"})  # '802.11g' is a kind of network, no weight

CACHED_TEXTS = 8_192
LONGEST_CACHED_TEXT = 200  # characters; a description is read once

_PLAIN = r"\d+(?:[.,]\d+|'\d{3}(?![\d\"]))*|\.\d+"
_MIXED = rf"(?<!\d/)(?:\d{{1,3}}[ -])?\d{{1,3}}[/{FRACTION_SLASH}]\d{{1,2}}(?![\d/])"
_LABEL = r"(?:wide|width|w|high|height|h|deep|depth|d|long|length|l|tall|thick|dia)"
_JOINED = re.compile(rf"\s?(?:{_LABEL}\b\.?\s?)?[x\u00d7*]\s?|\sby\s")
_RANGE_WORDS = "to|bis|tot|till|a"  # the last one of Romance languages, which write it with an accent or without
_GOES_ON = re.compile(rf"\s?(?:{_LABEL}\b|[x\u00d7*/\u2013~-]|\.\.|by\b|(?:{_RANGE_WORDS})\s-?[\d.])")
_MAX_BETWEEN = 8  # characters that join two numbers, such as ' wide x '
_TO = re.compile(rf"[-\u2013/]|\s?(?:~|\.\.\.?)\s?|\s(?:{_RANGE_WORDS})\s")
_REST = re.compile(",? ?|-")
_SIGN = re.compile("(?:^|[\\s(])[-\u2212]$")
_LONG_WORD = re.compile(rf"(?:^|[^{LETTERS}])[^\W\d_]{{4,}}[-\u2013/]$")
# "2 in 1", "10 in stock", "pack of 2 in black": no inches.
_NOT_INCHES = re.compile(
    r"\s*-?\s*(?:\d|(?:one|two|three|four|a|an|the|stock|total|all|each|set|box|pack|row|colou?rs?|various|assorted"
    r"|different|einem|einer|uno|una|un)\b)"
)
_COUNT_BEFORE = re.compile(r"(?<![a-z])(?:of|pack|set) $")
_THREAD = re.compile(
    rf"(?<![{LETTERS}.'-])(?<!\d )(?<![a-z]/)m(?P<space> ?)(?P<number>\d{{1,2}}(?:[.,]\d)?)"
    rf"(?:\s?[x\u00d7*]\s?(?P<length>\d{{1,3}}(?:[.,]\d+)?)(?:\s?mm\b)?)?(?![{LETTERS}]|[.,]\d)"
)
_POSSIBLE_THREAD = re.compile(r"m ?\d")
# 'No. 8 x 1 in.' and '#8 x 1 in.': the first number is a name, and no side of a size.
_NUMBERED = re.compile(
    rf"(?:#|(?<![{LETTERS}])(?P<word>no|nr|n\.o|n\u00b0|number)[. ])\s?(?P<number>\d{{1,3}})(?![{LETTERS}]|[.,]\d)"
    r"(?P<by>\s?[x\u00d7]\s?(?=[\d.]))?"
)
_NUMBER_MARKS = ("#", "no ", "no.", "nr ", "nr.", "n.o", "n\u00b0", "number ")
_UNIFIED = re.compile(
    rf"(?:#|(?<![{LETTERS}/.,#-]))(?P<size>\d{{1,2}}(?:/\d{{1,2}})?)\"?\s?-\s?(?P<threads>\d{{1,2}})(?![{LETTERS}]|[.,]\d|-\d)"
    r"(?:\s?[x\u00d7]\s?(?=[\d.]))?"
)
_TYRE = re.compile(rf"(?<![{LETTERS}/.,-])(\d{{3}})/(\d{{2}})\s?z?r\s?(\d{{2}})(?![{LETTERS}]|[.,]\d)")
_POSSIBLE_TYRE, _POSSIBLE_UNIFIED = re.compile(r"/\d{2}\s?z?r"), re.compile(r"-\s?\d{2}(?!\d)")
_WIRE = re.compile(rf"(?<![{LETTERS}])awg[ -]?#?(?P<number>\d{{1,2}})(?![{LETTERS}]|[.,]\d)")
_DIGITS = re.compile(r"\d+")
_WORD_AFTER = re.compile(r"[a-wyz]|x(?!\d)")
_CODE_GOES_ON = re.compile(r"-\d")
_NUMBER_AFTER = re.compile(r" \d")
_LETTER, _LETTER_OR_DOT, _LETTER_RUNS = (
    re.compile(f"[{LETTERS}]"),
    re.compile(rf"[{LETTERS}.]"),
    re.compile(r"[^\W\d_]+"),
)
_MAX_LISTED = 12  # numbers of one list; without an end, a text of thousands would take seconds
_SHORT_NUMBER = re.compile(r"\d{1,4}")


@dataclasses.dataclass(frozen=True, slots=True)
class Amount:
    """One amount: where it stands in the text, and its token.

    `alternatives`: tokens that a query takes for equal: 1 TB is 1000 or 1024 GB. One with spaces is
    several tokens that a document has to have all.
    `parts`: what a document is also found by: '2 in. x 4 in.' by '4 in.' too, and a bare '2x4'
    by its numbers. Those without a digit are words that are still to be stemmed.
    `unsure`: a query takes it for the words that it is, and a document holds both ('2 HP toner').
    """

    start: int
    end: int
    token: str
    alternatives: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    unsure: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class _Quantity:
    """A number as found, with its unit if it has one; `end` is after the unit."""

    start: int
    end: int
    number: Decimal
    unit: Unit | None = None
    factor: Decimal = Decimal(1)
    unsure: bool = False
    fraction: str = ""  # as written, of a fraction without a unit
    ungrouped: Decimal | None = None  # '2 500 ml' may be two times 500 ml

    def token(self) -> str:
        return f"{plain(self.number * self.factor)}{self.unit.base if self.unit else ''}"

    def in_unit_of(self, other: "_Quantity") -> "_Quantity":
        return dataclasses.replace(self, unit=other.unit, factor=other.factor)


_Quantities: TypeAlias = Sequence[_Quantity]


class AmountReader:
    """Finds amounts in the units of a table."""

    def __init__(self, units: UnitTable = DEFAULT_UNITS) -> None:
        self._units = units

        def with_unit(kind: str) -> str:
            return rf"(?P<{kind}_space>(?: {{1,3}}|-)?)(?P<{kind}_unit>{units.pattern})"

        self._quantity = re.compile(
            rf"(?:(?P<grouped>\d{{1,3}}(?: \d{{3}}){{1,4}}){with_unit('grouped')}"
            rf"|(?P<mixed>{_MIXED})(?:{with_unit('mixed')}|(?=\s?[x\u00d7*]\s?[\d.]|-\d)|(?![{LETTERS}/-]|[.,]\d))"
            rf"|(?P<plain>{_PLAIN})(?:{with_unit('plain')})?)"
        )
        self._unit_follows = re.compile(rf"[ -]?(?:{units.pattern})")

    def find(self, text: str, *, decimal_comma: bool = False) -> list[Amount]:
        """The amounts of a normalised text, in order; none overlaps another.

        `decimal_comma`: numbers are written 1.299,00, not 1,299.00.
        """
        if not _DIGITS.search(text):
            return []
        quantities = list(self._quantities(text, decimal_comma))
        designations = list(self._designations(text))
        if designations:
            inside = {place for each in designations for place in range(each.start, each.end)}
            quantities = [each for each in quantities if inside.isdisjoint(range(each.start, each.end))]
        found = [*designations, *_amounts(text, quantities)]
        return sorted(found, key=lambda amount: amount.start) if designations else found

    def _quantities(self, text: str, decimal_comma: bool) -> Iterator[_Quantity]:  # noqa: FBT001
        end = -1  # of the quantity before
        place = 0
        while digits := _DIGITS.search(text, place):
            place = digits.end()
            start = digits.start()
            if text[start - 1 : start] == "." and not _LETTER_OR_DOT.match(text[start - 2 : start - 1]):
                start -= 1
            if _may_start(text, start, end) and (match := self._quantity.match(text, start)):
                is_bare = match.lastgroup == "plain" and end < start - _MAX_BETWEEN and match[0].isdecimal()
                if is_bare and not _GOES_ON.match(text, match.end()):
                    place = match.end()  # as most are
                    continue
                for quantity in self._read(text, match, decimal_comma):
                    yield quantity
                    end = quantity.end
                place = max(end, place)

    def _read(self, text: str, match: re.Match[str], decimal_comma: bool) -> Iterator[_Quantity]:  # noqa: FBT001
        """What one match means: mostly one quantity, of '12/24 V' two."""
        kind = match.lastgroup.partition("_")[0] if match.lastgroup else ""
        start, number_end = match.span(kind)
        unit, factor = self._unit(text, match, kind)
        end, written = match.end() if unit else number_end, match[kind]
        unsure = bool(unit) and match[f"{kind}_space"] == " " and self._units.is_ambiguous(match[f"{kind}_unit"])
        ungrouped = None
        if kind == "mixed":
            if (parts := read_fraction(written)) and _is_fraction_of(parts[1].denominator, unit, written):
                yield _Quantity(start, end, as_decimal(*parts), unit, factor, fraction="" if unit else written)
                return
            # A list, or two numbers side by side: the last one has the unit.
            *firsts, last = re.finditer(r"\d+", written)
            for each in firsts:
                if (number := read_number(each[0])) is not None:
                    yield _Quantity(start + each.start(), start + each.end(), number)
            start, written = start + last.start(), last[0]
        if kind == "grouped" and not re.search(r" 0", written):
            # Perhaps a count and a number: certainly, where nobody groups with spaces.
            last_group = written.rpartition(" ")[2]
            if decimal_comma:
                ungrouped = read_number(last_group)
            else:
                start, written = number_end - len(last_group), last_group
        number = read_number(written, decimal_comma=decimal_comma)
        if number is None or (unit and (number < unit.least or self._is_code(text, match, kind))):
            unit, factor, end, unsure = None, Decimal(1), number_end, False
        if number is not None:
            yield _Quantity(start, end, number, unit, factor, unsure=unsure, ungrouped=ungrouped)

    def _is_code(self, text: str, match: re.Match[str], kind: str) -> bool:
        """Whether a number without a unit follows a hyphen: '10SF-036', but '12V-24V' and '5m-cable'."""
        if match[f"{kind}_space"] or not _CODE_GOES_ON.match(text, match.end()):
            return False
        following = self._quantity.match(text, match.end() + 1)
        return following is None or not following["plain_unit"]

    def _unit(self, text: str, match: re.Match[str], kind: str) -> tuple[Unit | None, Decimal]:
        spelling, space = match[f"{kind}_unit"], match[f"{kind}_space"]
        if not spelling or match[kind] in _STANDARDS or (space == "-" and len(spelling) == 1):
            return None, Decimal(1)
        if spelling == "'":  # feet; but "90's" and "10'x12'"
            is_unit = not space and not _WORD_AFTER.match(text, match.end())
        elif spelling == '"':  # after a space it may open a phrase
            is_unit = not space or not text[match.end() : match.end() + 1].isalnum()
        elif spelling == "in" and space:
            is_unit = not (
                _NOT_INCHES.match(text, match.end())
                or _COUNT_BEFORE.search(text, max(match.start() - 6, 0), match.start())
            )
        else:  # 'from 0 to 60 °C' has no terabytes
            is_unit = not (
                space == " " and _NUMBER_AFTER.match(text, match.end()) and self._units.is_ambiguous(spelling)
            )
        return self._units.read(spelling) if is_unit else (None, Decimal(1))

    def _designations(self, text: str) -> Iterator[Amount]:
        """Threads, 'M 8 x 20 mm' and '1/4-20', 'AWG 24', sizes of tyres, and numbers that are names: 'No. 8'."""
        places = (possible.start() for possible in _POSSIBLE_THREAD.finditer(text))
        for match in filter(None, (_THREAD.match(text, place) for place in places)):
            size = read_number(match["number"])
            if size not in _THREADS or (match["space"] and self._unit_follows.match(text, match.end())):
                continue
            token = f"m{match['number'].replace(',', '.')}"
            length = read_number(match["length"]) if match["length"] else None
            parts = ("m", token[1:]) if match["space"] else ()
            if length is not None:
                parts = (*parts, token, f"{plain(length)}mm", f"{plain(size)}x{plain(length)}")  # '8x50', without its M
                token = f"{token}x{plain(length)}"
            yield Amount(match.start(), match.end(), token, parts=parts)
        for match in _WIRE.finditer(text) if "awg" in text else ():
            yield Amount(match.start(), match.end(), f"{int(match['number'])}awg")
        for match in _TYRE.finditer(text) if _POSSIBLE_TYRE.search(text) else ():
            width, height, rim = match.groups()
            yield Amount(match.start(), match.end(), f"{width}/{height}r{rim}", parts=(width, height, f"r{rim}", rim))
        if _POSSIBLE_UNIFIED.search(text):
            yield from self._unified_threads(text)
        for match in _NUMBERED.finditer(text) if any(mark in text for mark in _NUMBER_MARKS) else ():
            if match["by"] or (match["word"] and not self._unit_follows.match(text, match.end("number"))):
                yield Amount(
                    match.start(), match.end(), match["number"], parts=(match["word"],) if match["word"] else ()
                )

    def _unified_threads(self, text: str) -> Iterator[Amount]:
        """'1/4-20' and '#10-32'; but '10-32 mm' is a range."""
        for match in _UNIFIED.finditer(text):
            size, threads = match["size"], match["threads"]
            token = f"{size}-{threads}"
            if token in _UNIFIED_THREADS and not self._unit_follows.match(text, match.end("threads")):
                fraction = read_fraction(size)
                inches = plain(as_decimal(*fraction)) if fraction else size
                parts = (inches, f"{inches}in", threads) if fraction else (size, threads)
                yield Amount(match.start("size"), match.end(), token, (f"{inches} {threads}",), parts)


def is_amount(token: str) -> bool:
    """Whether the whole text is one amount, or a short number: '43.2cm', '1920x1080', '2019'."""
    if _SHORT_NUMBER.fullmatch(token):
        return True
    return [(amount.start, amount.end) for amount in find_amounts(token)] == [(0, len(token))]


def _may_start(text: str, start: int, end_before: int) -> bool:
    """Whether what stands before a number leaves it a number, not a price or a part of a code."""
    if start in {0, end_before} or (before := text[start - 1]) == " ":
        return True
    if before in "-\u2013/x" and end_before == start - 1:
        return True
    if before in "-\u2013/":
        return start == 1 or text[start - 2] in " (" or bool(_LONG_WORD.search(text, max(start - 40, 0), start))
    if before in ".,":
        return not text[start - 2 : start - 1].isdigit()
    return before not in "$€£¥#" and not _LETTER.match(before)


def _is_fraction_of(denominator: int, unit: Unit | None, written: str) -> bool:
    if unit is None:
        return denominator in _BARE_DENOMINATORS
    if FRACTION_SLASH in written:
        return True
    return (unit.base in _RULER and denominator in _RULER_DENOMINATORS) or (
        unit.base in _SIMPLE and denominator in _SIMPLE_DENOMINATORS
    )


def _amounts(text: str, quantities: _Quantities) -> Iterator[Amount]:
    place = 0
    while place < len(quantities):
        if len(sides := _sides(text, quantities, place)) > 1:
            yield _size(sides)
            place += len(sides)
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
                yield _single(text, one)
            elif _counts_the_next(text, quantities[place : place + 2]):
                yield Amount(one.start, quantities[place + 1].start, plain(one.number))
            elif (written := text[one.start : one.end]) and (token := _with_a_point(written, one.number)) != written:
                yield Amount(one.start, one.end, token, parts=tuple(_DIGITS.findall(written)) if "." in token else ())
            place += 1


def _sides(text: str, quantities: _Quantities, place: int) -> _Quantities:
    """The lengths or bare numbers that are joined by 'x' from a place on."""
    sides: list[_Quantity] = []
    for each in quantities[place : place + _MAX_SIDES]:
        is_length = each.unit is None or each.unit.base in _LENGTHS or each.unit.base == _PIXELS
        if not is_length or (sides and not _JOINED.fullmatch(text, sides[-1].end, each.start)):
            break
        sides.append(each)
    if sides and sides[-1].unit is None and text[sides[-1].end : sides[-1].end + 1].isalpha():
        sides.pop()  # '4x4wd'
    bases = {side.unit.base for side in sides if side.unit}
    return sides if len(bases) <= 1 else ()


def _size(sides: _Quantities) -> Amount:
    """The unit that stands with some sides, mostly the last, is that of those without one."""
    given: _Quantity | None = None
    for side in reversed(sides):
        given = side if side.unit else given
    lengths = []
    for side in reversed(sides):
        given = side if side.unit else given
        lengths.append(side.in_unit_of(given) if given else side)
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


def _either_way(numbers: Sequence[str], base: str = "") -> list[str]:
    """A size, and one of two sides the other way round too: a frame of 50 x 70 cm is one of 70 x 50."""
    ways = [numbers, numbers[::-1]] if len(numbers) == 2 and numbers[0] != numbers[1] else [numbers]  # noqa: PLR2004
    return ["x".join(way) + base for way in ways]


def _counts_the_next(text: str, pair: _Quantities) -> bool:
    """'6 x 1.5 l' is six times 1.5 litres."""
    return len(pair) > 1 and bool(pair[1].unit and _JOINED.fullmatch(text, pair[0].end, pair[1].start))


def _runs(numbers: Sequence[str], base: str) -> dict[str, None]:
    """The sizes that are parts of one: '2x4' and '4x8' of '2x4x8', and each side."""
    runs = (numbers[first:last] for first in range(len(numbers)) for last in range(first + 1, len(numbers) + 1))
    return dict.fromkeys("x".join(run) + base for run in runs if len(run) < len(numbers))


def _listed(text: str, quantities: _Quantities, place: int) -> _Quantities:
    """'5-10 mm' and '110/220 V': numbers that all have the last one's unit; else ()."""
    listed = [quantities[place]]
    for each in itertools.islice(quantities, place + 1, place + _MAX_LISTED):
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


def _bare_fraction(quantity: _Quantity) -> Amount:
    """Mostly inches; but 'iPhone 7/8' is for both."""
    numbers = _DIGITS.findall(quantity.fraction)
    inches = f"{quantity.token()}in"
    return Amount(quantity.start, quantity.end, quantity.token(), (inches, " ".join(numbers)), (inches, *numbers))


def _with_a_point(written: str, number: Decimal) -> str:
    """A number without a unit: '1000' of '1,000' and '2.5' of '2,5'; but '3.0' may be a version, and stays."""
    if number == number.to_integral_value() and number >= _MIN_THOUSANDS:
        return plain(number)
    return written.replace(",", ".")


def _single(text: str, quantity: _Quantity) -> Amount:
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


def _other_bytes(quantity: _Quantity) -> Iterator[str]:
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
    return [*_cached_amounts(text, decimal_comma)] if _DIGITS.search(text) else []


@functools.lru_cache(CACHED_TEXTS)
def _cached_amounts(text: str, decimal_comma: bool) -> tuple[Amount, ...]:  # noqa: FBT001 - an argument is cheaper
    return tuple(_DEFAULT.find(text, decimal_comma=decimal_comma))
