"""Search from PostgreSQL alone, for when OpenSearch is away: plainer, but with filters, facets, sorts and pages.

Words are found by full text, in any of their forms; when that finds nothing, by trigrams, which forgive typing errors.
The indexes for both belong to `products`.
"""

import functools
import operator

from django.contrib.postgres.search import (
    SearchQuery,
    SearchQueryCombinable,
    SearchRank,
    SearchVector,
    SearchVectorExact,
)
from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from products.models import SEARCH_VECTOR, Product
from search_api import cursor, degraded_facets, synonym_table
from search_api.contracts import MAX_WINDOW, Hit, SearchRequest, SearchResponse, Sort
from search_api.cursor import Position
from search_api.degraded_filters import available, filtered
from search_api.errors import BadCursorError
from search_api.highlighting import mark, wanted_words
from search_api.parsing import Concept, ParsedQuery, parse

CONFIG = "english"
MIN_FUZZY_LENGTH = 4  # characters; shorter words have too few trigrams to tell them apart
ORDER = {
    Sort.CHEAPEST: ("price", "id"),
    Sort.DEAREST: ("-price", "id"),
    Sort.NAME: ("name", "id"),
    Sort.NEWEST: ("-created_at", "id"),
    Sort.POPULARITY: ("-popularity", "id"),
}


def search(request: SearchRequest) -> SearchResponse:
    """The page, marked degraded; BadCursorError for a cursor that points into the engine."""
    parsed = parse(request.q, synonym_table.current())
    found = _found(parsed)
    products = filtered(found, request)
    offset = _offset(request)
    page = _ordered(products, request, parsed).select_related("category")[offset : offset + request.page_size]
    response = SearchResponse(
        count=products.count(),
        results=_hits(page, parsed),
        facets=degraded_facets.count(found, request),
        degraded=True,
    )
    return _with_neighbours(response, request, offset + request.page_size)


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


def _found(parsed: ParsedQuery) -> QuerySet[Product]:
    """What the words find, exactly if possible."""
    products = Product.objects.searchable()
    if parsed.empty:
        return products
    if parsed.nothing:
        return products.none()
    limited = _limited(products, parsed)
    if not parsed.concepts:
        return limited
    exact = limited.filter(_has_all(parsed.concepts))
    return exact if exact.exists() else limited.filter(*map(_similar, parsed.concepts))


def _limited(products: QuerySet[Product], parsed: ParsedQuery) -> QuerySet[Product]:
    """With the quoted phrases, without the minus words."""
    for phrase in parsed.phrases:
        products = products.filter(_holds(SearchQuery(phrase, config=CONFIG, search_type="phrase")))
    for word in parsed.excluded:
        products = products.exclude(_holds(SearchQuery(word, config=CONFIG)))
    return products


def _has_all(concepts: tuple[Concept, ...]) -> Q:
    """Every concept in one of its forms, as one full-text query: it leaves out words that PostgreSQL does not index."""
    query = functools.reduce(operator.and_, map(_any_form, concepts))
    return _holds(query) | Q(sku__in=_skus(concepts))


def _any_form(concept: Concept) -> SearchQueryCombinable:
    forms = (SearchQuery(text, config=CONFIG) for text in (concept.text, *concept.synonyms))
    return functools.reduce(operator.or_, forms)


def _skus(concepts: tuple[Concept, ...]) -> list[str]:
    return [form for one in concepts if one.sku for form in (one.text, one.text.upper(), one.text.lower())]


def _holds(query: SearchQueryCombinable) -> Q:
    return Q(SearchVectorExact(SEARCH_VECTOR, query))


def _similar(concept: Concept) -> Q:
    near = Q(name__trigram_word_similar=concept.text)
    return _has_all((concept,)) | near if len(concept.text) >= MIN_FUZZY_LENGTH else _has_all((concept,))


def _ordered(products: QuerySet[Product], request: SearchRequest, parsed: ParsedQuery) -> QuerySet[Product]:
    products = products.annotate(available=available(request.store_id))
    if request.sort in ORDER:
        return products.order_by(*ORDER[request.sort])
    if not parsed.concepts:
        return products.order_by("-available", "-popularity", "id")
    exact = Case(When(sku__iexact=parsed.text, then=True), default=Value(value=False), output_field=BooleanField())
    rank = SearchRank(SearchVector("name", config=CONFIG), SearchQuery(parsed.text, config=CONFIG))
    return products.annotate(exact=exact, rank=rank).order_by("-exact", "-available", "-rank", "-popularity", "id")


def _hits(page: QuerySet[Product], parsed: ParsedQuery) -> list[Hit]:
    wanted = wanted_words(parsed)
    return [_hit(product, wanted) for product in page]


def _hit(product: Product, wanted: frozenset[str]) -> Hit:
    marked = mark(product.name, wanted) if wanted else ""
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
