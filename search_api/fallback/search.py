"""Search by PostgreSQL alone while OpenSearch is unavailable: nothing is corrected or relaxed."""

import logging

from django.db import OperationalError
from django.db.models import QuerySet

from foundation.replica import may_be_late
from language.codes import normalise_code
from products.models import Product
from products.pictures import first_picture
from search_api.contracts import Facets, Hit, SearchRequest, SearchResponse, Sort
from search_api.engine import cursor, facets
from search_api.engine.highlighting import mark, wanted_words
from search_api.errors import BadCursorError
from search_api.fallback.filters import available, count_facets, filtered
from search_api.fallback.matching import is_sku, matching_products, rank
from search_api.fallback.statement_timeout import statement_timeout
from search_api.query import parsed_texts
from search_api.query.parsing import MAX_TERM_LENGTH, Match, ParsedQuery

logger = logging.getLogger(__name__)

# Milliseconds for a statement. Many shoppers wait at once while OpenSearch is unavailable.
PAGE_TIMEOUT, FACET_TIMEOUT = 800, 400
# PostgreSQL reads the terms of every hit to rank it, in about 10 us. Of more hits the most popular
# come first.
MAX_RANKED = 20_000
ORDER = {
    Sort.CHEAPEST: ("price", "id"),
    Sort.DEAREST: ("-price", "id"),
    Sort.NAME: ("sort_key", "id"),
    Sort.NEWEST: ("-created_at", "id"),
    Sort.POPULARITY: ("-popularity", "id"),
}


def search(request: SearchRequest) -> SearchResponse:
    """The response of PostgreSQL; BadCursorError for a cursor that belongs to the engine.

    OperationalError when PostgreSQL is unavailable as well, or takes too long.
    """
    parsed = parsed_texts.parsed(request.q)
    position = cursor.decode(request.cursor, request) if request.cursor else cursor.Position(offset=request.offset)
    if position.after:
        raise BadCursorError("The cursor's pages are unavailable now. Start again.")
    end = position.offset + request.page_size
    matches = matching_products(parsed)
    count, products = _read_page(filtered(matches, request), request, parsed, position.offset)
    wanted = wanted_words(parsed)
    results = [_hit(product, wanted, request) for product in products]
    response = SearchResponse(
        count=count, count_every_word=count, results=results, facets=_facets(matches, request), degraded=True
    )
    if request.cursor is None:
        response.previous_page, response.next_page = request.neighbours(count)
    elif end < count:
        response.next_cursor = cursor.encode(cursor.Position(offset=end), request)
    return response


@may_be_late
def _read_page(
    hits: QuerySet[Product], request: SearchRequest, parsed: ParsedQuery, offset: int
) -> tuple[int, list[Product]]:
    """The number of hits, and the hits of the page."""
    with statement_timeout(PAGE_TIMEOUT):
        count = hits.count()
        return count, list(_sorted(hits, request, parsed, count)[offset : offset + request.page_size])


def _sorted(hits: QuerySet[Product], request: SearchRequest, parsed: ParsedQuery, count: int) -> QuerySet[Product]:
    """The hits in order, each with its category and the annotation `available`."""
    hits = hits.annotate(available=available(request.store_id)).select_related("category")
    if request.sort in ORDER:
        return hits.order_by(*ORDER[request.sort])
    if count > MAX_RANKED:
        return hits.order_by(*ORDER[Sort.POPULARITY])
    if not parsed.concepts:
        return hits.order_by("-available", "-popularity", "id")
    codes = {form.stems[0] for concept in parsed.concepts for form in concept.forms if form.match is Match.SKU}
    ranked = hits.alias(exact=is_sku({normalise_code(parsed.text)[:MAX_TERM_LENGTH] or "-", *codes}), rank=rank(parsed))
    return ranked.order_by("-exact", "-rank", "-available", "-popularity", "id")


def _facets(matches: QuerySet[Product], request: SearchRequest) -> Facets:
    try:
        return _read_facets(matches, request)
    except OperationalError:  # the hits matter more
        logger.warning("facets of a degraded search took too long and were left out")
        return facets.none(request)


@may_be_late
def _read_facets(matches: QuerySet[Product], request: SearchRequest) -> Facets:
    with statement_timeout(FACET_TIMEOUT):
        return count_facets(matches, request)


def _hit(product: Product, wanted: frozenset[str], request: SearchRequest) -> Hit:
    marked = mark(product.name, wanted) if request.highlight else ""
    return {
        "id": product.pk,
        "sku": product.sku,
        "name": product.name,
        "brand": product.brand,
        "category": product.category.path if product.category else "",
        "price": str(product.price),
        "list_price": None if product.list_price is None else str(product.list_price),
        "image": first_picture(product.images),
        "in_stock": bool(getattr(product, "available", False)),
        "highlight": {"name": marked} if marked else {},
        "missing_words": [],
    }
