"""The API schema of search, from the types of its responses."""

from typing import Any, NotRequired, TypedDict

from drf_spectacular.plumbing import resolve_type_hint
from drf_spectacular.utils import OpenApiExample, OpenApiRequest, OpenApiResponse

from search_api.contracts import (
    MAX_SEARCHES,
    Facets,
    FacetValue,
    Hit,
    Interpretation,
    Relaxation,
    StoreValue,
    Suggestion,
)
from search_api.serializers import ClickSerializer, MultiSearchSerializer, SearchSerializer, SuggestSerializer


class SearchBody(TypedDict):
    count: int
    currency: str
    count_every_word: int
    next: str | None
    previous: str | None
    next_page: int | None
    next_cursor: str | None
    results: list[Hit]
    facets: Facets
    facets_describe: str
    did_you_mean: str | None
    relaxed: list[Relaxation]
    interpreted: list[Interpretation]
    degraded: bool
    took_ms: float


class SuggestBody(TypedDict):
    query: str
    suggestions: list[Suggestion]
    degraded: bool


class FacetValuesBody(TypedDict):
    facet: str
    values: list[FacetValue | StoreValue]
    degraded: bool


class Outcome(TypedDict):
    """The answer to one search, or the problem why it has none."""

    status: int
    answer: NotRequired[SearchBody | SuggestBody | FacetValuesBody]
    problem: NotRequired[dict[str, Any]]  # as the body of an error


class MultiSearchBody(TypedDict):
    results: list[Outcome]


BY_BODY = (
    "As with GET, by the same names, in a JSON object: for parameters that no address has room for. One that repeats "
    "is a list; numbers, true and false may be JSON's. `next` and `previous` are addresses for GET; null when too long."
)
SEARCH_EXAMPLE = OpenApiExample(
    "A page of laptops",
    {"q": "laptop", "brand": ["HP", "Dell"], "price_max": "900", "in_stock": True, "facets": ["brand", "price"]},
)
MULTI_SEARCH_EXAMPLE = OpenApiExample(
    "Hits, completions and brands",
    {
        "searches": [
            {"q": "laptop", "facets": ["category", "brand"]},
            {"kind": "suggestions", "q": "lap"},
            {"kind": "facet_values", "q": "laptop", "facet": "brand", "facet_query": "le"},
        ]
    },
)
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
SEARCH_BY_BODY: dict[str, Any] = {
    "operation_id": "search_products_by_body",
    "summary": "Search products, with parameters of any length",
    "description": BY_BODY,
    "request": OpenApiRequest(SearchSerializer, examples=[SEARCH_EXAMPLE]),
    "responses": {200: resolve_type_hint(SearchBody)},
}
SUGGEST: dict[str, Any] = {
    "summary": "Complete what is being typed",
    "parameters": [SuggestSerializer],
    "responses": {200: resolve_type_hint(SuggestBody)},
}
SUGGEST_BY_BODY: dict[str, Any] = {
    "operation_id": "search_suggest_by_body",
    "summary": "Complete what is being typed, with a body",
    "description": BY_BODY,
    "request": OpenApiRequest(SuggestSerializer, examples=[OpenApiExample("A prefix", {"q": "lap", "limit": 5})]),
    "responses": {200: resolve_type_hint(SuggestBody)},
}
MULTI_SEARCH: dict[str, Any] = {
    "operation_id": "search_multi",
    "summary": "Several searches at once",
    "description": (
        f"At most {MAX_SEARCHES} searches of products, suggestions or values of a facet (`kind`: products, suggestions "
        "or facet_values, which has the parameters of a search, `facet` and `facet_query`), answered in order, each "
        "with its own status and its answer or problem. Each counts against the limits as if it was sent alone."
    ),
    "request": OpenApiRequest(MultiSearchSerializer, examples=[MULTI_SEARCH_EXAMPLE]),
    "responses": {200: resolve_type_hint(MultiSearchBody)},
}
CLICK: dict[str, Any] = {
    "summary": "Record that a hit was opened",
    "request": ClickSerializer,
    "responses": {202: OpenApiResponse(description="Received. It may not be recorded: clicks are sampled.")},
}
