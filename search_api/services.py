"""Search and suggest, as the REST API and the storefront call them."""

import math
import time

from django.conf import settings

from indexing.errors import EngineUnavailableError
from language import languages
from search_api import result_cache, selectors
from search_api.analytics import search_log
from search_api.completion import facet_values, suggestions
from search_api.contracts import SearchRequest, SearchResponse, SuggestResponse
from search_api.engine import client, pages
from search_api.fallback import search as fallback_search
from search_api.fallback import suggestions as fallback_suggestions
from search_api.query import interpretation
from search_api.query.interpretation import Reading
from search_api.query.private_text import is_private
from search_api.signals import answered_degraded


def search(request: SearchRequest, *, caller: str = "") -> SearchResponse:
    """The response to a valid request: PostgreSQL's, degraded, while OpenSearch is unavailable.

    Cursors are counted by `caller`. Raises BadCursorError, TooManyCursorsError.
    """
    started = time.perf_counter()
    # A page by cursor is read once, so it is not cached.
    is_cached = request.cursor is None and not is_private(request.q)
    lookup = result_cache.look_up("search", request) if is_cached else None
    response: SearchResponse | None = lookup.answer if lookup else None
    if response is None:
        reading = read_words(request)
        try:
            if request.cursor is None:
                response = _search(reading.request)
            else:
                response = pages.read_on(reading.request, request.cursor, caller)
        except EngineUnavailableError:
            answered_degraded.send(sender=None, kind="search")
            response = fallback_search.search(reading.request)
        response.interpreted = sorted([*reading.interpreted, *response.interpreted], key=lambda each: each["start"])
        response.did_you_mean = reading.with_words(response.did_you_mean)
        if lookup and not (response.degraded or response.unfinished):
            lookup.store(response)
    if request.store_id is not None:
        selectors.add_quantities(response.results, request.store_id)
    response.took_ms = round((time.perf_counter() - started) * 1000, 1)
    search_log.record(request, response)
    return response


def read_words(request: SearchRequest) -> Reading:
    """The request with its words of price and order as parameters."""
    language = languages.current()
    return interpretation.read(
        request, language=language.code, currency=settings.CURRENCY, decimal_comma=language.decimal_comma
    )


def _search(request: SearchRequest) -> SearchResponse:
    """EngineUnavailableError."""
    with client.shared_timeout():
        if not request.q or not request.interpret:
            return pages.search(request)
        return pages.search(request, facet_values.cached.get().named)


def suggest(q: str, *, store_id: int | None = None) -> SuggestResponse:
    """At most ten completions of at least three characters; with a store, its stock comes first."""
    lookup = result_cache.Lookup() if is_private(q) else result_cache.look_up("suggest", [q, store_id])
    cached: SuggestResponse | None = lookup.answer
    if cached is not None:
        return cached
    try:
        with client.shared_timeout():
            known = facet_values.cached.get()
            response = suggestions.suggest(q, store_id, known)
    except EngineUnavailableError:
        answered_degraded.send(sender=None, kind="suggest")
        return fallback_suggestions.suggest(q, store_id)
    # A new brand or category may be missing in those that were read before the index changed.
    fresh = known.generation == lookup.generation
    lookup.store(response, at_most=math.inf if fresh else facet_values.cached.max_age)
    return response
