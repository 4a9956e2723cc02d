"""Search and suggest, as the REST API and the storefront call them."""

import time

from search_api import degraded, degraded_suggestions, pages, suggestions
from search_api.contracts import SearchRequest, SearchResponse, SuggestResponse
from search_api.errors import EngineUnavailableError


def search(request: SearchRequest) -> SearchResponse:
    """The answer to a valid request; from PostgreSQL, marked degraded, when OpenSearch is away. BadCursorError."""
    started = time.perf_counter()
    try:
        response = pages.search(request)
    except EngineUnavailableError:
        response = degraded.search(request)
    response.took_ms = round((time.perf_counter() - started) * 1000, 1)
    return response


def suggest(q: str, *, store_id: int | None = None) -> SuggestResponse:
    """At most ten completions of a text of at least three characters; with a store, what it has comes first."""
    try:
        return suggestions.suggest(q, store_id)
    except EngineUnavailableError:
        return degraded_suggestions.suggest(q, store_id)
