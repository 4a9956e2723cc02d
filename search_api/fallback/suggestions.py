"""Completions from PostgreSQL alone, for when OpenSearch is away: in the same order, from the same kinds."""

import logging

from django.db import OperationalError
from django.db.models import BooleanField, Case, QuerySet, Value, When

from foundation.expiring_cache import ExpiringValue
from language.normalisation import clean
from products.models import Product
from products.paths import levels
from search_api.completion import suggestions
from search_api.completion.facet_values import KnownValues, known_values
from search_api.completion.suggestions import ProductName
from search_api.contracts import SuggestResponse
from search_api.fallback import words
from search_api.fallback.filters import available
from search_api.fallback.statement_limit import statements_take_at_most

logger = logging.getLogger(__name__)

FETCHED = 40  # rows, to have ten that differ
MAX_RANKED = 1_000  # of which stock is looked up, 4 us each; three letters may start a fifth of all names
MIN_FUZZY_LENGTH = 4  # characters
TIMEOUT = 400  # ms for a statement
MAX_AGE = 60.0  # s; of the brands and categories, which every completion looks through

Row = tuple[int, str, bool]  # id, name, whether it starts so


def suggest(q: str, store_id: int | None) -> SuggestResponse:
    """What starts with the text before what has words that do, then names that resemble it; marked degraded."""
    text = clean(q)
    with statements_take_at_most(TIMEOUT):
        names = list(_starting(text, store_id)[:FETCHED])
        found = suggestions.merge(text, known.get(), [ProductName(*row) for row in names])
        if not found:
            resembling = suggestions.products(ProductName(*row) for row in _resembling(text)[:FETCHED])
            found = suggestions.diverse(resembling)
    return SuggestResponse(query=q, suggestions=suggestions.shown(found, text), degraded=True)


def _read_known_values() -> KnownValues:
    """The brands and categories; none for a minute when they take too long to read: names matter more."""
    products = Product.objects.searchable().order_by()
    try:
        with statements_take_at_most(TIMEOUT):
            brands = products.exclude(brand="").values_list("brand", flat=True).distinct()
            filed = products.filter(category__isnull=False).values_list("category__path", flat=True).distinct()
            return known_values(sorted(brands), sorted({level for path in filed for level in levels(path)}))
    except OperationalError:
        logger.warning("brands and categories took too long to read: completions go without for a minute")
        return known_values()


known = ExpiringValue("brands and categories", _read_known_values, max_age=MAX_AGE)


def _starting(text: str, store_id: int | None) -> QuerySet[Product, Row]:
    starts = Case(When(name__istartswith=text, then=True), default=Value(value=False), output_field=BooleanField())
    found = Product.objects.searchable().filter(words.starts_words(text)).annotate(starts=starts)
    foremost = found.order_by("-starts", "-popularity", "id").values("pk")[:MAX_RANKED]
    ranked = Product.objects.filter(pk__in=foremost).annotate(starts=starts, available=available(store_id))
    return ranked.order_by("-starts", "-available", "-popularity", "id").values_list("id", "name", "starts")


def _resembling(text: str) -> QuerySet[Product, Row]:
    products = Product.objects.searchable().annotate(starts=Value(value=False))
    if len(text) < MIN_FUZZY_LENGTH:
        return products.none().values_list("id", "name", "starts")
    near = products.filter(name__trigram_word_similar=text)
    return near.order_by("-popularity", "id").values_list("id", "name", "starts")
