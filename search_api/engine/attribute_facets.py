"""Facets of attributes: which ones help most to choose between the hits, and what they count.

`attribute_choice` says which attributes help. The main request counts all their values at once, and
those of each attribute that is filtered by beside it.
"""

import dataclasses
import functools
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from indexing.attributes import (
    FALSE,
    LONGEST_FACET_KEY,
    SEPARATOR,
    TRUE,
    number_key,
    number_of_key,
    text_term,
)
from language.prefix_match import has_word_prefixes
from products.attribute_values import AttributeType, number_text, value_key
from search_api import selectors
from search_api.contracts import (
    ATTRIBUTE_NAME,
    ATTRIBUTES,
    AttributeFacet,
    AttributeFilter,
    AttributeName,
    FacetValue,
    NumberRange,
    SearchRequest,
)
from search_api.engine import ranges, spellings
from search_api.selectors import AttributeDefinition

Json = dict[str, Any]
Buckets = Sequence[Mapping[str, Any]]  # counted values as the engine returns them, in the order of their terms
Choice = tuple[str, ...]  # codes of attributes, those that help most first

MOST_FACETS = 12
MAX_VALUES = 20  # of one facet, unless `facet_limit` says otherwise
MAX_MORE = 100  # attributes offered as more filters
COUNTED = 20_000  # values of all attributes that are shown
COUNTED_OF_ONE = 10_000  # values of one attribute, those with most hits
VALUES = "values"  # the aggregation of those that no filter is for
FEW_NUMBERS = 12  # values that a number has beside its ranges
MAX_CACHED_NUMBERS = 50_000  # the same values are counted again and again
ABOVE_NUMBERS = "g"  # sorts after the key of every number
AFTER_SEPARATOR = chr(ord(SEPARATOR) + 1)  # a code with it sorts after all terms of the code
TERM, COUNT = itemgetter("key"), itemgetter("doc_count")
_TEXT = AttributeType.TEXT


def filters(request: SearchRequest) -> dict[str, Json]:
    """The attribute filters of a request, by name."""
    return {ATTRIBUTE_NAME.format(chosen.code): _filter(chosen) for chosen in request.attributes}


def _filter(chosen: AttributeFilter) -> Json:
    conditions: list[Json] = []
    if chosen.values:
        conditions.append({"terms": {"attribute_terms": [_term(chosen, value) for value in chosen.values]}})
    if chosen.minimum is not None or chosen.maximum is not None:
        prefix = f"{chosen.code}{SEPARATOR}"
        low = "" if chosen.minimum is None else number_key(float(chosen.minimum))
        high = ABOVE_NUMBERS if chosen.maximum is None else number_key(float(chosen.maximum))
        conditions.append({"range": {"attribute_terms": {"gte": prefix + low, "lte": prefix + high}}})
    return conditions[0] if len(conditions) == 1 else {"bool": {"should": conditions, "minimum_should_match": 1}}


def _term(chosen: AttributeFilter, value: str) -> str:
    if chosen.type is AttributeType.NUMBER:
        return f"{chosen.code}{SEPARATOR}{number_key(float(value))}"
    return text_term(chosen.code, value_key(value))


def without(chosen: tuple[AttributeFilter, ...], dropped: Collection[str]) -> tuple[AttributeFilter, ...]:
    """The filters whose names are not among the dropped ones."""
    return tuple(each for each in chosen if ATTRIBUTE_NAME.format(each.code) not in dropped)


def labels(names: Collection[str]) -> dict[str, str]:
    """The labels of the attributes, by the names of their filters."""
    known = selectors.attributes.get([name.removeprefix(ATTRIBUTE_NAME.format("")) for name in names])
    return {ATTRIBUTE_NAME.format(code): found.label for code, found in known.items()}


def aggregations(request: SearchRequest, helpful: Choice) -> dict[str, Json]:
    """What to count, by the name of the filter that it ignores; 'attributes' ignores none.

    `helpful`: other attributes to show than those that are filtered by or named, best first.
    """
    chosen = _filtered(request)
    counted: dict[str, Json] = {}
    if codes := [code for code in _shown(request, helpful) if code not in chosen]:
        counted["attributes"] = {VALUES: _all_of(codes)}
    for code, each in chosen.items():
        name = ATTRIBUTE_NAME.format(code)
        own = {name: _commonest_of(code)}
        if each.type is AttributeType.BOOLEAN:
            own["without"] = {"filter": {"term": {"attribute_terms": text_term(code, FALSE)}}}
        counted[name] = own
    return counted


