"""Facets: what the next click could choose, with counts that tell what it would find.

A facet ignores its own filter and obeys the others (multi-select, disjunctive), so all are counted over the text's hits
in one request, each under the filters of the others; the hits themselves are cut down by a post filter.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from language.prefix_match import has_word_prefixes
from products.paths import levels
from search_api import selectors
from search_api.contracts import (
    AvailabilityValue,
    Facets,
    FacetValue,
    PriceFacet,
    PriceRange,
    SearchRequest,
    StoreValue,
)
from search_api.engine import filters
from search_api.engine.filters import Filter

# More are found by `category_search`, `brand_search` and `store_search`.
MAX_CATEGORIES = 200
MAX_BRANDS = 50
MAX_STORES = 50
MAX_NAMED_STORES = 1000  # whose name a `store_search` starts, that are counted
NO_STORE = "-"  # the engine takes no empty list
NAMED = "named"
CENT = Decimal("0.01")
PRICE_STEPS = (25, 50, 100, 250, 500, 1000)
PRICE_RANGES = tuple(zip((None, *PRICE_STEPS), (*PRICE_STEPS, None), strict=True))


def aggregations(request: SearchRequest) -> dict[str, Any]:
    """What to ask of the engine for all facets."""
    chosen = filters.chosen(request)
    counted: dict[str, dict[str, Any]] = {
        "category": _named("category", {"field": "category_paths", "size": MAX_CATEGORIES}, request.category_search),
        "brand": _named("brand", {"field": "brand_name", "size": MAX_BRANDS}, request.brand_search),
        "price": {"price": {"stats": {"field": "price"}}, "price_ranges": _price_ranges()},
        "availability": {"availability": {"filter": filters.available(request.store_id)}},
        "store": {"store": {"terms": _store_terms(request)}},
    }
    return {f"{name}_facet": _under_others(name, inner, chosen) for name, inner in counted.items()}


def _under_others(name: str, inner: dict[str, Any], chosen: Mapping[str, Filter]) -> dict[str, Any]:
    # What a store has is counted whether or not it is the store whose availability is filtered by.
    own = {name, "availability"} if name == "store" else {name}
    others = [found for facet, found in chosen.items() if facet not in own]
    return {"filter": {"bool": {"filter": others}}, "aggs": inner}


def _named(name: str, terms: dict[str, Any], text: str) -> dict[str, Any]:
    """The values whose words start so. Inside the facet: its own count is of all that its filter could leave."""
    if not text:
        return {name: {"terms": terms}}
    starts = {"match": {f"{name}.word_starts": {"query": text, "operator": "and"}}}
    return {name: {"filter": starts, "aggs": {NAMED: {"terms": terms}}}}


def found_without(found: Mapping[str, Any], name: str) -> int:
    """How many products the text and the other facets' filters find, from the engine's answer to `aggregations`."""
    return int(found[f"{name}_facet"]["doc_count"])


def _store_terms(request: SearchRequest) -> dict[str, Any]:
    terms: dict[str, Any] = {"field": "available_store_ids", "size": MAX_STORES}
    if not request.store_search:
        return terms
    named = selectors.stores_named(request.store_search)[:MAX_NAMED_STORES]
    return {**terms, "include": [str(store_id) for store_id in named] or [NO_STORE]}


def _price_ranges() -> dict[str, Any]:
    ranges = [
        {name: edge for name, edge in (("from", low), ("to", high)) if edge is not None} for low, high in PRICE_RANGES
    ]
    return {"range": {"field": "price", "ranges": ranges}}


def read(found: Mapping[str, Any], request: SearchRequest, store_names: Mapping[int, str]) -> Facets:
    """The facets from the engine's answer to `aggregations`."""
    availability = found["availability_facet"]
    return {
        "category": categories(_counts(found["category_facet"]["category"]), request),
        "brand": brands(_counts(found["brand_facet"]["brand"]), request),
        "price": _price(found["price_facet"], request),
        "availability": availability_values(
            in_stock=availability["availability"]["doc_count"], total=availability["doc_count"], request=request
        ),
        "store": _stores(found["store_facet"]["store"], request, store_names),
    }


