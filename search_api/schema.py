"""The API schema of search, from the types of its responses."""

from typing import Any, TypedDict

from drf_spectacular.plumbing import resolve_type_hint
from drf_spectacular.utils import OpenApiResponse

from search_api.contracts import Facets, Hit, Interpretation, Relaxation, Suggestion
from search_api.serializers import ClickSerializer, SearchSerializer, SuggestSerializer


class SearchBody(TypedDict):
    count: int
    currency: str
    next: str | None
    previous: str | None
    results: list[Hit]
    facets: Facets
    did_you_mean: str | None
    relaxed: list[Relaxation]
    interpreted: list[Interpretation]
    degraded: bool
    took_ms: float


class SuggestBody(TypedDict):
    query: str
    suggestions: list[Suggestion]
    degraded: bool


SEARCH: dict[str, Any] = {
    "summary": "Search products",
    "description": (
        "Finds by name, brand, category, description and SKU, forgiving misspellings. A facet ignores its own filter. "
        "`interpreted`: the words of `q` that were read as a price or an order. `degraded`: answered from PostgreSQL, "
        "while the engine is unavailable. Beyond page x page_size of 10,000 page with `cursor`, empty at first."
    ),
    "parameters": [SearchSerializer],
    "responses": {200: resolve_type_hint(SearchBody)},
}
SUGGEST: dict[str, Any] = {
    "summary": "Complete what is being typed",
    "parameters": [SuggestSerializer],
    "responses": {200: resolve_type_hint(SuggestBody)},
}
CLICK: dict[str, Any] = {
    "summary": "Record that a hit was opened",
    "request": ClickSerializer,
    "responses": {202: OpenApiResponse(description="Received. It may not be recorded: clicks are sampled.")},
}
