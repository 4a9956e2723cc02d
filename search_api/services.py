"""Search and suggest, as the REST API and the storefront call them."""

import math
import time

from indexing.errors import EngineUnavailableError
from search_api import result_cache, selectors
from search_api.analytics import search_log
from search_api.completion import facet_values, suggestions
from search_api.contracts import SearchRequest, SearchResponse, SuggestResponse
from search_api.engine import client, pages
from search_api.fallback import search as fallback_search
from search_api.fallback import suggestions as fallback_suggestions
from search_api.signals import answered_degraded


def search(request: SearchRequest) -> SearchResponse:
    """The answer to a valid request; from PostgreSQL, marked degraded, when OpenSearch is away. BadCursorError."""
    started = time.perf_counter()
    response = _computed(request) if request.cursor is not None else _kept_or_computed(request)
    if request.store_id is not None:
        selectors.add_quantities(response.results, request.store_id)
    response.took_ms = round((time.perf_counter() - started) * 1000, 1)
    search_log.record(request, response)
    return response


def _kept_or_computed(request: SearchRequest) -> SearchResponse:
    looked = result_cache.look("search", request)
    kept: SearchResponse | None = looked.answer
    if kept is not None:
        return kept
    response = _computed(request)
    if not (response.degraded or response.unfinished):
        result_cache.keep(looked, response)
    return response


def _computed(request: SearchRequest) -> SearchResponse:
    try:
        return pages.search(request)
    except EngineUnavailableError:
        answered_degraded.send(sender=None, kind="search")
        return fallback_search.search(request)


def suggest(q: str, *, store_id: int | None = None) -> SuggestResponse:
    """At most ten completions of a text of at least three characters; with a store, what it has comes first."""
    looked = result_cache.look("suggest", [q, store_id])
    kept: SuggestResponse | None = looked.answer
    if kept is not None:
        return kept
    try:
        response, groups_generation = _completions(q, store_id)
    except EngineUnavailableError:
        answered_degraded.send(sender=None, kind="suggest")
        return fallback_suggestions.suggest(q, store_id)
    # Of brands and categories from before the index changed a new one may be missing.
    fresh = groups_generation == looked.generation
    result_cache.keep(looked, response, at_most=math.inf if fresh else facet_values.MAX_AGE)
    return response


@client.shared_timeout()
def _completions(q: str, store_id: int | None) -> tuple[SuggestResponse, str | None]:
    """The engine's, and the generation of the brands and categories among them."""
    known = facet_values.current()
    return suggestions.suggest(q, store_id, known), known.generation
