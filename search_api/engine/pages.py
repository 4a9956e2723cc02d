"""A page of results from the engine, by number or by cursor."""

import dataclasses

from indexing.errors import EngineUnavailableError
from search_api.contracts import Hit, SearchRequest, SearchResponse
from search_api.engine import client, cursor, facets, relaxation, request_body
from search_api.engine.cursor import Position
from search_api.engine.highlighting import mark, wanted_words
from search_api.engine.relaxation import Attempt
from search_api.errors import BadCursorError
from search_api.query import synonym_table
from search_api.query.parsing import parse


@client.shared_timeout()
def search(request: SearchRequest) -> SearchResponse:
    """The page that the request asks for; EngineUnavailableError, BadCursorError."""
    first = Attempt(request, parse(request.q, synonym_table.current()), request_body.selected_filters(request))
    return _page_by_number(first) if request.cursor is None else _page_by_cursor(first, request.cursor)


def _page_by_number(first: Attempt) -> SearchResponse:
    attempt = relaxation.find(first)
    response = _response(attempt)
    response.previous_page, response.next_page = first.request.neighbours(attempt.count)
    return response


def _page_by_cursor(first: Attempt, encoded: str) -> SearchResponse:
    """Never relaxed: deep paging is for every product that matches, and only those."""
    if encoded:
        position = cursor.decode(encoded, first.request)
        if not position.point_in_time:  # it started in PostgreSQL and goes on there, also after the outage
            raise EngineUnavailableError("the cursor belongs to a degraded search")
    else:
        position = Position(client.open_point_in_time(cursor.ENGINE_KEEP_ALIVE))
    body = request_body.page(first.request, first.parsed, first.filters, position=position)
    answer = client.search_point_in_time(body)
    if answer is None:
        raise BadCursorError("The cursor has expired: what it pointed into is gone. Start again.")
    response = _response(dataclasses.replace(first, answer=answer))
    hits = answer["hits"]["hits"]
    if len(hits) == first.request.page_size:
        after = Position(answer["pit_id"], tuple(hits[-1]["sort"]))
        response.next_cursor = cursor.encode(after, first.request)
    return response


def _response(attempt: Attempt) -> SearchResponse:
    """Without neighbouring pages, and without quantities: the index does not have those."""
    wanted = wanted_words(attempt.parsed)
    results: list[Hit] = []
    for found in attempt.answer["hits"]["hits"]:
        source = found["_source"]
        marked = mark(source["name"], wanted)
        results.append(
            {
                "id": int(found["_id"]),
                "sku": source["sku"],
                "name": source["name"],
                "brand": source["brand"],
                "category": source["category_paths"][-1] if source["category_paths"] else "",
                "price": source["price"],
                "in_stock": source["in_stock"],
                "highlight": {"name": marked} if marked else {},
            }
        )
    aggregations = attempt.answer.get("aggregations")
    return SearchResponse(
        count=attempt.count,
        results=results,
        facets=facets.none() if aggregations is None else facets.read(aggregations, attempt.request),
        did_you_mean=attempt.did_you_mean,
        relaxed=list(attempt.relaxed),
        unfinished=attempt.unfinished,
    )
