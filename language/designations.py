"""Designations that are one token each: threads, wires, sizes of tyres and trousers, and numbers that are names."""

import itertools
import re
from collections.abc import Iterator
from decimal import Decimal

from language.numbers import as_decimal, plain, read_fraction, read_number
from language.quantities import Amount, Quantity, QuantityReader
from language.sizes import size_of
from language.units import LETTERS
from language.word_lists import words

_THREADS = frozenset(map(Decimal, "1 1.2 1.4 1.6 2 2.5 3 3.5 4 5 6 8 10 12 14 16 18 20 22 24 27 30 36".split(" ")))  # noqa: SIM905
# A size in inches or a number, and the threads per inch.
_UNIFIED_THREADS = words(
    """
    4-40 4-48 5-40 5-44 6-32 6-40 8-32 8-36 10-24 10-32 12-24 12-28 1/4-20 1/4-28 5/16-18 5/16-24 3/8-16 3/8-24 7/16-14
    7/16-20 1/2-13 1/2-20 9/16-12 9/16-18 5/8-11 5/8-18 3/4-10 3/4-16 7/8-9 7/8-14
    """
)
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
# Sides named by a letter behind the number, which is no unit: '24W x 12D x 36H' are no watts, '32W 30L' no litres.
_SIDE = r"\d{1,3}(?:\.\d{1,2})?"
_LABELLED = re.compile(
    rf"(?<![{LETTERS}.,/-])(?P<first>{_SIDE})\s?(?P<of_first>[dhlw])\s?[x\u00d7]\s?"
    rf"(?P<second>{_SIDE})\s?(?P<of_second>[dhlw])(?:\s?[x\u00d7]\s?(?P<third>{_SIDE})\s?(?P<of_third>[dhlw]))?"
    rf"(?![{LETTERS}])"
)
_SIDES = ("first", "second", "third", "waist", "length")
# '8h x 5d' are hours and days.
_LABELS_OF_LENGTHS = frozenset("lw")
_WAIST_AND_LENGTH = re.compile(
    rf"(?<![{LETTERS}.,/-])(?:w\s?(?P<first>\d{{2}})\s?[x\u00d7/]?\s?l\s?(?P<second>\d{{2}})"
    rf"|(?P<waist>\d{{2}})w[ /](?P<length>\d{{2}})l)(?![{LETTERS}]|[.,]\d)"
)
_POSSIBLE_LABELLED = re.compile(r"\d\s?[dhlw]\s?[x\u00d7/ ]\s?\d|w\s?\d")


def find_designations(text: str, quantities: QuantityReader) -> Iterator[Amount]:
    """Threads, 'M 8 x 20 mm' and '1/4-20', 'AWG 24', sizes of tyres, and numbers that are names: 'No. 8'."""
    places = (possible.start() for possible in _POSSIBLE_THREAD.finditer(text))
    for match in filter(None, (_THREAD.match(text, place) for place in places)):
        size = read_number(match["number"])
        if size not in _THREADS or (match["space"] and quantities.unit_follows(text, match.end())):
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
        yield from _unified_threads(text, quantities)
    if _POSSIBLE_LABELLED.search(text):
        yield from _labelled_sizes(text)
    for match in _NUMBERED.finditer(text) if any(mark in text for mark in _NUMBER_MARKS) else ():
        if match["by"] or (match["word"] and not quantities.unit_follows(text, match.end("number"))):
            yield Amount(match.start(), match.end(), match["number"], parts=(match["word"],) if match["word"] else ())


def _unified_threads(text: str, quantities: QuantityReader) -> Iterator[Amount]:
    """'1/4-20' and '#10-32'; but '10-32 mm' is a range."""
    for match in _UNIFIED.finditer(text):
        size, threads = match["size"], match["threads"]
        token = f"{size}-{threads}"
        if token in _UNIFIED_THREADS and not quantities.unit_follows(text, match.end("threads")):
            fraction = read_fraction(size)
            inches = plain(as_decimal(*fraction)) if fraction else size
            parts = (inches, f"{inches}in", threads) if fraction else (size, threads)
            yield Amount(match.start("size"), match.end(), token, (f"{inches} {threads}",), parts)


def _labelled_sizes(text: str) -> Iterator[Amount]:
    """The same as the size without labels: '32W x 30L', '32W 30L' and 'W32/L30' are 32x30."""
    for match in itertools.chain(_LABELLED.finditer(text), _WAIST_AND_LENGTH.finditer(text)):
        found = match.groupdict()
        labels = [found[name] for name in ("of_first", "of_second", "of_third") if found.get(name)]
        if len({*labels}) < len(labels) or (labels and _LABELS_OF_LENGTHS.isdisjoint(labels)):
            continue
        numbers = (read_number(found[name]) for name in _SIDES if found.get(name))
        sides = [Quantity(match.start(), match.end(), number) for number in numbers if number is not None]
        yield size_of(sides)
