"""Search by meaning: the order of hits where words say too little. What is found, counted and in facets stays the same.

Hits by meaning are always products that the words find too, so that all pages together are the count. Two uses:

- No product has every word: the scores of words and meaning are added, on every page (`fused`).
- Some product has every word: hits by meaning follow the first LEXICAL_FIRST hits by words (`followed`).

Without vectors, or when the engine is slow or refuses, the order is that of the words.
"""

import functools
from collections.abc import Sequence
from typing import Any

from django.dispatch import Signal

from foundation.expiring_cache import ExpiringValue
from indexing import vectors
from indexing.errors import EngineUnavailableError
from search_api.contracts import SearchRequest, Sort
from search_api.engine import client, hit_fields, request_body, text_query
from search_api.engine.ranking import CANDIDATES, LEXICAL_FIRST, follow, fuse
from search_api.engine.request_body import Filters, Hits
from search_api.query.parsing import ParsedQuery

Answer = dict[str, Any]

# Sent with `outcome`: used, or failed.
searched = Signal()

LONGEST = 0.2  # s; of SEARCH_TIMEOUT, so that a slow engine costs the order and not the answer
MAX_AGE = 10.0  # s; vectors that became complete, or were lost, are noticed after this
CACHED_QUERIES = 1_000

_usable = ExpiringValue("whether vectors are complete", vectors.usable, max_age=MAX_AGE)
forget = _usable.forget


def fused(
    request: SearchRequest, parsed: ParsedQuery, filters: Filters, answer: Answer, counts: dict[str, Any]
) -> tuple[Answer, Answer]:
    """The answer, a page of hits with some of the words, ordered by words and meaning, and the answer to `counts`."""
    if request.sort is not Sort.RELEVANCE or not request.page_size or not _usable.get():
        return answer, client.search(counts)
    # Which words each hit has is looked up for the hits of the page alone: for all, it takes as long as the search.
    candidates = request_body.hits(request, parsed, filters, Hits.SOME_WORDS, size=CANDIDATES)
    nearest = _nearest(parsed.q, [text_query.has_some_word(parsed), *filters.values()])
    try:
        by_words, by_meaning = client.multi_search([candidates, nearest])
        order = fuse(_scores(by_words), _cosines(by_meaning))
        hits, counted = _page(request, parsed, filters, Hits.SOME_WORDS, order, answer=answer, counts=counts)
    except EngineUnavailableError:
        searched.send(sender=None, outcome="failed")
        return answer, client.search(counts)
    searched.send(sender=None, outcome="used")
    return {**answer, "hits": {**answer["hits"], "hits": hits}}, counted


def followed(  # noqa: PLR0913, PLR0917 - what a page of hits is made of
    request: SearchRequest, parsed: ParsedQuery, filters: Filters, which: Hits, answer: Answer, count_every_word: int
) -> Answer:
    """The answer, a page of hits of which some have every word, with hits by meaning behind the first."""
    end = min(request.offset + request.page_size, answer["hits"]["total"]["value"])
    with_words = any(not word.is_code for word in parsed.concepts)
    needed = request.sort is Sort.RELEVANCE and count_every_word and end > LEXICAL_FIRST and with_words
    if not needed or not _usable.get():
        return answer
    if count_every_word > LEXICAL_FIRST:  # those that lack a word stay behind
        matching = text_query.has_every_word(parsed)
    else:
        matching = [text_query.has_some_word(parsed)]
    first = request_body.hits(request, parsed, filters, which, size=LEXICAL_FIRST)
    nearest = _nearest(parsed.q, [*matching, *filters.values()])
    try:
        by_words, by_meaning = client.multi_search([first, nearest], at_most=LONGEST)
        order = follow(_scores(by_words), _cosines(by_meaning))
        hits, _ = _page(request, parsed, filters, which, order, answer=answer)
    except EngineUnavailableError:
        searched.send(sender=None, outcome="failed")
        return answer
    searched.send(sender=None, outcome="used")
    return {**answer, "hits": {**answer["hits"], "hits": hits}}


def _nearest(text: str, filters: list[dict[str, Any]]) -> dict[str, Any]:
    nearest = {"vector": _vector(text), "k": CANDIDATES, "filter": {"bool": {"filter": filters}}}
    order = [*request_body.ORDER[Sort.RELEVANCE], hit_fields.TIE_BREAK]
    shown = {"size": CANDIDATES, "sort": order, "track_total_hits": False, **hit_fields.IDS}
    return {"query": {"knn": {vectors.FIELD: nearest}}, "timeout": f"{LONGEST * 1000:.0f}ms", **shown}


@functools.lru_cache(CACHED_QUERIES)
def _vector(text: str) -> list[int]:
    return memoryview(vectors.model().encode(text)).cast("b").tolist()


def _scores(answer: Answer) -> dict[int, float]:
    """By product, the first hit first."""
    return {hit_fields.product_id(hit): hit["sort"][0] for hit in answer["hits"]["hits"]}


def _cosines(answer: Answer) -> dict[int, float]:
    if answer["timed_out"]:
        raise EngineUnavailableError("the nearest products were not found in time")
    return {product_id: 2 * score - 1 for product_id, score in _scores(answer).items()}


def _page(  # noqa: PLR0913 - what a page of hits is made of
    request: SearchRequest,
    parsed: ParsedQuery,
    filters: Filters,
    which: Hits,
    order: Sequence[int],
    *,
    answer: Answer,
    counts: dict[str, Any] | None = None,
) -> tuple[list[dict[str, Any]], Answer]:
    """The hits of the page when these products come first, and behind them the others in the order of the words.

    Those of `answer` are known. With the answer to `counts`, if it is given.
    """
    found = _by_id(answer["hits"]["hits"])
    wanted = order[request.offset : request.offset + request.page_size]
    missing = [key for key in wanted if key not in found]
    others = request.page_size - len(wanted)
    bodies = {}
    if counts:
        bodies["counts"] = counts
    if missing:
        bodies["missing"] = request_body.these(parsed, missing)
    if others:
        offset = max(request.offset - len(order), 0)
        bodies["others"] = request_body.hits(
            request, parsed, filters, which, size=others, offset=offset, but=order, shown=True
        )
    answers = client.multi_search(list(bodies.values()), at_most=LONGEST) if bodies else []
    answer_of = dict(zip(bodies, answers, strict=True))
    hits_of = {name: each["hits"]["hits"] for name, each in answer_of.items()}
    found |= _by_id(hits_of.get("missing", []))
    return [found[key] for key in wanted if key in found] + hits_of.get("others", []), answer_of.get("counts", {})


def _by_id(hits: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {hit_fields.product_id(hit): hit for hit in hits}
