"""Hits with some of the words, for when no product has every word.

For MAX_AGE the process remembers that a search needed this, so a repeat takes one round trip.
"""

import dataclasses

from foundation.expiring_cache import ExpiringItems
from indexing.errors import EngineUnavailableError
from search_api.contracts import Relax, Sort
from search_api.engine import client, dense, request_body, text_query
from search_api.engine.attempt import Attempt
from search_api.engine.request_body import HitScope

MAX_AGE = 300.0  # s
MAX_SEARCHES = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class MissingWords:
    """What is remembered of such a search. Every repeat checks it again."""

    best_score: float  # by words
    places_not_shown: tuple[int, ...]  # of words that no hit of the page has


_missing_words: ExpiringItems[object, MissingWords] = ExpiringItems(
    lambda _: {}, max_age=MAX_AGE, max_items=MAX_SEARCHES
)
forget = _missing_words.forget


def as_before(first: Attempt) -> Attempt | None:
    """Send the search at once for hits with some of the words, if the same search needed that within MAX_AGE.

    None if it was not remembered, or no longer holds.
    """
    before = _remembered(first)
    if before is None or first.request.relax is Relax.NONE:
        return None
    expected = _some_words(first, before.best_score if dense.is_used(first.request) else 0.0)
    words = text_query.has_every_word(first.parsed)
    asked = [text_query.all_words(first.parsed), *([words[place]] for place in before.places_not_shown)]
    try:
        answers = client.multi_search([*expected.bodies, *map(request_body.any_product, asked)])
    except EngineUnavailableError:
        return None
    found = expected.answered(*answers[:2])
    with_every_word, *with_word = [answer["hits"]["total"]["value"] for answer in answers[2:]]
    if with_every_word or not all(with_word) or not {*found.places_not_shown} <= {*before.places_not_shown}:
        return None
    if found.best_by_words:
        dense.searched.send(sender=None, outcome="used")
    return found


def with_some_words(attempt: Attempt) -> Attempt:
    """The same hits, by words or by meaning too, and facets that count them: those of `attempt` count every word."""
    found = _by_meaning(attempt) if dense.is_used(attempt.request) else None
    if found is None:
        by_words = _some_words(attempt)
        try:
            found = by_words.answered(attempt.answer, client.search(by_words.counts_body))
        except EngineUnavailableError:
            # The hits now, without facets, are better than those of the fallback.
            return dataclasses.replace(by_words, unfinished=True)
    _remember(attempt, found)
    return found


def _by_meaning(attempt: Attempt) -> Attempt | None:
    """None when the engine refuses, or is too slow."""
    try:
        found = _some_words(attempt, _best_score(attempt)).sent(at_most=dense.LONGEST)
    except EngineUnavailableError:
        dense.searched.send(sender=None, outcome="failed")
        return None
    dense.searched.send(sender=None, outcome="used")
    return found


def _some_words(attempt: Attempt, best: float = 0.0) -> Attempt:
    """The attempt for hits with some of the words. `best`: the best score by words; 0 leaves meaning out."""
    fitting = " and fits the filters" if attempt.filters and attempt.facet_counts.get("doc_count") else ""
    message = f"No product has every word{fitting}. Showing those that have some of the words."
    return attempt.noted("words", message, [], scope=HitScope.SOME_WORDS, best_by_words=best).ready()


def _best_score(attempt: Attempt) -> float:
    """The best score by words of the hits on all pages."""
    if not attempt.request.offset:
        hits = attempt.answer["hits"]["hits"]
    elif before := _remembered(attempt):
        return before.best_score
    else:
        first = request_body.hits_body(attempt.request, attempt.parsed, attempt.filters, HitScope.SOME_WORDS, size=1)
        hits = client.search(first)["hits"]["hits"]
    return float(hits[0]["sort"][0])


def _remembered(attempt: Attempt) -> MissingWords | None:
    key = attempt.key
    return _missing_words.get([key]).get(key)


def _remember(attempt: Attempt, found: Attempt) -> None:
    """Unless anything but the words was relaxed."""
    request = attempt.request
    if attempt.relaxed or attempt.facet_counts["doc_count"]:
        return
    if request.sort is Sort.RELEVANCE and request.page_size and not request.offset:
        _missing_words.put({attempt.key: MissingWords(_best_score(attempt), tuple(found.places_not_shown))})
