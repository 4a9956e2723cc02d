"""Facet values: what the shopper can select next, and how many products each would show.

`request_body.py` asks the engine for the counts. The functions that make values of counts also
serve the fallback. Brands and categories are counted by key, the same for any case and white space.
"""

import functools
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, cast

from foundation import money
from language.prefix_match import has_word_prefixes
from products.attribute_values import value_key
from products.paths import levels
from search_api import selectors
from search_api.contracts import (
    ATTRIBUTES,
    AvailabilityValue,
    Facets,
    FacetValue,
    OnSaleValue,
    PriceFacet,
    SearchRequest,
    StoreValue,
)
from search_api.engine import ranges, spellings

# A facet shows at most so many values unless `facet_limit` says otherwise; `category_search`,
# `brand_search` and `store_search` reach the others.
MAX_CATEGORIES = 200
MAX_BRANDS = 50
MAX_STORES = 50
MAX_NAMED_STORES = 1000  # stores whose name matches a `store_search`, that are counted
MAX_SEARCHED = 10_000  # values among which a search looks, those with most hits
SELECTED = "selected"  # the aggregation of the selected values, which may not be among the commonest
MAX_PRICE_TEXTS = 1000
MAX_PRICE_CELLS = 2_000  # there are 90 for each power of ten


def by_facet(described: Mapping[str, Any], filters: Iterable[str]) -> Mapping[str, Any]:
    """The counts by '<facet>_facet'. Those of a facet that no filter narrows are of all products described."""
    return {**{f"{facet}_facet": described for facet in (*Facets.__annotations__, *filters)}, **described}


def read(aggregations: Mapping[str, Any], request: SearchRequest) -> Facets:
    """All facets but those of attributes; EngineUnavailableError when spellings cannot be read."""
    found = none(request)
    paths: Mapping[str, int] = {}
    brands: Mapping[str, int] = {}
    if "category" in found:
        most, counts = request.facet_limit or MAX_CATEGORIES, _counts(aggregations["category_facet"], "category")
        paths = shown_counts(counts, request.categories, request.category_search, most)
    if "brand" in found:
        most, counts = request.facet_limit or MAX_BRANDS, _counts(aggregations["brand_facet"], "brand")
        brands = shown_counts(counts, request.brands, request.brand_search, most)
    spelled = spellings.spell({spellings.CATEGORIES: _with_hits(paths), spellings.BRANDS: _with_hits(brands)})
    if "category" in found:
        found["category"] = category_values(paths, spelled.get(spellings.CATEGORIES, {}), request)
    if "brand" in found:
        found["brand"] = values(brands, spelled.get(spellings.BRANDS, {}), request.brands)
    if "price" in found:
        price = aggregations["price_facet"]
        cells = sorted((float(bucket["key"]), bucket["doc_count"]) for bucket in price["price_cells"]["buckets"])
        found["price"] = price_facet(price["price"]["min"], price["price"]["max"], cells, request)
    if "availability" in found:
        every = aggregations["availability_facet"]
        in_stock = every["availability"]["doc_count"]
        found["availability"] = availability_values(in_stock=in_stock, total=every["doc_count"], request=request)
    if "on_sale" in found:
        every = aggregations["on_sale_facet"]
        on_sale = every["on_sale"]["doc_count"]
        found["on_sale"] = on_sale_values(on_sale=on_sale, total=every["doc_count"], request=request)
    if "store" in found:
        stores = {int(store_id): count for store_id, count in _counts(aggregations["store_facet"], "store").items()}
        found["store"] = store_values(stores, request, selectors.store_names(stores))
    return found


def none(request: SearchRequest) -> Facets:
    """The facets that the request shows, without values: later pages of a cursor do not repeat them."""
    empty: Facets = {
        "category": [],
        "brand": [],
        "price": {"min": None, "max": None, "ranges": []},
        "availability": [],
        "on_sale": [],
        "store": [],
        "attributes": [],
        "more_attributes": [],
    }
    if request.facets is None:
        return empty
    shown: dict[str, object] = {name: value for name, value in empty.items() if name in request.facets}
    if request.named_attributes:
        shown[ATTRIBUTES] = []
    if request.shows(ATTRIBUTES):
        shown["more_attributes"] = []
    return cast("Facets", shown)


