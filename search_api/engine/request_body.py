"""Whole requests to the engine for a page of results."""

from typing import Any

from search_api.contracts import SearchRequest, Sort
from search_api.engine import facets, filters, text_query
from search_api.engine.cursor import ENGINE_KEEP_ALIVE, Position
from search_api.query import spelling
from search_api.query.parsing import ParsedQuery

SOURCE = ["sku", "name", "brand", "category_paths", "price", "in_stock"]
ORDER: dict[Sort, list[dict[str, str]]] = {
    Sort.RELEVANCE: [{"_score": "desc"}],
    Sort.CHEAPEST: [{"price": "asc"}],
    Sort.DEAREST: [{"price": "desc"}],
    Sort.NAME: [{"name.sort": "asc"}],
    Sort.NEWEST: [{"created": "desc"}],
    Sort.POPULARITY: [{"popularity": "desc"}],
}
# Every order ends with the id, so that equals never change places between two pages.
TIE_BREAK = {"id": "asc"}


def page(request: SearchRequest, parsed: ParsedQuery, *, some_words: bool = False) -> dict[str, Any]:
    """One page with its facets and, for words that no document has, what may have been meant."""
    body = {
        **_hits(request, parsed, some_words=some_words),
        "from": request.offset,
        "aggs": facets.aggregations(request),
    }
    suggester = spelling.suggester(parsed)
    return {**body, "suggest": suggester} if suggester else body


def cursor_page(request: SearchRequest, parsed: ParsedQuery, position: Position) -> dict[str, Any]:
    """A page in a view of the index, after the position; only the first one has facets."""
    body = {
        **_hits(request, parsed, some_words=False),
        "pit": {"id": position.point_in_time, "keep_alive": ENGINE_KEEP_ALIVE},
    }
    if position.after:
        return {**body, "search_after": list(position.after)}
    return {**body, "aggs": facets.aggregations(request)}


def _hits(request: SearchRequest, parsed: ParsedQuery, *, some_words: bool) -> dict[str, Any]:
    available = filters.available(request.store_id)
    body = {
        "query": text_query.text_query(parsed, available=available, some_words=some_words),
        "sort": [*ORDER[request.sort], TIE_BREAK],
        "size": request.page_size,
        "track_total_hits": True,
        "_source": SOURCE,
    }
    chosen = list(filters.chosen(request).values())
    return {**body, "post_filter": {"bool": {"filter": chosen}}} if chosen else body
