"""Search and suggest, as the REST API and the storefront call them."""

import math
import time

from django.conf import settings

from indexing.errors import EngineUnavailableError
from language import languages
from search_api import result_cache, selectors
from search_api.analytics import search_log
from search_api.completion import facet_values, suggestions
from search_api.completion.facet_values import KnownValues
from search_api.contracts import SearchRequest, SearchResponse, SuggestRequest, SuggestResponse
from search_api.engine import client, pages
from search_api.fallback import search as fallback_search
from search_api.fallback import suggestions as fallback_suggestions
from search_api.query import interpretation
from search_api.query.interpretation import Reading
from search_api.query.named_values import ValueTable
from search_api.query.private_text import is_private
from search_api.result_cache import CacheKey, Lookup
from search_api.signals import answered


def search(request: SearchRequest, *, caller: str = "") -> SearchResponse:
    """The response to a valid request: PostgreSQL's, degraded, while OpenSearch is unavailable.

    Cursors are counted by `caller`. Raises BadCursorError, TooManyCursorsError.
    """
    started = time.perf_counter()
    lookup = result_cache.look_up(cache_key(request))
    response: SearchResponse | None = lookup.answer
    if response is None:
        reading = read_words(request)
        try:
            if request.cursor is None:
                with client.shared_timeout():
                    response = pages.search(reading.request, named_values(reading.request))
            else:
                response = pages.read_on(reading.request, request.cursor, caller)
        except EngineUnavailableError:
            response = search_degraded(reading.request)
        complete(response, reading, lookup)
    return shown(response, request, started)


def cache_key(request: SearchRequest | SuggestRequest) -> CacheKey | None:
    """None where answers are not cached: for private words, and pages by cursor, which are read once."""
    if is_private(request.q):
        return None
    if isinstance(request, SuggestRequest):
        return "suggest", [request.q, request.store_id]
    return ("search", request) if request.cursor is None else None


def read_words(request: SearchRequest) -> Reading:
    """The request with its words of price and order as parameters."""
    language = languages.current()
    return interpretation.read(
        request, language=language.code, currency=settings.CURRENCY, decimal_comma=language.decimal_comma
    )


def named_values(request: SearchRequest) -> ValueTable:
    """The values that words of the request may name; EngineUnavailableError."""
    if not request.q:
        return pages.NONE_KNOWN
    known = facet_values.cached.get().named
    return known if request.interpret else known.words_only()


def search_degraded(request: SearchRequest) -> SearchResponse:
    """PostgreSQL's response."""
    return fallback_search.search(request)


def complete(response: SearchResponse, reading: Reading, lookup: Lookup) -> None:
    """Add to a new response what is the same for all callers, and store it."""
    response.interpreted = sorted([*reading.interpreted, *response.interpreted], key=lambda each: each["start"])
    response.did_you_mean = reading.with_words(response.did_you_mean)
    if codes := reading.request.attributes_to_retrieve:
        selectors.add_attributes(response.results, codes)
    if not (response.degraded or response.unfinished):
        response.freshness = lookup.freshness()
        lookup.store(response)


def shown(response: SearchResponse, request: SearchRequest, started: float) -> SearchResponse:
    """The response, new or stored, with what is read every time; the search is logged."""
    if request.store_id is not None:
        selectors.add_quantities(response.results, request.store_id)
        response.freshness = None
    response.took_ms = round((time.perf_counter() - started) * 1000, 1)
    search_log.record(request, response)
    answered.send(sender=None, kind="search", degraded=response.degraded)
    return response


def suggest(q: str, *, store_id: int | None = None) -> SuggestResponse:
    """At most ten completions of at least three characters; with a store, its stock comes first."""
    lookup = result_cache.look_up(cache_key(SuggestRequest(q=q, store_id=store_id)))
    response: SuggestResponse | None = lookup.answer
    if response is None:
        try:
            with client.shared_timeout():
                known = facet_values.cached.get()
                response = suggestions.suggest(q, store_id, known)
            store_suggestions(response, known, lookup)
        except EngineUnavailableError:
            response = suggest_degraded(q, store_id)
    return shown_suggestions(response)


def suggest_degraded(q: str, store_id: int | None) -> SuggestResponse:
    """PostgreSQL's response."""
    return fallback_suggestions.suggest(q, store_id)


def store_suggestions(response: SuggestResponse, known: KnownValues, lookup: Lookup) -> None:
    # A new brand or category may be missing in those that were read before the index changed.
    fresh = known.generation == lookup.generation
    response.freshness = lookup.freshness() if fresh else None
    lookup.store(response, at_most=math.inf if fresh else facet_values.cached.max_age)


def shown_suggestions(response: SuggestResponse) -> SuggestResponse:
    """The response, new or stored, once it is counted."""
    answered.send(sender=None, kind="suggest", degraded=response.degraded)
    return response
