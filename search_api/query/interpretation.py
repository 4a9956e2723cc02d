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

_OTHER_NUMBERS = r"\d{1,2}(?:,\d{2})+,\d{3}|\d+(?:[.,]\d{1,2})?"
_NUMBER = rf"\d{{1,3}}(?:[.,']\d{{3}}| 000)+(?:[.,]\d{{1,2}})?|{_OTHER_NUMBERS}"
# Behind words of price all digits are one number: 'moins de 1 500'. Elsewhere they may be two: 'iphone 12 500 €'.
_SPACED_NUMBER = rf"\d{{1,3}}(?:[.,' ]\d{{3}})+(?:[.,]\d{{1,2}})?|{_OTHER_NUMBERS}"
_GROUP_BEFORE, _THREE_DIGITS = re.compile(r"(?<![\w.,])\d{1,3} $"), re.compile(r"\d{3}(?!\d)")
_INDIAN = re.compile(r"\d{1,2}(?:,\d{2})+,\d{3}")  # 1,00,000
_THREE_DECIMALS = re.compile(r"[.,]\d{3}$")
_TIMES = {"k": 1000, "\u4e07": 10_000, "\u842c": 10_000}  # $1.5k
_RANGE_MARKS = "-|~|\u301c|\u2014|..|...|\u2026"
_AT_MOST, _AT_LEAST = "<=|=<|\u2264", ">=|=>|\u2265"
_OPPOSITE = {"below": "above", "above": "below"}
_AROUND = {"price_min": Decimal("0.8"), "price_max": Decimal("1.2")}  # 'around $50' is 40 to 60
_YEARS = re.compile(r"(?:18|19|20)\d\d (?:18|19|20)\d\d")  # 'between 1939 and 1945'
_LEAST_GROUPED = 1000
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
    if _contradict(found):
        found = [each for each in found if each.kind != "price"]
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


