"""A page of results from the engine."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from search_api import selectors
from search_api.contracts import MAX_WINDOW, Facets, Hit, SearchRequest, SearchResponse
from search_api.engine import client, cursor, deadline, facets, relaxation, request_body
from search_api.engine.cursor import Position
from search_api.engine.highlighting import Marker, wanted_words
from search_api.engine.relaxation import Found
from search_api.errors import BadCursorError
from search_api.query import synonym_table
from search_api.query.parsing import parse


@deadline.one_wait()
def search(request: SearchRequest) -> SearchResponse:
    """A page by number or by cursor; EngineUnavailableError, BadCursorError."""
    if request.cursor is None:
        return _by_number(request)
    return _by_cursor(request, cursor.decode(request.cursor, request) if request.cursor else None)


def _by_number(request: SearchRequest) -> SearchResponse:
    found = relaxation.find(request)
    end = request.offset + request.page_size
    more = end < found.count and end + request.page_size <= MAX_WINDOW
    return dataclasses.replace(
        _response(found),
        next_page=request.page + 1 if more else None,
        previous_page=request.page - 1 if request.page > 1 else None,
    )


def _by_cursor(request: SearchRequest, position: Position | None) -> SearchResponse:
    """Nothing is relaxed here: who pages deeply wants what was asked for, and all of it."""
    parsed = parse(request.q, synonym_table.current())
    position = position or Position(point_in_time=client.open_point_in_time(cursor.ENGINE_KEEP_ALIVE))
    answer = client.search_point_in_time(request_body.cursor_page(request, parsed, position))
    if answer is None:
        raise BadCursorError("The cursor has expired: what it pointed into is gone. Start again.")
    response = _response(Found(answer, parsed, request))
    hits = answer["hits"]["hits"]
    if len(hits) == request.page_size:
        after = dataclasses.replace(position, point_in_time=answer["pit_id"], after=tuple(hits[-1]["sort"]))
        response.next_cursor = cursor.encode(after, request)
    return response


def _response(found: Found) -> SearchResponse:
    return SearchResponse(
        count=found.count,
        results=hits(found),
        facets=_facets(found),
        did_you_mean=found.did_you_mean,
        relaxed=list(found.relaxed),
        unfinished=found.unfinished,
    )


def _facets(found: Found) -> Facets:
    aggregations: Mapping[str, Any] | None = found.answer.get("aggregations")
    if aggregations is None:
        return facets.none()
    names = selectors.store_names(facets.store_ids(aggregations))
    return facets.read(aggregations, found.request, names)


def hits(found: Found) -> list[Hit]:
    """The hits of a page, without quantities: the index does not know them."""
    raw, marker = found.answer["hits"]["hits"], Marker(wanted_words(found.parsed))
    return [_hit(int(one["_id"]), one["_source"], marker) for one in raw]


def _hit(product_id: int, source: Mapping[str, Any], marker: Marker) -> Hit:
    paths = source["category_paths"]
    marked = marker.mark(source["name"])
    return {
        "id": product_id,
        "sku": source["sku"],
        "name": source["name"],
        "brand": source["brand"],
        "category": paths[-1] if paths else "",
        "price": source["price"],
        "in_stock": source["in_stock"],
        "highlight": {"name": marked} if marked else {},
    }
