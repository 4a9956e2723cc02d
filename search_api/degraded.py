"""Search from PostgreSQL alone, for when OpenSearch is away: plainer, but with filters, facets, sorts and pages.

Words are found by full text, in any of their forms; when that finds nothing, by trigrams, which forgive typing errors.
The indexes for both belong to `products`.
"""

import functools
import logging
import operator

from django.contrib.postgres.search import (
    SearchQuery,
    SearchRank,
    SearchVector,
    SearchVectorExact,
    TrigramWordSimilarity,
)
from django.db import OperationalError
from django.db.models import BooleanField, Case, ExpressionWrapper, FloatField, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from products.models import Category, Product
from search_api import cursor, degraded_facets, degraded_ladder, facets, synonym_table
from search_api.contracts import MAX_WINDOW, Facets, Hit, SearchRequest, SearchResponse, Sort
from search_api.cursor import Position
from search_api.degraded_filters import available, filtered
from search_api.degraded_ladder import Found
from search_api.degraded_words import CONFIG, any_word, bare_sku, is_sku
from search_api.errors import BadCursorError
from search_api.highlighting import Marker, wanted_words
from search_api.parsing import ParsedQuery, parse
from search_api.queries import NAMED_KIND
from search_api.statement_limit import statements_take_at_most

logger = logging.getLogger(__name__)

PAGE_TIMEOUT, FACET_TIMEOUT = 800, 400  # ms for a statement
BY_LENGTH = 1  # ts_rank's normalisation: divided by 1 + the logarithm of the length
ORDER = {
    Sort.CHEAPEST: ("price", "id"),
    Sort.DEAREST: ("-price", "id"),
    Sort.NAME: ("name", "id"),
    Sort.NEWEST: ("-created_at", "id"),
    Sort.POPULARITY: ("-popularity", "id"),
}


def search(request: SearchRequest) -> SearchResponse:
    """The page, marked degraded; BadCursorError for a cursor that points into the engine.

    OperationalError when PostgreSQL is away as well, or takes too long.
    """
    parsed = parse(request.q, synonym_table.current())
    offset = _offset(request)
    with statements_take_at_most(PAGE_TIMEOUT):
        found = degraded_ladder.find(request, parsed)
        products = filtered(found.products, found.request)
        page = _ordered(products, found, parsed).select_related("category")[offset : offset + request.page_size]
        response = SearchResponse(
            count=products.count(),
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
            return degraded_facets.count(found.products, found.request)
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


def _ordered(products: QuerySet[Product], found: Found, parsed: ParsedQuery) -> QuerySet[Product]:
    request = found.request
    products = products.annotate(available=available(request.store_id))
    if request.sort in ORDER:
        return products.order_by(*ORDER[request.sort])
    if not parsed.concepts:
        return products.order_by("-available", "-popularity", "id")
    exact = Case(When(is_sku(parsed), then=True), default=Value(value=False), output_field=BooleanField())
    products = products.alias(bare_sku=bare_sku())
    ranked = products.annotate(exact=exact, rank=_likeness(parsed) if found.nearly else _rank(parsed))
    return ranked.order_by("-exact", "-available", "-rank", "-popularity", "id")


def _rank(parsed: ParsedQuery) -> Combinable:
    """Words in the name before others, in short names before long ones, of things of the kind that is named."""
    rank = SearchRank(SearchVector("name", config=CONFIG), any_word(parsed), normalization=Value(BY_LENGTH))
    kind = Case(When(category__in=_kinds(parsed), then=Value(NAMED_KIND)), default=Value(1.0))
    return rank * ExpressionWrapper(kind, FloatField())


def _kinds(parsed: ParsedQuery) -> QuerySet[Category]:
    """The categories that the last words name."""
    named = SearchQuery(parsed.concepts[-1].text, config=CONFIG)
    return Category.objects.filter(SearchVectorExact(SearchVector("path", config=CONFIG), named))


def _likeness(parsed: ParsedQuery) -> Combinable:
    """How far the words of the name are spelt like those that were typed."""
    each = (Coalesce(TrigramWordSimilarity(concept.text, "name"), Value(0.0)) for concept in parsed.concepts)
    return functools.reduce(operator.add, each)


def _hits(page: QuerySet[Product], parsed: ParsedQuery) -> list[Hit]:
    marker = Marker(wanted_words(parsed))
    return [_hit(product, marker) for product in page]


def _hit(product: Product, marker: Marker) -> Hit:
    marked = marker.mark(product.name)
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
