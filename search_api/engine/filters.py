"""Filters of a search, each under the name of the facet that sets it."""

from typing import Any

from search_api.contracts import SearchRequest

Filter = dict[str, Any]

# Which facet each filter belongs to, and how a person would call it.
NAMES = {"category": "category", "brand": "brand", "price": "price", "availability": "availability"}


def available(store_id: int | None) -> Filter:
    """What can be had: anywhere, or at the store."""
    return {"term": {"in_stock": True}} if store_id is None else {"term": {"available_store_ids": str(store_id)}}


def chosen(request: SearchRequest) -> dict[str, Filter]:
    """The filters that the request sets, by facet."""
    filters: dict[str, Filter] = {}
    if request.categories:
        filters["category"] = _any_case("category_paths", request.categories)
    if request.brands:
        filters["brand"] = _any_case("brand_name", request.brands)
    if bounds := _price_bounds(request):
        filters["price"] = {"range": {"price": bounds}}
    if request.in_stock is not None:
        wanted = available(request.store_id)
        filters["availability"] = wanted if request.in_stock else {"bool": {"must_not": [wanted]}}
    return filters


def _any_case(field: str, values: tuple[str, ...]) -> Filter:
    """One of the values, in upper or lower case; in an index that older code has made, as they are written."""
    fields = (f"{field}.any_case", field)
    return {"bool": {"should": [{"terms": {each: list(values)}} for each in fields]}}


def _price_bounds(request: SearchRequest) -> dict[str, str]:
    bounds = {"gte": request.price_min, "lte": request.price_max}
    return {edge: str(price) for edge, price in bounds.items() if price is not None}
