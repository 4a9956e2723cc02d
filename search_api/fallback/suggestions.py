"""Completions from PostgreSQL alone, for when OpenSearch is away: in the same order, from the same kinds."""

import itertools
import logging
import time
from collections.abc import Iterable

from django.db import OperationalError
from django.db.models import BooleanField, Case, QuerySet, Value, When

from products.models import Product
from products.paths import levels
from search_api.completion import suggestions
from search_api.completion.facet_values import Groups
from search_api.contracts import MAX_SUGGESTIONS, Suggestion, SuggestionType, SuggestResponse
from search_api.fallback import words
from search_api.fallback.filters import available
from search_api.fallback.statement_limit import statements_take_at_most
from search_api.query.parsing import clean

logger = logging.getLogger(__name__)

FETCHED = 40  # rows, to have ten that differ
MAX_RANKED = 1_000  # of which stock is looked up, 4 us each; three letters may start a fifth of all names
MIN_FUZZY_LENGTH = 4  # characters
TIMEOUT = 400  # ms for a statement
MAX_AGE = 60.0  # s; of the brands and categories, which every completion looks through

Row = tuple[int, str, bool]  # id, name, whether it starts so


class _Held:
    groups = Groups()
    read_at = float("-inf")


def forget() -> None:
    """Read the brands and categories again when they are next asked for."""
    _Held.read_at = float("-inf")


def suggest(q: str, store_id: int | None) -> SuggestResponse:
    """What starts with the text before what has words that do, then names that resemble it; marked degraded."""
    text = clean(q)
    with statements_take_at_most(TIMEOUT):
        names = list(_starting(text, store_id)[:FETCHED])
        first_groups, later_groups = suggestions.by_start(_groups(), text)
        first = [*first_groups, *suggestions.popular(text), *_products(row for row in names if row[2])]
        found = [*first, *later_groups, *_products(row for row in names if not row[2])]
        if not found:
            found = _products(_resembling(text)[:FETCHED])
    shown = itertools.islice(suggestions.distinct(found), MAX_SUGGESTIONS)
    return SuggestResponse(query=q, suggestions=[suggestions.marked(one, text) for one in shown], degraded=True)


def _groups() -> Groups:
    """Those of a minute ago, or as far as they were ever read, when to read them takes too long: names matter more."""
    if time.monotonic() - _Held.read_at > MAX_AGE:
        _Held.read_at = time.monotonic()
        try:
            with statements_take_at_most(TIMEOUT):
                _Held.groups = _read_groups()
        except OperationalError:
            logger.warning("brands and categories took too long to read: completions go without for a minute")
    return _Held.groups


def _read_groups() -> Groups:
    products = Product.objects.searchable().order_by()
    brands = products.exclude(brand="").values_list("brand", flat=True).distinct()
    filed = products.filter(category__isnull=False).values_list("category__path", flat=True).distinct()
    return Groups(sorted(brands), sorted({level for path in filed for level in levels(path)}))


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


def _products(rows: Iterable[Row]) -> list[Suggestion]:
    named = [suggestions.suggestion(name, SuggestionType.PRODUCT, product_id) for product_id, name, _ in rows]
    return suggestions.diverse(named)