def one_by_one(request: SearchRequest, helpful: Choice) -> dict[str, Json]:
    """Aggregations for the same, when there are too many values for one."""
    chosen = _filtered(request)
    return {code: _commonest_of(code) for code in _shown(request, helpful) if code not in chosen}


def _filtered(request: SearchRequest) -> dict[str, AttributeFilter]:
    """The filters by attributes whose facets are shown, by code."""
    every, named = request.shows(ATTRIBUTES), request.named_attributes
    return {each.code: each for each in request.attributes if every or each.code in named}


def _shown(request: SearchRequest, helpful: Choice) -> list[str]:
    """The attributes that are filtered by or named, and as many helpful ones as fit."""
    filtered = _filtered(request)
    named = dict.fromkeys((*filtered, *request.named_attributes))
    others = [code for code in helpful if code not in named]
    return [*named, *others[: max(MOST_FACETS - len(filtered), 0)]]


def _all_of(codes: Sequence[str]) -> Json:
    """Every value, in order: to look values up in another order takes ten times as long."""
    include = f"({'|'.join(map(spellings.escaped, codes))}){SEPARATOR}.*"
    terms = {"field": "attribute_facets", "size": COUNTED, "order": {"_key": "asc"}, "include": include}
    return {"terms": terms}


def _commonest_of(code: str) -> Json:
    include = f"{spellings.escaped(code)}{SEPARATOR}.*"
    return {"terms": {"field": "attribute_facets", "size": COUNTED_OF_ONE, "include": include}}


@dataclasses.dataclass(slots=True)
class Counted:
    """The facets to show, and what was counted for them."""

    request: SearchRequest
    values: dict[str, Buckets]
    known: dict[str, AttributeDefinition]
    codes: list[str]  # of the facets, in their order
    more: list[str]
    without: dict[str, int]  # products with the value 'false' of a chosen switch


def read(by_facet: Mapping[str, Any], of_shown: Buckets, request: SearchRequest, helpful: Choice) -> Counted:
    """The facets. `of_shown`: the values of at least the shown attributes that no filter is for."""
    filtered, shown = _filtered(request), _shown(request, helpful)
    values = of_codes(of_shown, shown)
    without: dict[str, int] = {}
    for code in filtered:
        name = ATTRIBUTE_NAME.format(code)
        own = by_facet[f"{name}_facet"]
        values[code] = in_order(own[name]["buckets"])
        without[code] = own.get("without", {}).get("doc_count", 0)
    known = selectors.attributes.get([*dict.fromkeys((*shown, *helpful))])
    filterable = {code: found for code, found in known.items() if found.filterable}
    named = {*filtered, *request.named_attributes}
    codes = [code for code in shown if code in filterable and (values[code] or code in named)]
    more = [code for code in helpful if code in filterable and code not in values]
    return Counted(request, values, filterable, codes, more[:MAX_MORE], without)


def in_order(found: Iterable[Mapping[str, Any]]) -> Buckets:
    return sorted(found, key=TERM)


def of_codes(found: Buckets, codes: Iterable[str]) -> dict[str, Buckets]:
    """The values of each of these attributes, those with the smallest key first.

    They are found by halving, because to look at each of hundreds takes as long as all the rest.
    """
    terms = [value["key"] for value in found]
    values: dict[str, Buckets] = {}
    for code in codes:
        start = bisect_left(terms, code + SEPARATOR)
        values[code] = found[start : bisect_left(terms, code + AFTER_SEPARATOR, start)]
    return values


def by_key(code: str, values: Buckets) -> dict[str, int]:
    """The counts of an attribute's values."""
    start = len(code) + len(SEPARATOR)
    return {value["key"][start:]: value["doc_count"] for value in values}


def facets(counted: Counted) -> list[AttributeFacet]:
    """The facets that `read` chose; EngineUnavailableError when spellings cannot be read."""
    texts = {code: _shown_texts(counted, code) for code in counted.codes if counted.known[code].type is _TEXT}
    keys = {
        spellings.of_attribute(code): [key for key, count in found.items() if count] for code, found in texts.items()
    }
    spelled = spellings.spell(keys)
    return [
        _facet(counted, code, texts.get(code, {}), spelled.get(spellings.of_attribute(code), {}))
        for code in counted.codes
    ]


def more(counted: Counted) -> list[AttributeName]:
    return [{"code": code, "label": counted.known[code].label} for code in counted.more]


