"""Several searches and completions in one request, each with an outcome of its own.

The first requests of all go to the engine in one round trip. What a search needs beyond its first
one (a correction, fewer filters, rare values of a facet) it sends by itself afterwards.
"""

import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings

from indexing.errors import EngineUnavailableError
from search_api import result_cache, services
from search_api.completion import facet_values, suggestions
from search_api.contracts import SearchRequest, SearchResponse, SuggestRequest, SuggestResponse
from search_api.engine import client, pages
from search_api.engine.attempt import Attempt
from search_api.errors import NoTimeLeftError
from search_api.result_cache import Lookup

# Times SEARCH_TIMEOUT, for all searches together. One without an answer by then gets a problem, not a degraded answer.
PATIENCE = 3.0

Json = dict[str, Any]
Request = SearchRequest | SuggestRequest
Response = SearchResponse | SuggestResponse
Outcomes = dict[int, Response | Exception]  # by the place of the search


def time_limit() -> float:
    """When a request that begins now must have all its answers; on the monotonic clock."""
    return time.monotonic() + PATIENCE * settings.SEARCH_TIMEOUT


def multi_search(requests: Sequence[Request], *, ends_at: float, caller: str = "") -> list[Response | Exception]:
    """What `services.search` and `suggest` would return or raise for each request, in order.

    NoTimeLeftError for one that others left no time for.
    """
    outcomes: Outcomes = {}
    open_searches = _looked_up(requests, caller, outcomes)
    with client.shared_timeout(PATIENCE):
        answers = _first_answers(open_searches, outcomes)
        unanswered = []
        for place in [place for place in open_searches if place not in outcomes]:
            each = open_searches[place]
            with _own_error(outcomes, place):
                # Quantities take a while where PostgreSQL cannot be reached.
                if each.request.store_id is not None and time.monotonic() >= ends_at:
                    raise NoTimeLeftError
                try:
                    outcomes[place] = each.answered(answers.get(place))
                except EngineUnavailableError:
                    unanswered.append(place)
    # Last, because PostgreSQL takes longer, and the others need not wait for it.
    for place in unanswered:
        with _own_error(outcomes, place):
            outcomes[place] = open_searches[place].degraded() if time.monotonic() < ends_at else NoTimeLeftError()
    return [outcomes[place] for place in range(len(requests))]


@contextlib.contextmanager
def _own_error(outcomes: Outcomes, place: int) -> Iterator[None]:
    """Make an error in the body the outcome of this search, so that it costs the others nothing."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the caller judges it
        outcomes[place] = error


class _Search:
    """A search without an answer from the cache."""

    def __init__(self, request: SearchRequest, lookup: Lookup, caller: str) -> None:
        self.request, self.lookup, self.caller = request, lookup, caller
        self.started = time.perf_counter()
        self.reading = services.read_words(request)
        self.attempt: Attempt | None = None

    def first_requests(self) -> list[Json]:
        """None for a page by cursor, which cannot go with others; EngineUnavailableError."""
        if self.request.cursor is not None:
            return []
        request = self.reading.request
        self.attempt = pages.first_attempt(request, services.named_values(request))
        return self.attempt.bodies

    def answered(self, answers: list[Json] | None) -> SearchResponse:
        """The response when these are the answers to the first requests; EngineUnavailableError."""
        if self.request.cursor is not None:
            response = pages.read_on(self.reading.request, self.request.cursor, self.caller)
        elif self.attempt and answers:
            response = pages.search_from(self.attempt.answered(*answers))
        else:
            raise EngineUnavailableError("the engine did not answer this search of a multi-search")
        return self._complete(response)

    def degraded(self) -> SearchResponse:
        return self._complete(services.search_degraded(self.reading.request))

    def _complete(self, response: SearchResponse) -> SearchResponse:
        services.complete(response, self.reading, self.lookup)
        return services.shown(response, self.request, self.started)


class _Completion:
    """The same of a completion."""

    def __init__(self, request: SuggestRequest, lookup: Lookup) -> None:
        self.request, self.lookup = request, lookup

    def first_requests(self) -> list[Json]:
        return [suggestions.first_request(self.request.q, self.request.store_id)]

    @client.shared_timeout()
    def answered(self, answers: list[Json] | None) -> SuggestResponse:
        if not answers:
            raise EngineUnavailableError("the engine did not answer this completion of a multi-search")
        known = facet_values.cached.get()
        response = suggestions.suggest(self.request.q, self.request.store_id, known, *answers)
        services.store_suggestions(response, known, self.lookup)
        return services.shown_suggestions(response)

    def degraded(self) -> SuggestResponse:
        return services.shown_suggestions(services.suggest_degraded(self.request.q, self.request.store_id))


_Open = _Search | _Completion


def _looked_up(requests: Sequence[Request], caller: str, outcomes: Outcomes) -> dict[int, _Open]:
    """The searches that are not cached, by place. The cached answers are added to the outcomes."""
    started = time.perf_counter()
    open_searches: dict[int, _Open] = {}
    try:
        lookups = result_cache.look_up_each([services.cache_key(request) for request in requests])
    except Exception as error:  # noqa: BLE001 - each search would raise it by itself
        outcomes.update(dict.fromkeys(range(len(requests)), error))
        return open_searches
    for place, (request, lookup) in enumerate(zip(requests, lookups, strict=True)):
        with _own_error(outcomes, place):
            if isinstance(request, SearchRequest):
                if lookup.answer is None:
                    open_searches[place] = _Search(request, lookup, caller)
                else:
                    outcomes[place] = services.shown(lookup.answer, request, started)
            elif lookup.answer is None:
                open_searches[place] = _Completion(request, lookup)
            else:
                outcomes[place] = services.shown_suggestions(lookup.answer)
    return open_searches


def _first_answers(open_searches: Mapping[int, _Open], outcomes: Outcomes) -> dict[int, list[Json]]:
    """By place, the answers of the searches whose first requests were all answered."""
    bodies: dict[int, list[Json]] = {}
    with client.shared_timeout(client.TOGETHER):  # the rest is for PostgreSQL
        for place, each in open_searches.items():
            with _own_error(outcomes, place), contextlib.suppress(EngineUnavailableError), client.shared_timeout():
                if first := each.first_requests():
                    bodies[place] = first
        if not bodies:
            return {}
        try:
            found = iter(client.search_each([body for first in bodies.values() for body in first]))
        except EngineUnavailableError:
            return {}
        except Exception:  # noqa: BLE001 - which search it is about shows when each is sent alone
            answers: dict[int, list[Json]] = {}
            for place, first in bodies.items():
                with _own_error(outcomes, place), contextlib.suppress(EngineUnavailableError):
                    answers[place] = client.multi_search(first)
            return answers
    of_search = {place: [next(found) for _ in first] for place, first in bodies.items()}
    return {place: [each for each in answers if each] for place, answers in of_search.items() if all(answers)}
