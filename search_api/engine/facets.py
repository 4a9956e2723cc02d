"""Facet values: what the shopper can select next, and how many products each would show.

`request_body.py` asks the engine for the counts. The functions that make values of counts also
serve the fallback.
"""

import functools
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from foundation import money
from language.prefix_match import has_word_prefixes
from products.paths import levels
from search_api import selectors
from search_api.contracts import (
    AvailabilityValue,
    Facets,
    FacetValue,
    OnSaleValue,
    PriceRange,
    SearchRequest,
    StoreValue,
)

# A facet shows at most so many values; `category_search`, `brand_search` and `store_search` reach
# the others.
MAX_CATEGORIES = 200
MAX_BRANDS = 50
MAX_STORES = 50
MAX_NAMED_STORES = 1000  # stores whose name matches a `store_search`, that are counted
NAMED = "named"  # the aggregation of the values that match a `category_search` or `brand_search`
MAX_PRICE_TEXTS = 1000
PRICE_STEPS = (25, 50, 100, 250, 500, 1000)
PRICE_RANGES = tuple(zip((None, *PRICE_STEPS), (*PRICE_STEPS, None), strict=True))


def read(aggregations: Mapping[str, Any], request: SearchRequest) -> Facets:
    price, availability = aggregations["price_facet"], aggregations["availability_facet"]
    stores = {int(store_id): count for store_id, count in _counts(aggregations["store_facet"]["store"]).items()}
    return {
        "category": categories(_counts(aggregations["category_facet"]["category"]), request),
        "brand": brands(_counts(aggregations["brand_facet"]["brand"]), request),
        "price": {
            "min": price_text(price["price"]["min"]),
            "max": price_text(price["price"]["max"]),
            "ranges": price_ranges([bucket["doc_count"] for bucket in price["price_ranges"]["buckets"]], request),
        },
        "availability": availability_values(
            in_stock=availability["availability"]["doc_count"], total=availability["doc_count"], request=request
        ),
        "on_sale": on_sale_values(
            on_sale=aggregations["on_sale_facet"]["on_sale"]["doc_count"],
            total=aggregations["on_sale_facet"]["doc_count"],
            request=request,
        ),
        "store": store_values(stores, request, selectors.store_names(stores)),
        "attributes": [],
        "more_attributes": [],
    }


def none() -> Facets:
    """No facets: later pages of a cursor do not repeat them."""
    return {
        "category": [],
        "brand": [],
        "price": {"min": None, "max": None, "ranges": []},
        "availability": [],
        "on_sale": [],
        "store": [],
        "attributes": [],
        "more_attributes": [],
    }


def _counts(terms: Mapping[str, Any]) -> dict[str, int]:
    return {bucket["key"]: bucket["doc_count"] for bucket in terms.get(NAMED, terms)["buckets"]}


def categories(counts: Mapping[str, int], request: SearchRequest) -> list[FacetValue]:
    """Counted category paths as a tree: parents before their children, larger siblings first."""
    values = _values(counts, request.categories, request.category_search)
    count_of = {value["value"]: value["count"] for value in values}

    def sort_key(value: FacetValue) -> list[tuple[int, str]]:
        return [(-count_of.get(path, 0), path) for path in levels(value["value"])]

    return sorted(values, key=sort_key)


def brands(counts: Mapping[str, int], request: SearchRequest) -> list[FacetValue]:
    return _values(counts, request.brands, request.brand_search)


def _values(counts: Mapping[str, int], selected: tuple[str, ...], text: str) -> list[FacetValue]:
    """Values that match the text; selected ones without products too, so that they can be unset."""
    folded = {value.casefold() for value in selected}
    counted = {value.casefold() for value in counts}
    without_products = dict.fromkeys((value for value in selected if value.casefold() not in counted), 0)
    return [
        {"value": value, "count": count, "selected": value.casefold() in folded}
        for value, count in {**counts, **without_products}.items()
        if not text or has_word_prefixes(value, text)
    ]


def price_text(amount: float | Decimal | None) -> str | None:
    return None if amount is None else _price_text(amount, money.smallest())


@functools.lru_cache(MAX_PRICE_TEXTS)  # every response has the ends of all ranges
def _price_text(amount: float | Decimal, smallest: Decimal) -> str:
    return str(Decimal(str(amount)).quantize(smallest, rounding=ROUND_HALF_UP))


def price_ranges(counts: list[int], request: SearchRequest) -> list[PriceRange]:
    """Both ends belong to a range, which is selected by sending them as price_min and price_max."""
    unbounded = request.price_min is None and request.price_max is None
    selected = None if unbounded else (request.price_min or 0, request.price_max)
    ranges: list[PriceRange] = []
    for (low, high), count in zip(PRICE_RANGES, counts, strict=True):
        highest = None if high is None else high - money.smallest()
        ranges.append(
            {
                "from": price_text(low),
                "to": price_text(highest),
                "count": count,
                "selected": selected == (low or 0, highest),
            }
        )
    return ranges


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