def _shown_texts(counted: Counted, code: str) -> dict[str, int]:
    """The counts of the values to show: those with most hits, of those that a search in the facet matches.

    The selected ones follow.
    """
    request, values = counted.request, sorted(counted.values[code], key=COUNT, reverse=True)
    most, chosen = request.facet_limit or MAX_VALUES, _filter_of(counted, code)
    searched = dict(request.attribute_searches).get(code)
    if not searched and not chosen:
        return by_key(code, values[:most])
    counts = by_key(code, values)
    keys = (key for key in counts if not searched or has_word_prefixes(key, searched))
    shown = {key: counts[key] for key in islice(keys, most)}
    for key in _selected_keys(chosen):
        if len(key) <= LONGEST_FACET_KEY:
            shown.setdefault(key, counts.get(key, 0))
    return shown


def _filter_of(counted: Counted, code: str) -> AttributeFilter | None:
    return next((each for each in counted.request.attributes if each.code == code), None)


def _facet(counted: Counted, code: str, texts: Mapping[str, int], spelled: Mapping[str, str]) -> AttributeFacet:
    definition, chosen = counted.known[code], _filter_of(counted, code)
    facet: AttributeFacet = {
        "code": code,
        "label": definition.label,
        "type": definition.type.value,
        "unit": definition.unit,
        "values": [],
        "ranges": [],
        "min": None,
        "max": None,
    }
    if definition.type is AttributeType.NUMBER:
        _count_numbers(facet, counted.values[code], chosen)
    elif definition.type is AttributeType.BOOLEAN:
        counts = {TRUE: by_key(code, counted.values[code]).get(TRUE, 0)}
        if chosen and FALSE in chosen.values:
            counts[FALSE] = counted.without[code]
        facet["values"] = _values(counts, {}, chosen)
    else:
        facet["values"] = _values(texts, spelled, chosen)
    return facet


def _selected_keys(chosen: AttributeFilter | None) -> list[str]:
    return [value_key(value) for value in chosen.values] if chosen else []


def _values(counts: Mapping[str, int], spelled: Mapping[str, str], chosen: AttributeFilter | None) -> list[FacetValue]:
    """Values in the order of the counts. A selected one without hits is in the spelling of the request."""
    selected = {value_key(value): value for value in chosen.values} if chosen else {}
    return [
        {"value": spelled.get(key) or selected.get(key) or key, "count": count, "selected": key in selected}
        for key, count in counts.items()
    ]


def _count_numbers(facet: AttributeFacet, values: Buckets, chosen: AttributeFilter | None) -> None:
    found = [(number, value["doc_count"]) for value in values if (number := _number(value["key"]))]
    numbers, counts = [number for number, _ in found], [count for _, count in found]
    if numbers:
        facet["min"], facet["max"] = numbers[0].shown, numbers[-1].shown
    bounds = (chosen.minimum, chosen.maximum) if chosen else (None, None)
    places = max(map(PLACES, numbers), default=0)
    for low, high, count in ranges.round_ranges([each.value for each in numbers], counts):
        shown: NumberRange = {
            "from": None if low is None else _plain(low),
            "to": None if high is None else _end(high, places),
            "count": count,
            "selected": bounds != (None, None) and bounds == _limits(low, high, places),
        }
        facet["ranges"].append(shown)
    selected = {float(value) for value in chosen.values} if chosen else set()
    if selected or len(numbers) <= FEW_NUMBERS:
        of_hits = {each.value: count for each, count in zip(numbers, counts, strict=True)}
        listed = selected.union(of_hits if len(numbers) <= FEW_NUMBERS else ())
        facet["values"] = [
            {"value": _text(number), "count": of_hits.get(number, 0), "selected": number in selected}
            for number in sorted(listed)
        ]


class _Number(NamedTuple):
    value: float
    places: int  # behind the decimal mark; -2 for 1500
    shown: int | float


PLACES = attrgetter("places")


@functools.lru_cache(MAX_CACHED_NUMBERS)
def _number(term: str) -> _Number | None:
    number = number_of_key(term.rpartition(SEPARATOR)[2])
    if number is None:
        return None
    value = float(number)
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return _Number(value, -exponent if isinstance(exponent, int) else 0, _plain(value))


def _limits(low: float | None, high: float | None, places: int) -> tuple[Decimal | None, Decimal | None]:
    """The filter for a range."""
    return (None if low is None else ranges.exact(low), None if high is None else _last(high, places))


def _last(high: float, places: int) -> Decimal:
    """The largest number of a range below `high`."""
    return ranges.exact(high) - Decimal(1).scaleb(-places)


@functools.lru_cache(MAX_CACHED_NUMBERS)
def _end(high: float, places: int) -> int | float:
    """The same, as answers show it."""
    return _plain(float(_last(high, places)))


@functools.lru_cache(MAX_CACHED_NUMBERS)
def _text(number: float) -> str:
    return number_text(number)


def _plain(number: float) -> int | float:
    return int(number) if number.is_integer() else number