def _counts(facet: Mapping[str, Any], name: str) -> dict[str, int]:
    buckets = [*facet[name]["buckets"], *facet.get(SELECTED, {"buckets": []})["buckets"]]
    return {bucket["key"]: bucket["doc_count"] for bucket in buckets}


def shown_counts(counts: Mapping[str, int], selected: Sequence[str], searched: str, most: int) -> dict[str, int]:
    """The keys to show: those with most hits that the search matches, and the selected ones that it matches.

    A selected one without hits is shown too, so that it can be unset.
    """
    found = [key for key in counts if not searched or has_word_prefixes(key, searched)]
    shown = sorted(found, key=lambda key: (-counts[key], key))[:most]
    chosen = [key for key in map(value_key, selected) if not searched or has_word_prefixes(key, searched)]
    return {key: counts.get(key, 0) for key in (*shown, *chosen)}


def _with_hits(counts: Mapping[str, int]) -> list[str]:
    return [key for key, count in counts.items() if count]


def values(counts: Mapping[str, int], spelled: Mapping[str, str], selected: Sequence[str]) -> list[FacetValue]:
    """Values in the order of the counts. One that no product has is in the spelling of the request."""
    chosen = {value_key(value): value for value in selected}
    return [
        {"value": spelled.get(key) or chosen.get(key) or key, "count": count, "selected": key in chosen}
        for key, count in counts.items()
    ]


def category_values(counts: Mapping[str, int], spelled: Mapping[str, str], request: SearchRequest) -> list[FacetValue]:
    """Counted category paths as a tree: parents before their children, larger siblings first."""

    def sort_key(path: str) -> list[tuple[int, str]]:
        return [(-counts.get(level, 0), level) for level in levels(path)]

    ordered = {path: counts[path] for path in sorted(counts, key=sort_key)}
    return values(ordered, spelled, request.categories)


@functools.lru_cache(MAX_PRICE_TEXTS)  # every response has the ends of all ranges
def price_text(amount: float | Decimal | None, smallest: Decimal) -> str | None:
    return None if amount is None else str(Decimal(str(amount)).quantize(smallest, rounding=ROUND_HALF_UP))


def price_facet(
    lowest: float | Decimal | None,
    highest: float | Decimal | None,
    cells: Sequence[tuple[float, int]],
    request: SearchRequest,
) -> PriceFacet:
    """Ranges with round bounds, made of cells: the lowest price of each, ascending, and its count.

    Both ends belong to a range, which is selected by sending them as price_min and price_max.
    """
    smallest = money.smallest()
    facet: PriceFacet = {"min": price_text(lowest, smallest), "max": price_text(highest, smallest), "ranges": []}
    asked = (request.price_min, request.price_max)
    lowest_prices = [price for price, _ in cells]
    for low, high, count in ranges.round_ranges(lowest_prices, [count for _, count in cells]):
        to = None if high is None else ranges.exact(high) - smallest
        at_least = ranges.exact(low) if low else None
        selected = asked != (None, None) and (asked[0] or None, asked[1]) == (at_least, to)
        start, end = price_text(low, smallest), price_text(to, smallest)
        facet["ranges"].append({"from": start, "to": end, "count": count, "selected": selected})
    return facet


def availability_values(*, in_stock: int, total: int, request: SearchRequest) -> list[AvailabilityValue]:
    return [
        {"value": True, "count": in_stock, "selected": request.in_stock is True},
        {"value": False, "count": total - in_stock, "selected": request.in_stock is False},
    ]


def on_sale_values(*, on_sale: int, total: int, request: SearchRequest) -> list[OnSaleValue]:
    return [
        {"value": True, "count": on_sale, "selected": request.on_sale is True},
        {"value": False, "count": total - on_sale, "selected": request.on_sale is False},
    ]


def store_values(counts: Mapping[int, int], request: SearchRequest, names: Mapping[int, str]) -> list[StoreValue]:
    """Stores in the order of their counts. One without a name was deleted after it was indexed."""
    return [
        {"value": store_id, "name": names[store_id], "count": count, "selected": store_id == request.store_id}
        for store_id, count in counts.items()
        if store_id in names
    ]
