"""Words of a query that mean a filter or an order: 'under 500', '20-40 dollars', 'cheapest'.

Only what cannot mean anything else is read so. A number is a price when it stands with the shop's
currency, or when words of price stand before it and nothing behind it that it could count: 'under
500 g' is a weight, 'windows 10' a name, and '$300' no price of a shop that sells in euros.
"""

import dataclasses
import functools
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from language.amounts import find_amounts
from language.normalisation import fold_with_positions
from language.numbers import plain, read_number
from language.price_words import CURRENCY_SIGNS, PRICE_WORDS, PriceWords
from language.units import LETTERS
from search_api.contracts import Interpretation, SearchRequest, Sort

# Longer texts are pasted names: in these, only words of price with a currency are a price.
MAX_TYPED_WORDS = 8
MAX_PRICE_DIGITS, PRICE_PLACES = 10, 2

_NUMBER = r"\d{1,3}(?:[.,']\d{3}| 000)+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_WORD = re.compile(r"\w+")


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """What a request means: as a request without those words, and what was read into them."""

    request: SearchRequest
    interpreted: tuple[Interpretation, ...] = ()

    def with_words(self, rest: str | None) -> str | None:
        """Another text for the remaining words, with the interpreted ones as they were typed."""
        return rest and " ".join([*rest.split(), *(each["text"] for each in self.interpreted)])


@dataclasses.dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    kind: str
    changes: dict[str, Any]  # of the request


def read(request: SearchRequest, *, language: str, currency: str, decimal_comma: bool) -> Reading:
    """The request with its words of price as filters and order.

    What was chosen as a parameter stays: then the words say nothing more, and are left out as well.
    """
    if not request.interpret or not request.q:
        return Reading(request)
    reader = _reader(language, currency, decimal_comma)
    found = reader.find(request.q)
    if not found:
        return Reading(request)
    rest, changes, interpreted = request.q, dict[str, Any](), list[Interpretation]()
    for each in found:
        is_free = all(getattr(request, name) in {None, Sort.RELEVANCE} for name in _chosen_together(each))
        if is_free and changes.keys().isdisjoint(each.changes):
            changes |= each.changes
            parameters = {name: [_as_parameter(value)] for name, value in each.changes.items()}
            interpreted.append(
                {
                    "kind": each.kind,
                    "text": request.q[each.start : each.end],
                    "start": each.start,
                    "end": each.end,
                    "parameters": parameters,
                    "label": "",
                }
            )
    for each in found:  # blanks, so that every place stays the place in `q`
        rest = rest[: each.start] + " " * (each.end - each.start) + rest[each.end :]
    return Reading(dataclasses.replace(request, q=rest, **changes), tuple(interpreted))


def _chosen_together(found: _Found) -> Iterable[str]:
    return ("price_min", "price_max") if found.kind == "price" else found.changes


def _as_parameter(value: Decimal | Sort) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)


@functools.lru_cache
def _reader(language: str, currency: str, decimal_comma: bool) -> "_PriceReader":  # noqa: FBT001 - a key of the cache
    return _PriceReader(PRICE_WORDS.get(language, PRICE_WORDS["en"]), currency, decimal_comma=decimal_comma)


