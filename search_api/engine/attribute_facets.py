"""Facets of attributes: which ones help most to choose between the hits, and what they count.

The main request counts the commonest values of all attributes at once, COUNTED of them, and every
value of the attributes that are filtered by. That settles the facets, unless there are more values
and a facet needs the rare ones too, as a number does for its ranges: then `missing` asks for them.
"""

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

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
Counts = dict[str, int]  # by key

MOST_FACETS = 12
MAX_VALUES = 20  # of one facet, unless `facet_limit` says otherwise
MAX_MORE = 100  # attributes offered besides
COUNTED = 2_000
COUNTED_OF_ONE = 10_000  # values of one attribute
DECISIVE_VALUES = MAX_VALUES  # a facet helps by the values that a shopper sees
ALMOST_ONE = 0.9
FEW_NUMBERS = 12  # values that a number has beside its ranges
NO_VALUES: Json = {"buckets": [], "sum_other_doc_count": 0}
ABOVE_NUMBERS = "g"  # sorts after the key of every number


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


def aggregations(request: SearchRequest) -> dict[str, Json]:
    """What to count, by the name of the filter that it ignores; 'attributes' ignores none."""
    chosen = _shown(request)
    counted: dict[str, Json] = {}
    inner = {"values": _commonest(COUNTED)} if request.shows(ATTRIBUTES) else {}
    if inner := inner | {code: _all_of(code) for code in request.named_attributes if code not in chosen}:
        counted["attributes"] = inner
    for code, each in chosen.items():
        own = {"values": _all_of(code)}
        if each.type is AttributeType.BOOLEAN:
            own["without"] = {"filter": {"term": {"attribute_terms": text_term(code, FALSE)}}}
        counted[ATTRIBUTE_NAME.format(code)] = own
    return counted


def _shown(request: SearchRequest) -> dict[str, AttributeFilter]:
    """The filters by attributes whose facets are shown, by code."""
    every, named = request.shows(ATTRIBUTES), request.named_attributes
    return {each.code: each for each in request.attributes if every or each.code in named}


def _commonest(size: int) -> Json:
    return {"terms": {"field": "attribute_facets", "size": size}}


def _all_of(code: str) -> Json:
    include = spellings.starting_with(f"{code}{SEPARATOR}")
    return {"terms": {"field": "attribute_facets", "size": COUNTED_OF_ONE, "include": include}}


@dataclasses.dataclass(slots=True)
class Counted:
    """What the main request counted, and which attributes that is enough for."""

    request: SearchRequest
    hits: int  # that pass all filters
    counts: dict[str, Counts]
    known: dict[str, AttributeDefinition]
    codes: list[str]  # of the facets, in their order
    more: list[str]
    without: dict[str, int]  # products with the value 'false' of a chosen switch
    incomplete: list[str]  # facets that need all values

    @property
    def missing(self) -> dict[str, Json]:
        """Aggregations for what `incomplete` lacks, under all filters."""
        return {code: _all_of(code) for code in self.incomplete}

    def complete(self, answer: Mapping[str, Any]) -> None:
        for code in self.incomplete:
            self.counts[code] = _by_code(answer[code])[code]


def read(aggregations_found: Mapping[str, Any], request: SearchRequest) -> Counted:
    """Which facets to show, by the answer to the main request."""
    every = aggregations_found.get("attributes_facet", {})
    values = every.get("values", NO_VALUES)
    counts = _by_code(values)
    chosen = list(_shown(request))
    without: dict[str, int] = {}
    for code in request.named_attributes:
        if code not in chosen:
            counts[code] = _by_code(every[code])[code]
    for code in chosen:
        own = aggregations_found[f"{ATTRIBUTE_NAME.format(code)}_facet"]
        counts[code] = _by_code(own["values"])[code]
        without[code] = own.get("without", {}).get("doc_count", 0)
    known = {code: found for code, found in selectors.attributes.get(list(counts)).items() if found.filterable}
    named = [code for code in dict.fromkeys((*chosen, *request.named_attributes)) if code in known]
    hits = every.get("doc_count", 0)
    helpful = {code: _helpfulness(counts[code], hits) for code in known if code not in named}
    ranked = [code for code in sorted(helpful, key=lambda code: (-helpful[code], code)) if helpful[code] > 0]
    free = max(MOST_FACETS - len(chosen), 0)
    codes = [*named, *ranked[:free]]
    is_cut = bool(values["sum_other_doc_count"])
    limit = request.facet_limit or MAX_VALUES
    incomplete = [
        code
        for code in ranked[:free]
        if is_cut and (known[code].type is AttributeType.NUMBER or len(counts[code]) < limit)
        and known[code].type is not AttributeType.BOOLEAN
    ]  # fmt: skip
    return Counted(request, hits, counts, known, codes, ranked[free:][:MAX_MORE], without, incomplete)