def _contradict(found: Iterable[_Found]) -> bool:
    """Whether no price fits all: 'under 100 over 500'. Then the words mean something else."""
    lows = [each.changes["price_min"] for each in found if "price_min" in each.changes]
    highs = [each.changes["price_max"] for each in found if "price_max" in each.changes]
    return bool(lows and highs) and max(lows) > min(highs)


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

        def money(place: str, number: str = _SPACED_NUMBER) -> str:
            before, after = rf"(?P<before{place}>{sign})\s?", rf"\s?(?P<after{place}>{sign})"
            digits = rf"(?P<number{place}>{number})(?P<times{place}>{'|'.join(_TIMES)})?"
            return rf"(?:{before}|(?<![{LETTERS}.,])){digits}(?![.,]?\d)(?:{after})?"

        one, low, high, alone = money("1"), money("1"), money("2"), money("1", _NUMBER)
        below, above = _any(words.below), _any(words.above)
        at_most, at_least = _any(f"{words.at_most}|{_AT_MOST}"), _any(f"{words.at_least}|{_AT_LEAST}")
        to = _any(f"{words.range_to}|{_RANGE_MARKS}")
        self._patterns: list[tuple[str, bool, re.Pattern[str]]] = []
        for name, needs_currency, pattern in (
            ("between", False, rf"{_any(words.between)}\s?{low}\s?{_any(words.between_and)}\s?{high}"),
            ("between", True, rf"{_any(words.range_from)}\s?{low}\s?{to}\s?{high}"),
            ("between", True, rf"{alone}\s?{to}\s?{high}"),
            ("below", True, rf"{at_most}\s?{one}"),
            ("above", True, rf"{at_least}\s?{one}"),
            ("below", False, rf"{below}\s?{one}"),
            ("above", False, rf"{above}\s?{one}"),
            ("below", True, rf"{alone}\s?{_any(words.below_after)}"),
            ("above", True, rf"{alone}\s?{_any(words.above_after)}"),
            ("around", True, rf"{_any(words.around)}\s?{one}"),
            ("around", True, rf"{alone}\s?{_any(words.around_after)}"),
        ):
            self._patterns.append((name, needs_currency, _separate(pattern)))
        self._money, self._alone = re.compile(rf"{alone}(?!\w)"), _separate(alone)
        self._may_be_price = re.compile("|".join((sign, below, above, _any(words.between))))
        self._negation = re.compile(rf"{_any(words.negations)}\s*$")
        another = "|".join((at_most, at_least, below, above, _any(words.between)))
        self._another_price = re.compile(rf"(?:{another})\s?(?:{sign})?\s?\d")
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
        if not any(map(str.isdigit, text)) or not self._may_be_price.search(text):
            return
        patterns = self._patterns
        amounts = sum(bool(found["before1"] or found["after1"]) for found in self._money.finditer(text))
        if _is_typed(text) and amounts == 1:  # of '$20 or $30' neither is the limit
            patterns = [*patterns, ("alone", True, self._alone)]
        for name, needs_currency, pattern in patterns:
            for match in pattern.finditer(text):
                start, meaning, groups = match.start(), name, match.groupdict()
                if negation := self._negation.search(text[:start]):
                    start, meaning = negation.start(), _OPPOSITE.get(name, "")
                changes = self._limits(meaning, groups)
                if not changes or text.count('"', 0, start) % 2 or self._is_cut_off(text, match):
                    continue
                has_currency = any(sign for kind, sign in groups.items() if kind.startswith(("before", "after")))
                if has_currency or not (needs_currency or groups["times1"] or not self._is_bare_price(text, match)):
                    yield _Found(start, match.end(), "price", changes)

    def _limits(self, meaning: str, groups: dict[str, str | None]) -> dict[str, Any]:
        """The parameters; {} when a number is no price, or the numbers are no range."""
        places = [place for place in ("1", "2") if f"number{place}" in groups]
        prices = [self._price(groups[f"number{place}"] or "", groups[f"times{place}"] or "") for place in places]
        match meaning, prices:
            case "between", [Decimal() as one, Decimal() as other] if one != other:
                return {"price_min": min(one, other), "price_max": max(one, other)}
            case "around", [Decimal() as price]:
                return {name: round(price * share, PRICE_PLACES) for name, share in _AROUND.items()}
            case "above", [Decimal() as price]:
                return {"price_min": price}
            case "below" | "alone", [Decimal() as price]:
                return {"price_max": price}
        return {}

    def _price(self, text: str, times: str) -> Decimal | None:
        if _INDIAN.fullmatch(text):
            text = text.replace(",", "")
        number = read_number(text, decimal_comma=self._decimal_comma)
        # '$1.500' is 1500 for some people; no price has three decimals.
        if number is None or (_THREE_DECIMALS.search(text) and number < _LEAST_GROUPED):
            return None
        price = number * _TIMES.get(times, 1)
        return price if price < 10**MAX_PRICE_DIGITS and round(price, PRICE_PLACES) == price else None

    def _is_cut_off(self, text: str, match: re.Match[str]) -> bool:
        """Whether the number may begin with the digits before it, in languages that group with spaces."""
        start = match.start("number1")
        return self._decimal_comma and bool(_THREE_DIGITS.match(text, start) and _GROUP_BEFORE.search(text, 0, start))

    def _is_bare_price(self, text: str, match: re.Match[str]) -> bool:
        """Whether the number can only be a price: it counts nothing, and measures nothing."""
        before, after = _WORD.findall(text[: match.start()]), text[match.end() :].lstrip()
        following = _WORD.match(after)
        if not _is_typed(text) or not self._words.counted.isdisjoint(before[-1:]):
            return False
        if self._any_sign.match(after):
            return False
        if following and following[0] not in self._words.links and not self._another_price.match(after):
            return False
        if "number2" in match.re.groupindex and _YEARS.fullmatch(f"{match['number1']} {match['number2']}"):
            return False
        # A number that is only written in another way, '1,50' or '1,300', measures nothing.
        measures = (amount for amount in find_amounts(text) if not _is_number(amount.token))
        return all(amount.end <= match.start() or amount.start >= match.end() for amount in measures)

    def _sorts(self, text: str) -> Iterator[_Found]:
        if not _is_typed(text):
            return
        for order, pattern in self._orders:
            for match in pattern.finditer(text):
                is_negated = self._negation.search(text[: match.start()])
                if not is_negated and not text.count('"', 0, match.start()) % 2:
                    yield _Found(match.start(), match.end(), "sort", {"sort": order})


def _is_number(token: str) -> bool:
    return token.replace(".", "", 1).isdecimal()


def _is_typed(text: str) -> bool:
    return len(_WORD.findall(text)) <= MAX_TYPED_WORDS


def _separate(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![{LETTERS}]){pattern}(?![{LETTERS}%°¢/-])")


def _any(phrases: str) -> str:
    """An alternation of phrases, the longest first; words of letters end where a word ends."""
    found = []
    for phrase in sorted(filter(None, phrases.split("|")), key=len, reverse=True):
        spaced = r"\s+".join(map(re.escape, phrase.split(" ")))
        latin = phrase.isascii()
        found.append(rf"(?<![^\W\d]){spaced}(?![^\W\d])" if latin and phrase[0].isalpha() else spaced)
    return rf"(?:{'|'.join(found)})" if found else r"(?!)"
