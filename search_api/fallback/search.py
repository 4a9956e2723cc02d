"""Search from PostgreSQL alone, for when OpenSearch is away: plainer, but with filters, facets, sorts and pages.

Words are found by full text, in any of their forms; when that finds nothing, by trigrams, which forgive typing errors.
The indexes for both belong to `products`.
"""

import logging
from collections.abc import Iterable

from django.db import OperationalError

from products.models import Product
from search_api.contracts import MAX_WINDOW, Facets, Hit, SearchRequest, SearchResponse
from search_api.engine import cursor, facets
from search_api.engine.cursor import Position
from search_api.engine.highlighting import mark, wanted_words
from search_api.errors import BadCursorError
from search_api.fallback import facets as fallback_facets
from search_api.fallback import ranking, relaxation
from search_api.fallback.filters import filtered
from search_api.fallback.relaxation import Found
from search_api.fallback.statement_limit import statements_take_at_most
from search_api.query import synonym_table
from search_api.query.parsing import ParsedQuery, parse

logger = logging.getLogger(__name__)

PAGE_TIMEOUT, FACET_TIMEOUT = 800, 400  # ms for a statement


def search(request: SearchRequest) -> SearchResponse:
    """The page, marked degraded; BadCursorError for a cursor that points into the engine.

    OperationalError when PostgreSQL is away as well, or takes too long.
    """
    parsed = parse(request.q, synonym_table.current())
    offset = _offset(request)
    with statements_take_at_most(PAGE_TIMEOUT):
        found = relaxation.find(request, parsed)
        count = filtered(found.products, found.request).count()
        page = ranking.page(found, parsed, offset, count=count)
        response = SearchResponse(
            count=count,
            results=_hits(page, parsed),
            facets=_facets(found),
            relaxed=list(found.relaxed),
            degraded=True,
        )
    return _with_neighbours(response, request, offset + request.page_size)


def _facets(found: Found) -> Facets:
    """No facets when they take too long: the hits matter more."""
    try:
        with statements_take_at_most(FACET_TIMEOUT):
            return fallback_facets.count(found.products, found.request)
    except OperationalError:
        logger.warning("facets of a degraded search took too long and were left out")
        return facets.none()


def _offset(request: SearchRequest) -> int:
    if not request.cursor:
        return request.offset
    position = cursor.decode(request.cursor, request)
    if position.point_in_time:
        raise BadCursorError("What the cursor pointed into cannot be reached now. Start again.")
    return position.offset


def _with_neighbours(response: SearchResponse, request: SearchRequest, end: int) -> SearchResponse:
    more = end < response.count
    if request.cursor is not None:
        response.next_cursor = cursor.encode(Position(offset=end), request) if more else None
        return response
    response.next_page = request.page + 1 if more and end + request.page_size <= MAX_WINDOW else None
    response.previous_page = request.page - 1 if request.page > 1 else None
    return response


def _hits(page: Iterable[Product], parsed: ParsedQuery) -> list[Hit]:
    wanted = wanted_words(parsed)
    return [_hit(product, wanted) for product in page]


def _hit(product: Product, wanted: frozenset[str]) -> Hit:
    marked = mark(product.name, wanted)
    return {
        "id": product.pk,
        "sku": product.sku,
        "name": product.name,
        "brand": product.brand,
        "category": product.category.path if product.category else "",
        "price": str(product.price),
        "in_stock": bool(getattr(product, "available", False)),
        "highlight": {"name": marked} if marked else {},
    }
