"""The requests for a page of results: text query, filters, order, facets; words that no product has."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from products.attribute_values import value_key
from search_api import selectors
from search_api.contracts import Relax, SearchRequest, Sort
from search_api.engine import attribute_facets, facets, hit_fields, shards, text_query
from search_api.engine.attribute_facets import Choice
from search_api.engine.cursor import ENGINE_KEEP_ALIVE, Position
from search_api.query import spelling
from search_api.query.parsing import ParsedQuery

Filter = dict[str, Any]
Filters = Mapping[str, Filter]  # each under the name of the facet that sets it

ORDER: dict[Sort, list[dict[str, str]]] = {
    Sort.RELEVANCE: [{"_score": "desc"}],
    Sort.CHEAPEST: [{"price": "asc"}],
    Sort.DEAREST: [{"price": "desc"}],
    Sort.NAME: [{"sort_key": "asc"}],
    Sort.NEWEST: [{"created": "desc"}],
    Sort.POPULARITY: [{"popularity": "desc"}],
}
ON_SALE: Filter = {"term": {"on_sale": True}}
NOTHING: dict[str, Any] = {}  # no aggregation inside: the number of products alone
NO_STORE = "-"  # the id of no store: `include` may not be empty
# Names of aggregations.
FITTING = "fitting"  # the products that the facets describe and that fit every filter
WORDS = "words"  # the products with each word of the query


class HitScope(Enum):
    """Which products are hits, and which of them the facets describe."""

    EVERY_WORD_FIRST = 0  # products with any word; the facets describe those with every word
    EVERY_WORD = 1
    SOME_WORDS = 2  # products with any word


def page(  # noqa: PLR0913 - each is one property of a request
    request: SearchRequest,
    parsed: ParsedQuery,
    filters: Filters,
    scope: HitScope,
    *,
    position: Position | None = None,
    rescore: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The hits of the page by number; with a position, of the page after it, in its view of the index.

    With `rescore`, the first ones are in the order of those scores.
    """
    body = hits_body(request, parsed, filters, scope, size=request.page_size, offset=request.offset, shown=True)
    body["track_total_hits"] = True
    if rescore:
        del body["sort"]  # the engine takes only one of them
        body |= {"rescore": rescore, **hit_fields.SHOWN_WITH_ID}
    if position is not None:
        body.pop(shards.PREFERENCE, None)  # the view is of certain copies
        body["from"] = 0 if position.after else position.offset
        body["pit"] = {"id": position.point_in_time, "keep_alive": ENGINE_KEEP_ALIVE}
        if position.after:
            body["search_after"] = list(position.after)
    return body


def counts(
    request: SearchRequest, parsed: ParsedQuery, filters: Filters, scope: HitScope, helpful: Choice = ()
) -> dict[str, Any]:
    """How many products the facets describe, whether or not they fit the filters, and what the facets count.

    It goes to the engine beside the page, and not in it: filters find products faster than the scored query does, a
    second thread of the engine counts while the first one scores, and the engine caches counts until the index
    changes, whatever the page and the order. `helpful`: attributes whose facets come too.
    """
    counted = _facets(request, filters, helpful)
    if filters:
        counted[FITTING] = {"filter": {"bool": {"filter": list(filters.values())}}}
    query = {"bool": {"filter": _described(parsed, scope)}}
    return {"query": query, "size": 0, "track_total_hits": True, "aggs": counted}


def _described(parsed: ParsedQuery, scope: HitScope) -> list[Filter]:
    """Filters for the products that the facets describe."""
    return [text_query.has_some_word(parsed)] if scope is HitScope.SOME_WORDS else text_query.all_words(parsed)


def any_product(filters: Sequence[Filter]) -> dict[str, Any]:
    """Whether any product passes the filters: the total is 0 or 1."""
    return {"query": {"bool": {"filter": filters}}, "size": 0, "track_total_hits": 1}


def words(request: SearchRequest, parsed: ParsedQuery) -> dict[str, Any]:
    """How many products have each word, whatever the filters, and words near those that none has."""
    each = {str(place): has_word for place, has_word in enumerate(text_query.has_every_word(parsed))}
    body: dict[str, Any] = {
        "query": {"bool": {"should": list(each.values())}},
        "size": 0,
        "track_total_hits": False,
        "aggs": {WORDS: {"filters": {"filters": each}}},
    }
    if request.spelling and (suggester := spelling.suggester(parsed)):
        body["suggest"] = suggester
    return body


def hits_body(  # noqa: PLR0913 - each is one property of a request
    request: SearchRequest,
    parsed: ParsedQuery,
    filters: Filters,
    scope: HitScope,
    *,
    size: int,
    offset: int = 0,
    excluding: Sequence[int] = (),
    shown: bool = False,
) -> dict[str, Any]:
    """Hits that fit the filters, uncounted, `excluding` these ids. Unless `shown`, ids alone."""
    ordered = _query_and_order(request, parsed, scope)
    query = ordered["query"] if shown else text_query.unnamed(ordered["query"])
    chosen: dict[str, Any] = {"must": [query], "filter": list(filters.values())}
    if excluding:
        chosen["must_not"] = _ids(excluding)
    fields = hit_fields.SHOWN if shown else hit_fields.IDS
    found = {"size": size, "from": offset, "track_total_hits": False, **fields}
    return {**ordered, "query": {"bool": chosen}, **found}


def these(parsed: ParsedQuery, product_ids: Sequence[int]) -> dict[str, Any]:
    """These products as hits of `page`, by id."""
    words = text_query.has_every_word(parsed)
    query = {"bool": {"filter": [_ids(product_ids)], "should": text_query.named_words(words)}}
    by_id = {"sort": [hit_fields.TIE_BREAK], **hit_fields.SHOWN}
    return {"query": query, "size": len(product_ids), "track_total_hits": False, **by_id}