def _by_code(terms: Mapping[str, Any]) -> defaultdict[str, Counts]:
    """Counts by code and key, the largest first."""
    found: defaultdict[str, Counts] = defaultdict(dict)
    for bucket in terms["buckets"]:
        code, _, key = bucket["key"].partition(SEPARATOR)
        found[code][key] = bucket["doc_count"]
    return found


def _helpfulness(counts: Counts, hits: int) -> float:
    """How many of the other hits a choice rules out, on average over the hits; 0 when it rules out none.

    It grows with the share of hits that have the attribute, and with how evenly its first values
    split them. A value of a single hit counts little: a shopper would as well choose the hit.
    """
    largest = list(counts.values())[:DECISIVE_VALUES]
    return sum((count - ALMOST_ONE) * (hits - count) for count in largest) / (hits * hits) if hits else 0.0


def facets(counted: Counted) -> list[AttributeFacet]:
    """The facets that `read` chose; EngineUnavailableError when spellings cannot be read."""
    chosen = {each.code: each for each in counted.request.attributes}
    keys = {
        spellings.of_attribute(code): {*_shown_keys(counted, code), *_selected_keys(chosen.get(code))}
        & counted.counts[code].keys()
        for code in counted.codes
        if counted.known[code].type is AttributeType.TEXT
    }
    spelled = spellings.spell(keys)
    return [_facet(counted, code, spelled.get(spellings.of_attribute(code), {})) for code in counted.codes]


def more(counted: Counted) -> list[AttributeName]:
    return [{"code": code, "label": counted.known[code].label} for code in counted.more]


def _shown_keys(counted: Counted, code: str) -> list[str]:
    """Keys of the values to show: those with most hits, of those that a search in the facet matches."""
    keys = list(counted.counts[code])
    if searched := dict(counted.request.attribute_searches).get(code):
        keys = [key for key in keys if has_word_prefixes(key, searched)]
    return keys[: counted.request.facet_limit or MAX_VALUES]


def _facet(counted: Counted, code: str, spelled: Mapping[str, str]) -> AttributeFacet:
    definition = counted.known[code]
    chosen = next((each for each in counted.request.attributes if each.code == code), None)
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
        _count_numbers(facet, counted.counts[code], chosen)
    elif definition.type is AttributeType.BOOLEAN:
        counts = {TRUE: counted.counts[code].get(TRUE, 0)}
        if chosen and FALSE in chosen.values:
            counts[FALSE] = counted.without[code]
        facet["values"] = _values(counts, {}, chosen)
    else:
        shown = {key: counted.counts[code][key] for key in _shown_keys(counted, code)}
        for key in _selected_keys(chosen):
            if len(key) <= LONGEST_FACET_KEY:
                shown.setdefault(key, counted.counts[code].get(key, 0))
        facet["values"] = _values(shown, spelled, chosen)
    return facet


def _selected_keys(chosen: AttributeFilter | None) -> list[str]:
    return [value_key(value) for value in chosen.values] if chosen else []


def _values(counts: Counts, spelled: Mapping[str, str], chosen: AttributeFilter | None) -> list[FacetValue]:
    """Values in the order of the counts. A selected one without hits is in the spelling of the request."""
    selected = {value_key(value): value for value in chosen.values} if chosen else {}
    return [
        {"value": spelled.get(key) or selected.get(key) or key, "count": count, "selected": key in selected}
        for key, count in counts.items()
    ]


def _count_numbers(facet: AttributeFacet, counts: Counts, chosen: AttributeFilter | None) -> None:
    numbers = {Decimal(str(number_of_key(key))): count for key, count in counts.items()}
    selected = [Decimal(value) for value in chosen.values] if chosen else []
    if numbers:
        facet["min"], facet["max"] = _plain(min(numbers)), _plain(max(numbers))
    bounds = (chosen.minimum, chosen.maximum) if chosen else (None, None)
    step = ranges.precision(numbers)
    for low, high, count in ranges.round_ranges(numbers):
        to = None if high is None else high - step
        shown: NumberRange = {
            "from": _plain(low),
            "to": _plain(to),
            "count": count,
            "selected": bounds != (None, None) and bounds == (low, to),
        }
        facet["ranges"].append(shown)
    if len(numbers) <= FEW_NUMBERS or selected:
        with_selected = {**dict.fromkeys(selected, 0), **numbers} if len(numbers) <= FEW_NUMBERS else {
            number: numbers.get(number, 0) for number in selected
        }  # fmt: skip
        facet["values"] = [
            {"value": number_text(float(number)), "count": with_selected[number], "selected": number in selected}
            for number in sorted(with_selected)
        ]


def _plain(number: Decimal | None) -> int | float | None:
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)
