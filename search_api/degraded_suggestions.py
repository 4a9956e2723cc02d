"""Completions from PostgreSQL alone, for when OpenSearch is away."""

from django.db.models import Case, IntegerField, Q, Value, When

from products.models import Product
from search_api.contracts import MAX_SUGGESTIONS, Suggestion, SuggestionType, SuggestResponse
from search_api.highlighting import mark_starts
from search_api.parsing import clean


def suggest(q: str, store_id: int | None) -> SuggestResponse:
    """Names that start with the text, then names with a word that does, marked degraded."""
    del store_id
    text = clean(q)
    starts = Q(name__istartswith=text)
    first = Case(When(starts, then=Value(0)), default=Value(1), output_field=IntegerField())
    products = Product.objects.searchable().filter(starts | Q(name__icontains=f" {text}"))
    rows = products.annotate(first=first).order_by("first", "name", "id").values_list("id", "name")
    found = {name.casefold(): _suggestion(name, product_id, text) for product_id, name in rows[: MAX_SUGGESTIONS * 4]}
    return SuggestResponse(query=q, suggestions=list(found.values())[:MAX_SUGGESTIONS], degraded=True)


def _suggestion(name: str, product_id: int, typed: str) -> Suggestion:
    return {
        "text": name,
        "type": SuggestionType.PRODUCT.value,
        "id": product_id,
        "highlight": mark_starts(name, typed),
    }
