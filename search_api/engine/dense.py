"""Search by meaning: the order of hits where words say too little. What is found, counted and in facets stays the same.

Hits by meaning are always products that the words find too, so that all pages together are the count. Two uses:

- No product has every word: meaning is added to the scores of the first hits by words (`rescoring`).
- Some product has every word: hits by meaning follow the first LEXICAL_FIRST hits by words (`followed`).

Without vectors, or when the engine is slow or refuses, the order is that of the words. Weights and limits:
docs/decisions/semantic-search.md.
"""

import functools
import itertools
from collections.abc import Iterable
from typing import Any

from django.dispatch import Signal

from foundation.expiring_cache import ExpiringValue
from indexing import vectors
from indexing.errors import EngineUnavailableError
from search_api.contracts import SearchRequest, Sort
from search_api.engine import client, hit_fields, request_body, shards, text_query
from search_api.engine.request_body import Filters, HitScope
from search_api.query.parsing import ParsedQuery

Answer = dict[str, Any]

# Sent with `outcome`: used, or failed.
searched = Signal()

CANDIDATES = 300  # first hits by words that are scored, and nearest products; further ones change nothing that is seen
# Where some product has every word, words say best what comes first.
LEXICAL_FIRST = 60
# What a cosine of 1 adds to a score, where the best product by words has 1. The nearest candidate is about .25 above
# the mean one, so that meaning adds to it some .6 of what the best product has by words.
MEANING = 2.5
UNKNOWN = 0.3  # cosine of a product that has no vector yet: that of the mean candidate
LONGEST = 0.2  # s; of SEARCH_TIMEOUT, so that a slow engine costs the order and not the answer
MAX_AGE = 10.0  # s; vectors that became complete, or were lost, are noticed after this
CACHED_QUERIES = 1_000

_HAS_VECTOR = {"exists": {"field": vectors.FIELD}}
_usable = ExpiringValue("whether vectors are complete", vectors.usable, max_age=MAX_AGE)
forget = _usable.forget


def is_used(request: SearchRequest) -> bool:
    """Whether meaning decides about the order of the request's hits when no product has every word."""
    return request.sort is Sort.RELEVANCE and request.page_size > 0 and _usable.get()


def rescoring(parsed: ParsedQuery, best: float) -> dict[str, Any]:
    """What a request for hits needs so that the engine adds meaning; `best` is the best score by words.

    The engine scores the first CANDIDATES of each shard again. All others follow in the order of the words. It takes no
    second order beside such scores: equal ones stay in that of the shard.
    """
    # 1 + cosine: the plugin's own script takes half of the time that one in Painless takes.
    parameters = {"field": vectors.FIELD, "query_value": _vector(parsed.q), "space_type": "cosinesimil"}
    script = {"lang": "knn", "source": "knn_score", "params": parameters}
    by_meaning = [
        {"script_score": {"query": _HAS_VECTOR, "script": script}},
        {"constant_score": {"filter": {"bool": {"must_not": [_HAS_VECTOR]}}, "boost": 1 + UNKNOWN}},
    ]
    weights = {"query_weight": 1 / best, "rescore_query_weight": MEANING}
    return {"window_size": CANDIDATES, "query": {"rescore_query": {"bool": {"should": by_meaning}}, **weights}}


def followed(  # noqa: PLR0913, PLR0917 - what a page of hits is made of
    request: SearchRequest,
    parsed: ParsedQuery,
    filters: Filters,
    scope: HitScope,
    answer: Answer,
    count_every_word: int,
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
    first = request_body.hits_body(request, parsed, filters, scope, size=LEXICAL_FIRST)
    nearest = _nearest(parsed.q, [*matching, *filters.values()])
    try:
        by_words, by_meaning = client.multi_search([first, nearest], at_most=LONGEST)
        if by_meaning["timed_out"]:
            raise EngineUnavailableError("the nearest products were not found in time")  # noqa: TRY301 - as any failure
        hits = _page(request, parsed, filters, scope, follow(_ids(by_words), _ids(by_meaning)), answer)
    except EngineUnavailableError:
        searched.send(sender=None, outcome="failed")
        return answer
    searched.send(sender=None, outcome="used")
    return {**answer, "hits": {**answer["hits"], "hits": hits}}


def follow(by_words: Iterable[int], nearest: Iterable[int]) -> list[int]:
    """The first products by words, then the nearest, each once."""
    return list(dict.fromkeys([*itertools.islice(by_words, LEXICAL_FIRST), *nearest]))


def _nearest(text: str, filters: list[dict[str, Any]]) -> dict[str, Any]:
    nearest = {"vector": _vector(text), "k": CANDIDATES, "filter": {"bool": {"filter": filters}}}
    order = [*request_body.ORDER[Sort.RELEVANCE], hit_fields.TIE_BREAK]
    shown = {"size": CANDIDATES, "sort": order, "track_total_hits": False, **hit_fields.IDS}
    query = {"query": {"knn": {vectors.FIELD: nearest}}, "timeout": f"{LONGEST * 1000:.0f}ms"}
    return {**query, **shown, **shards.same_copies(text)}


@functools.lru_cache(CACHED_QUERIES)
def _vector(text: str) -> list[int]:
    return memoryview(vectors.model().encode(text)).cast("b").tolist()


def _ids(answer: Answer) -> list[int]:
    return [hit_fields.product_id(hit) for hit in answer["hits"]["hits"]]


def _page(  # noqa: PLR0913, PLR0917 - what a page of hits is made of
    request: SearchRequest, parsed: ParsedQuery, filters: Filters, scope: HitScope, order: list[int], answer: Answer
) -> list[dict[str, Any]]:
    """The hits of the page when these products come first, and behind them the others in the order of the words.

    Those of `answer` are known.
    """
    found = _by_id(answer["hits"]["hits"])
    wanted = order[request.offset : request.offset + request.page_size]
    missing = [key for key in wanted if key not in found]
    others = request.page_size - len(wanted)
    bodies = {}
    if missing:
        bodies["missing"] = request_body.these(parsed, missing)
    if others:
        offset = max(request.offset - len(order), 0)
        bodies["others"] = request_body.hits_body(
            request, parsed, filters, scope, size=others, offset=offset, excluding=order, shown=True
        )
    answers = client.multi_search(list(bodies.values()), at_most=LONGEST) if bodies else []
    hits_of = {name: each["hits"]["hits"] for name, each in zip(bodies, answers, strict=True)}
    found |= _by_id(hits_of.get("missing", []))
    return [*(found[key] for key in wanted if key in found), *hits_of.get("others", [])]


def _by_id(hits: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    return {hit_fields.product_id(hit): hit for hit in hits}