class _PriceReader:
    """Finds words of price in the words of one language and with the signs of one currency."""

    def __init__(self, words: PriceWords, currency: str, *, decimal_comma: bool) -> None:
        self._words, self._decimal_comma = words, decimal_comma
        signs = CURRENCY_SIGNS.get(currency, currency.lower())
        # Of another currency, a number is not this shop's price.
        others = "|".join(CURRENCY_SIGNS.values())
        self._any_sign = re.compile(_any(others))
        sign = _any(signs)

        def money(place: str) -> str:
            before, after = rf"(?P<before{place}>{sign})\s?", rf"\s?(?P<after{place}>{sign})"
            return rf"(?:{before}|(?<![{LETTERS}.,]))(?P<number{place}>{_NUMBER})(?![.,]?\d)(?:{after})?"

        one, low, high = money("1"), money("1"), money("2")
        self._patterns: list[tuple[str, bool, re.Pattern[str]]] = []
        for name, needs_currency, pattern in (
            ("between", False, rf"{_any(words.between)}\s?{low}\s?{_any(words.between_and)}\s?{high}"),
            ("between", True, rf"(?:{_any(words.range_from)}\s?)?{low}\s?{_any(words.range_to)}\s?{high}"),
            ("below", False, rf"{_any(words.below)}\s?{one}"),
            ("above", False, rf"{_any(words.above)}\s?{one}"),
            ("below", True, rf"{_any(words.at_most)}\s?{one}"),
            ("above", True, rf"{_any(words.at_least)}\s?{one}"),
            ("below", True, rf"{one}\s?{_any(words.below_after)}"),
            ("above", True, rf"{one}\s?{_any(words.above_after)}"),
        ):
            self._patterns.append((name, needs_currency, _separate(pattern)))
        self._alone = _separate(one)
        self._orders = [
            (Sort.DEAREST, re.compile(_any(words.dearest))),
            (Sort.CHEAPEST, re.compile(_any(words.cheapest))),
        ]

    def find(self, q: str) -> list[_Found]:
        """What the words mean, in their order; none overlaps another."""
        text, positions = fold_with_positions(q)
        found: list[_Found] = []
        for each in (*self._prices(text), *self._sorts(text)):
            start, end = positions[each.start], positions[each.end]
            if all(end <= other.start or start >= other.end for other in found):
                found.append(dataclasses.replace(each, start=start, end=end))
        return sorted(found, key=lambda each: each.start)

    def _prices(self, text: str) -> Iterator[_Found]:
        if not any(map(str.isdigit, text)):
            return
        patterns = [*self._patterns, ("below", True, self._alone)] if _is_typed(text) else self._patterns
        for name, needs_currency, pattern in patterns:
            for match in pattern.finditer(text):
                changes = self._limits(name, match)
                has_currency = any(sign for kind, sign in match.groupdict().items() if not kind.startswith("number"))
                if not changes or text.count('"', 0, match.start()) % 2:
                    continue
                if has_currency or (not needs_currency and self._is_bare_price(text, match)):
                    yield _Found(match.start(), match.end(), "price", changes)

    def _limits(self, name: str, match: re.Match[str]) -> dict[str, Any]:
        """The parameters; {} when a number is no price, or the numbers are no range."""
        numbers = [match[kind] for kind in ("number1", "number2") if kind in match.re.groupindex]
        prices = [_price(number, decimal_comma=self._decimal_comma) for number in numbers]
        match prices:
            case [Decimal() as low, Decimal() as high] if low < high:
                return {"price_min": low, "price_max": high}
            case [Decimal() as price]:
                return {"price_max" if name == "below" else "price_min": price}
        return {}

    def _is_bare_price(self, text: str, match: re.Match[str]) -> bool:
        """Whether the number can only be a price: it counts nothing, and measures nothing."""
        before, after = _WORD.findall(text[: match.start()]), text[match.end() :].lstrip()
        following = _WORD.match(after)
        if not _is_typed(text) or not self._words.counted.isdisjoint(before[-1:]):
            return False
        if self._any_sign.match(after) or (following and following[0] not in self._words.links):
            return False
        return all(amount.end <= match.start() or amount.start >= match.end() for amount in find_amounts(text))

    def _sorts(self, text: str) -> Iterator[_Found]:
        if not _is_typed(text):
            return
        for order, pattern in self._orders:
            for match in pattern.finditer(text):
                if not text.count('"', 0, match.start()) % 2:
                    yield _Found(match.start(), match.end(), "sort", {"sort": order})


def _is_typed(text: str) -> bool:
    return len(_WORD.findall(text)) <= MAX_TYPED_WORDS


def _separate(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![{LETTERS}]){pattern}(?![{LETTERS}%°/-])")


def _any(phrases: str) -> str:
    """An alternation of phrases, the longest first; words of letters end where a word ends."""
    found = []
    for phrase in sorted(filter(None, phrases.split("|")), key=len, reverse=True):
        spaced = r"\s+".join(map(re.escape, phrase.split(" ")))
        latin = phrase.isascii()
        found.append(rf"(?<!\w){spaced}(?![^\W\d])" if latin and phrase[0].isalpha() else spaced)
    return rf"(?:{'|'.join(found)})" if found else r"(?!)"


def _price(text: str, *, decimal_comma: bool) -> Decimal | None:
    number = read_number(text, decimal_comma=decimal_comma)
    if number is None or number >= 10**MAX_PRICE_DIGITS:
        return None
    rounded = round(number, PRICE_PLACES)
    return rounded if rounded == number else None
