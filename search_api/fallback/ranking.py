"""The order of a degraded search's hits.

To rank a hit takes PostgreSQL some 15 us: the words of its name are read, and whether a store has it is looked up. Of
too many hits only the foremost in a rougher order are ranked; the others follow in that order, so that paging meets
each once.
"""

import functools
import operator

from django.contrib.postgres.search import (
    SearchQuery,
    SearchRank,
    SearchVector,
    SearchVectorExact,
    TrigramWordSimilarity,
)
from django.db.models import BooleanField, Case, ExpressionWrapper, F, FloatField, IntegerField, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from products.models import Category, Product
from search_api.contracts import SearchRequest, Sort
from search_api.engine.text_query import NAMED_KIND
from search_api.fallback.filters import available, filtered
from search_api.fallback.relaxation import Found, among
from search_api.fallback.words import CONFIG, any_word, bare_sku, is_sku
from search_api.query.parsing import ParsedQuery

MAX_RANKED = 10_000
BY_LENGTH = 1  # ts_rank's normalisation: divided by 1 + the logarithm of the length
ORDER = {
    Sort.CHEAPEST: ("price", "id"),
    Sort.DEAREST: ("-price", "id"),
    Sort.NAME: ("name", "id"),
    Sort.NEWEST: ("-created_at", "id"),
    Sort.POPULARITY: ("-popularity", "id"),
}


def page(found: Found, parsed: ParsedQuery, offset: int, *, count: int) -> list[Product]:
    """The page that begins after `offset` of the `count` hits, each product with its category and `available`."""
    request, end = found.request, offset + found.request.page_size
    hits = _whole(filtered(found.products, request), request)
    if request.sort in ORDER:
        return list(hits.order_by(*ORDER[request.sort])[offset:end])
    if count <= MAX_RANKED:
        return list(_ranked(hits, found, parsed)[offset:end])
    rough = _roughly_ranked(hits, parsed)
    foremost = _whole(Product.objects.filter(among(list(rough.values_list("pk", flat=True)[:MAX_RANKED]))), request)
    return [*_ranked(foremost, found, parsed)[offset:end], *rough[max(offset, MAX_RANKED) : end]]


def _whole(products: QuerySet[Product], request: SearchRequest) -> QuerySet[Product]:
    return products.annotate(available=available(request.store_id)).select_related("category")


def _ranked(products: QuerySet[Product], found: Found, parsed: ParsedQuery) -> QuerySet[Product]:
    if not parsed.concepts:
        return products.order_by(F("available").desc(), "-popularity", "id")
    ranked = _with_exact(products, parsed).alias(rank=_likeness(parsed) if found.nearly else _rank(parsed))
    return ranked.order_by(F("exact").desc(), F("available").desc(), F("rank").desc(), "-popularity", "id")


def _roughly_ranked(products: QuerySet[Product], parsed: ParsedQuery) -> QuerySet[Product]:
    """Those with most of the words in their names first, by their letters."""
    if not parsed.concepts:
        return products.order_by("-popularity", "id")
    named = _with_exact(products, parsed).alias(named=_words_in_name(parsed))
    return named.order_by(F("exact").desc(), F("named").desc(), "-popularity", "id")


def _with_exact(products: QuerySet[Product], parsed: ParsedQuery) -> QuerySet[Product]:
    exact = Case(When(is_sku(parsed), then=True), default=Value(value=False), output_field=BooleanField())
    return products.alias(bare_sku=bare_sku()).alias(exact=exact)


def _words_in_name(parsed: ParsedQuery) -> Combinable:
    each = (Case(When(name__icontains=concept.text, then=1), default=0) for concept in parsed.concepts)
    return ExpressionWrapper(functools.reduce(operator.add, each), IntegerField())


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
