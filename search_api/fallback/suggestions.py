"""Completions by PostgreSQL alone, for when OpenSearch is unavailable."""

import logging

from django.db import OperationalError
from django.db.models import Q

from foundation.expiring_cache import ExpiringValue
from foundation.replica import may_be_late
from language.normalisation import clean
from language.terms import words
from products.models import Product
from products.paths import levels
from search_api.completion import suggestions
from search_api.completion.facet_values import KnownValues, known_values
from search_api.completion.suggestions import ProductName
from search_api.contracts import SuggestResponse
from search_api.fallback.filters import available
from search_api.fallback.matching import has_prefixes
from search_api.fallback.statement_timeout import statement_timeout

logger = logging.getLogger(__name__)

FETCHED = 40  # names, to have ten that differ
TIMEOUT = 400  # ms for a statement
MAX_AGE = 60.0  # s; of the brands and categories, which every completion searches


def suggest(q: str, store_id: int | None) -> SuggestResponse:
    """At most ten completions, of the same kinds and in the same order as the engine's."""
    text = clean(q)
    found = suggestions.merge(text, known.get(), _names(text, store_id))
    return SuggestResponse(query=q, suggestions=suggestions.shown(found, text), degraded=True)


@may_be_late
def _names(text: str, store_id: int | None) -> list[ProductName]:
    """The most popular names that start with the text, or else have its words; in stock first."""
    popular = (
        Product.objects.searchable()
        .filter(has_prefixes(text))
        .annotate(first=Q(terms__name_words__startswith=" ".join(words(text))), available=available(store_id))
        .order_by("-first", "-popularity", "id")
        .values_list("available", "pk", "name", "first")
    )
    with statement_timeout(TIMEOUT):
        rows = sorted(popular[:FETCHED], key=lambda row: not row[0])
    return [ProductName(pk, name, first) for _, pk, name, first in rows]


def _read_known_values() -> KnownValues:
    """The brands and categories of all products; none for a minute when the read takes too long."""
    try:
        pairs = _read_pairs()
    except OperationalError:
        logger.warning("brands and categories took too long to read: completions omit them for a minute")
        return known_values()
    brands = {brand for brand, _ in pairs if brand}
    return known_values(sorted(brands), sorted({level for _, path in pairs if path for level in levels(path)}))


@may_be_late
def _read_pairs() -> set[tuple[str, str | None]]:
    with statement_timeout(TIMEOUT):
        return set(Product.objects.searchable().values_list("brand", "category__path").order_by().distinct())


known = ExpiringValue("brands and categories", _read_known_values, max_age=MAX_AGE)