def _ids(product_ids: Sequence[int]) -> dict[str, Any]:
    return {"ids": {"values": [str(key) for key in product_ids]}}


def _query_and_order(request: SearchRequest, parsed: ParsedQuery, scope: HitScope) -> dict[str, Any]:
    """Whatever the order, products with every word come before the others."""
    order = ORDER[request.sort]
    if request.sort is Sort.RELEVANCE or scope is HitScope.EVERY_WORD:
        query = text_query.text_query(parsed, unavailable=unavailable(request.store_id))
    else:
        query = text_query.in_two_parts(parsed)
        order = [{"_score": "desc"}, *order]
    if scope is HitScope.EVERY_WORD and parsed.concepts:
        query = {"bool": {"must": [query], "filter": text_query.has_every_word(parsed)}}
    parameters = shards.scored_by_words(parsed.q) if parsed.q and request.sort is Sort.RELEVANCE else {}
    return {"query": query, "sort": [*order, hit_fields.TIE_BREAK], **parameters}


def available(store_id: int | None) -> Filter:
    """Products in stock: anywhere, or at the store."""
    return {"term": {"in_stock": True}} if store_id is None else {"term": {"available_store_ids": str(store_id)}}


def unavailable(store_id: int | None) -> Filter:
    return {"term": {"in_stock": False}} if store_id is None else {"bool": {"must_not": [available(store_id)]}}


def selected_filters(request: SearchRequest) -> dict[str, Filter]:
    """The filters that the request sets, by facet."""
    filters: dict[str, Filter] = {}
    for facet, key_field, field, values in (
        ("category", "category_keys", "category_paths", request.categories),
        ("brand", "brand_key", "brand_name", request.brands),
    ):
        if values:
            keys = list(dict.fromkeys(map(value_key, values)))
            # An index that older code built has no keys.
            either = ({"terms": {key_field: keys}}, {"terms": {field: list(values)}})
            filters[facet] = {"bool": {"should": either}}
    filters |= attribute_facets.filters(request)
    bounds = {"gte": request.price_min, "lte": request.price_max}
    if given := {edge: str(price) for edge, price in bounds.items() if price is not None}:
        filters["price"] = {"range": {"price": given}}
    if request.in_stock is not None:
        of_stock = available if request.in_stock else unavailable
        filters["availability"] = of_stock(request.store_id)
    if request.on_sale is not None:
        filters["on_sale"] = ON_SALE if request.on_sale else {"bool": {"must_not": [ON_SALE]}}
    return filters


def _facets(request: SearchRequest, filters: Filters, helpful: Choice) -> dict[str, Any]:
    """The counts of the facets that are shown. A facet ignores its own filter and obeys the others.

    What no filter narrows is counted without a filter of its own, as an empty one takes time for
    every hit too: `facets.by_facet` finds it.
    """
    stores: dict[str, Any] = {"field": "available_store_ids", "size": request.facet_limit or facets.MAX_STORES}
    if request.store_search and request.shows("store"):
        named = selectors.stores_named(request.store_search)[: facets.MAX_NAMED_STORES]
        stores["include"] = [str(store_id) for store_id in named] or [NO_STORE]
    counted: dict[str, dict[str, Any]] = {
        "category": _value_counts(
            "category", "category_keys", facets.MAX_CATEGORIES, request, request.categories, request.category_search
        ),
        "brand": _value_counts("brand", "brand_key", facets.MAX_BRANDS, request, request.brands, request.brand_search),
        "price": {
            "price": {"stats": {"field": "price"}},
            "price_cells": {"terms": {"field": "price_cell", "size": facets.MAX_PRICE_CELLS}},
        },
        "availability": {"availability": {"filter": available(request.store_id)}},
        "on_sale": {"on_sale": {"filter": ON_SALE}},
        "store": {"store": {"terms": stores}},
    }
    if request.facets is not None:
        counted = {facet: inner for facet, inner in counted.items() if facet in request.facets}
    counted |= attribute_facets.aggregations(request, helpful)
    if request.facets is not None and request.relax is not Relax.NONE:
        # Relaxation reads how many products each filter alone rules out.
        counted = {**dict.fromkeys(filters, NOTHING), **counted}
    aggregations: dict[str, Any] = {}
    for facet, inner in counted.items():
        # A store's count is of its own stock, whichever store the availability filter is for.
        ignored = {facet, "availability"} if facet == "store" else {facet}
        others = [found for name, found in filters.items() if name not in ignored]
        if others:
            narrowed = {"filter": {"bool": {"filter": others}}}
            aggregations[f"{facet}_facet"] = narrowed | ({"aggs": inner} if inner else {})
        else:
            aggregations |= inner
    return aggregations


def more_values(parsed: ParsedQuery, filters: Filters, scope: HitScope, counted: Mapping[str, Any]) -> dict[str, Any]:
    """A request for further counts of the products that the facets describe, which pass all filters."""
    query = {"bool": {"filter": [*_described(parsed, scope), *filters.values()]}}
    return {"query": query, "size": 0, "track_total_hits": False, "aggs": counted}


def _value_counts(  # noqa: PLR0913, PLR0917 - two facets with the same six differences
    facet: str, field: str, size: int, request: SearchRequest, selected: tuple[str, ...], searched: str
) -> dict[str, Any]:
    """Counts of a facet's values, and of the selected ones, which need not be among the commonest."""
    most = facets.MAX_SEARCHED if searched else request.facet_limit or size
    counts = {facet: {"terms": {"field": field, "size": most}}}
    if keys := list(dict.fromkeys(map(value_key, selected))):
        counts[facets.SELECTED] = {"terms": {"field": field, "size": len(keys), "include": keys}}
    return counts
