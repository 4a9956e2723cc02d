"""Completions from PostgreSQL alone, for when OpenSearch is away."""

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from products.models import Product
from search_api.contracts import MAX_SUGGESTIONS, Suggestion, SuggestionType, SuggestResponse
from search_api.degraded_filters import available
from search_api.highlighting import mark_starts
from search_api.parsing import clean

FETCHED = 40  # rows, to have ten that differ
MIN_FUZZY_LENGTH = 4  # characters


def suggest(q: str, store_id: int | None) -> SuggestResponse:
    """Names that start with the text, names with a word that does, names that resemble it; marked degraded."""
    text = clean(q)
    names = list(_starting(text, store_id)[:FETCHED]) or list(_resembling(text)[:FETCHED])
    found = {name.casefold(): _suggestion(name, product_id, text) for product_id, name in reversed(names)}
    return SuggestResponse(query=q, suggestions=list(reversed(found.values()))[:MAX_SUGGESTIONS], degraded=True)


def _starting(text: str, store_id: int | None) -> QuerySet[Product, tuple[int, str]]:
    starts = Q(name__istartswith=text)
    later = Case(When(starts, then=Value(0)), default=Value(1), output_field=IntegerField())
    products = Product.objects.searchable().filter(starts | Q(name__icontains=f" {text}"))
    ranked = products.annotate(later=later, available=available(store_id))
    return ranked.order_by("later", "-available", F("popularity").desc(), "id").values_list("id", "name")


def _resembling(text: str) -> QuerySet[Product, tuple[int, str]]:
    products = Product.objects.searchable()
    if len(text) < MIN_FUZZY_LENGTH:
        return products.none().values_list("id", "name")
    return products.filter(name__trigram_word_similar=text).order_by("-popularity", "id").values_list("id", "name")


def _suggestion(name: str, product_id: int, typed: str) -> Suggestion:
    return {
        "text": name,
        "type": SuggestionType.PRODUCT.value,
        "id": product_id,
        "highlight": mark_starts(name, typed),
    }
