"""Numbers with their units, as they stand in a text: what amounts are made of."""

import dataclasses
import re
from collections.abc import Iterator
from decimal import Decimal

from language.numbers import FRACTION_SLASH, as_decimal, plain, read_fraction, read_number
from language.units import LETTERS, Unit, UnitTable

# Bases whose amounts have fractions: any that rulers have, or halves, thirds and quarters. Of
# others '1/2' is a list: '1/2 GB'.
_RULER, _RULER_DENOMINATORS = frozenset({"in", "oz", "floz", "hp", "cuin", "sqin", "ton"}), {2, 3, 4, 5, 8, 16, 32, 64}
# A fraction without a unit is one, mostly of an inch: '3/4 pipe'. But '24/7' and '6/7' are none.
_BARE_DENOMINATORS = {2, 3, 4, 8, 16, 32, 64}
_SIMPLE, _SIMPLE_DENOMINATORS = frozenset({"mm", "g", "ml"}), {2, 3, 4}
_STANDARDS = frozenset({"802.11", "802.3", "802.1"})  # '802.11g' is a kind of network, no weight

_PLAIN = r"\d+(?:[.,]\d+|'\d{3}(?![\d\"]))*|\.\d+"
_MIXED = rf"(?<!\d/)(?:\d{{1,3}}[ -])?\d{{1,3}}[/{FRACTION_SLASH}]\d{{1,2}}(?![\d/])"
LABEL = r"(?:wide|width|w|high|height|h|deep|depth|d|long|length|l|tall|thick|dia)"
RANGE_WORDS = "to|bis|tot|till|a"  # the last one of Romance languages, which write it with an accent or without
_GOES_ON = re.compile(rf"\s?(?:{LABEL}\b|[x\u00d7*/\u2013~-]|\.\.|by\b|(?:{RANGE_WORDS})\s-?[\d.])")
_MAX_BETWEEN = 8  # characters that join two numbers, such as ' wide x '
_LONG_WORD = re.compile(rf"(?:^|[^{LETTERS}])[^\W\d_]{{4,}}[-\u2013/]$")
# "2 in 1", "10 in stock", "pack of 2 in black": no inches.
_NOT_INCHES = re.compile(
    r"\s*-?\s*(?:\d|(?:one|two|three|four|a|an|the|stock|total|all|each|set|box|pack|row|colou?rs?|various|assorted"
    r"|different|einem|einer|uno|una|un)\b)"
)
_COUNT_BEFORE = re.compile(r"(?<![a-z])(?:of|pack|set) $")
DIGITS = re.compile(r"\d+")
_WORD_AFTER = re.compile(r"[a-wyz]|x(?!\d)")
_CODE_GOES_ON = re.compile(r"-\d")
_NUMBER_AFTER = re.compile(r" \d")
_LETTER, _LETTER_OR_DOT = re.compile(f"[{LETTERS}]"), re.compile(rf"[{LETTERS}.]")


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
class Quantity:
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

    def in_unit_of(self, other: "Quantity") -> "Quantity":
        return dataclasses.replace(self, unit=other.unit, factor=other.factor)


class QuantityReader:
    """Finds numbers, with their units, in the units of a table."""

    def __init__(self, units: UnitTable) -> None:
        self._units = units

        def with_unit(kind: str) -> str:
            return rf"(?P<{kind}_space>(?: {{1,3}}|-)?)(?P<{kind}_unit>{units.pattern})"

        self._quantity = re.compile(
            rf"(?:(?P<grouped>\d{{1,3}}(?: \d{{3}}){{1,4}}){with_unit('grouped')}"
            rf"|(?P<mixed>{_MIXED})(?:{with_unit('mixed')}|(?=\s?[x\u00d7*]\s?[\d.]|-\d)|(?![{LETTERS}/-]|[.,]\d))"
            rf"|(?P<plain>{_PLAIN})(?:{with_unit('plain')})?)"
        )
        self._unit_follows = re.compile(rf"[ -]?(?:{units.pattern})")

    def unit_follows(self, text: str, place: int) -> bool:
        """Whether a unit stands at a place of the text, behind a space or a hyphen or not."""
        return bool(self._unit_follows.match(text, place))

    def find(self, text: str, decimal_comma: bool) -> Iterator[Quantity]:  # noqa: FBT001
        end = -1  # of the quantity before
        place = 0
        while digits := DIGITS.search(text, place):
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

    def _read(self, text: str, match: re.Match[str], decimal_comma: bool) -> Iterator[Quantity]:  # noqa: FBT001
        """What one match means: mostly one quantity, of '12/24 V' two."""
        kind = match.lastgroup.partition("_")[0] if match.lastgroup else ""
        start, number_end = match.span(kind)
        unit, factor = self._unit(text, match, kind)
        end, written = match.end() if unit else number_end, match[kind]
        unsure = bool(unit) and match[f"{kind}_space"] == " " and self._units.is_ambiguous(match[f"{kind}_unit"])
        ungrouped = None
        if kind == "mixed":
            if (parts := read_fraction(written)) and _is_fraction_of(parts[1].denominator, unit, written):
                yield Quantity(start, end, as_decimal(*parts), unit, factor, fraction="" if unit else written)
                return
            # A list, or two numbers side by side: the last one has the unit.
            *firsts, last = re.finditer(r"\d+", written)
            for each in firsts:
                if (number := read_number(each[0])) is not None:
                    yield Quantity(start + each.start(), start + each.end(), number)
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
            yield Quantity(start, end, number, unit, factor, unsure=unsure, ungrouped=ungrouped)

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