def none() -> Facets:
    """No facets: further pages of a cursor do not repeat them."""
    price: PriceFacet = {"min": None, "max": None, "ranges": []}
    return {"category": [], "brand": [], "price": price, "availability": [], "store": []}


def store_ids(found: Mapping[str, Any]) -> list[int]:
    """The stores that the store facet names."""
    return [int(bucket["key"]) for bucket in found["store_facet"]["store"]["buckets"]]


def _counts(terms: Mapping[str, Any]) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in terms.get(NAMED, terms)["buckets"]}


def categories(counts: Mapping[str, int], request: SearchRequest) -> list[FacetValue]:
    """Counted categories as a tree; those whose path has the words looked for, if any are."""
    return in_tree_order(_values(counts, request.categories, request.category_search))


def brands(counts: Mapping[str, int], request: SearchRequest) -> list[FacetValue]:
    """Counted brands; those with the words looked for, if any are."""
    return _values(counts, request.brands, request.brand_search)


def _values(counts: Mapping[str, int], selected: tuple[str, ...], text: str) -> list[FacetValue]:
    """Counted values; a selected one that nothing has any more stays, with 0, so that it can be taken back."""
    folded = {value.casefold() for value in selected}
    known = {value.casefold() for value in counts}
    gone = dict.fromkeys((value for value in selected if value.casefold() not in known), 0)
    return [
        {"value": value, "count": count, "selected": value.casefold() in folded}
        for value, count in {**counts, **gone}.items()
        if not text or has_word_prefixes(value, text)
    ]


def in_tree_order(found: list[FacetValue]) -> list[FacetValue]:
    """Parents before their children, the bigger first among brothers."""
    count_of = {value["value"]: value["count"] for value in found}

    def place(value: FacetValue) -> list[tuple[int, str]]:
        return [(-count_of.get(path, 0), path) for path in levels(value["value"])]

    return sorted(found, key=place)


def _price(found: Mapping[str, Any], request: SearchRequest) -> PriceFacet:
    stats, counts = found["price"], [bucket["doc_count"] for bucket in found["price_ranges"]["buckets"]]
    return {
        "min": price_text(stats["min"]),
        "max": price_text(stats["max"]),
        "ranges": price_ranges(counts, request),
    }


def price_text(amount: float | Decimal | None) -> str | None:
    return None if amount is None else str(Decimal(str(amount)).quantize(CENT))


def price_ranges(counts: list[int], request: SearchRequest) -> list[PriceRange]:
    """Both ends belong to a range; it is chosen by giving them as price_min and price_max."""
    unbounded = request.price_min is None and request.price_max is None
    chosen = None if unbounded else (request.price_min or 0, request.price_max)
    return [
        {
            "from": low_text,
            "to": highest_text,
            "count": count,
            "selected": chosen == (low or 0, highest),
        }
        for (low, highest, low_text, highest_text), count in zip(_INCLUSIVE_RANGES, counts, strict=True)
    ]


def _inclusive(low: int | None, high: int | None) -> tuple[int | None, Decimal | None, str | None, str | None]:
    highest = None if high is None else high - CENT
    return low, highest, price_text(low), price_text(highest)


_INCLUSIVE_RANGES = [_inclusive(low, high) for low, high in PRICE_RANGES]


def availability_values(*, in_stock: int, total: int, request: SearchRequest) -> list[AvailabilityValue]:
    return [
        {"value": True, "count": in_stock, "selected": request.in_stock is True},
        {"value": False, "count": total - in_stock, "selected": request.in_stock is False},
    ]


def _stores(terms: Mapping[str, Any], request: SearchRequest, names: Mapping[int, str]) -> list[StoreValue]:
    counts = {int(store_id): count for store_id, count in _counts(terms).items()}
    return store_values(counts, request, names)


def store_values(counts: Mapping[int, int], request: SearchRequest, names: Mapping[int, str]) -> list[StoreValue]:
    """Stores that have something of what was found, the one with most first."""
    return [
        {"value": store_id, "name": names[store_id], "count": count, "selected": store_id == request.store_id}
        for store_id, count in counts.items()
        if store_id in names
    ]
