"""Relaxation: what is sent when a search finds little, and how the response reports it.

Spelling is corrected first, then words may be missing, then filters are dropped. One request is
enough when it finds enough. Otherwise a second round trip sends all searches that may help at once,
at most three, and only when those find nothing a third one drops filters.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from indexing.errors import EngineUnavailableError
from search_api.contracts import Relaxation, SearchRequest
from search_api.engine import attribute_facets, client, request_body
from search_api.engine.request_body import Filters
from search_api.query import spelling, synonym_table
from search_api.query.parsing import ParsedQuery, parse

ENOUGH = 10  # hits; with fewer the shopper sees them all at a glance and may want more
# Price and availability are wishes; brand and category say what the shopper looks for.
DROPPED_FIRST, DROPPED_LAST = ("on_sale", "price", "availability"), ("brand", "category")
_CLEARED: dict[str, dict[str, Any]] = {
    "price": {"price_min": None, "price_max": None},
    "on_sale": {"on_sale": None},
    "availability": {"in_stock": None},
    "brand": {"brands": ()},
    "category": {"categories": ()},
}


@dataclasses.dataclass(frozen=True, slots=True)
class Attempt:
    """One search as it is sent, what was changed for it, and the engine's answer to it."""

    request: SearchRequest
    parsed: ParsedQuery
    filters: Filters
    some_words: bool = False  # not every word must match
    relaxed: tuple[Relaxation, ...] = ()
    did_you_mean: str | None = None
    unfinished: bool = False  # there was no time to search with fewer words
    answer: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        return request_body.page(self.request, self.parsed, self.filters, some_words=self.some_words)

    @property
    def count(self) -> int:
        return int(self.answer["hits"]["total"]["value"])

    @property
    def counts_without_filter(self) -> dict[str, int]:
        """By filter, in the order to drop them, the hits without it, as its facet has counted."""
        counted = self.answer["aggregations"]
        of_attributes = (name for name in self.filters if name not in {*DROPPED_FIRST, *DROPPED_LAST})
        order = (*DROPPED_FIRST, *of_attributes, *DROPPED_LAST)
        return {name: counted[f"{name}_facet"]["doc_count"] for name in order if name in self.filters}

    @property
    def most_without_a_filter(self) -> int:
        return max(self.counts_without_filter.values(), default=0)

    @property
    def is_enough(self) -> bool:
        """Whether the words find enough; they do when a filter leaves only a few of many."""
        return self.count >= ENOUGH or (self.count > 0 and self.most_without_a_filter >= ENOUGH)


def find(first: Attempt) -> Attempt:
    """The attempt as it is when it finds enough, else the least relaxed one that does."""
    attempt = dataclasses.replace(first, answer=client.search(first.body))
    if not attempt.is_enough:
        attempt = _with_other_words(attempt)
    return attempt if attempt.count else _with_fewer_filters(attempt)


def _with_other_words(strict: Attempt) -> Attempt:
    """The corrected query, or some of the words, or `strict` itself when neither finds more."""
    # A single word that finds nothing at all, filters or not, is unknown even when no known word is
    # near it.
    lost = len(strict.parsed.concepts) == 1 and not strict.count and not strict.filters
    unknown = spelling.corrections(strict.parsed, strict.answer, lost=lost)
    if unknown and not strict.count:
        return _corrected(strict, unknown)
    names = [hit["_source"]["name"] for hit in strict.answer["hits"]["hits"]]
    misspelt = spelling.without_compounds(unknown, names)
    strict = dataclasses.replace(strict, did_you_mean=spelling.did_you_mean(strict.parsed, misspelt))
    if not _has_words_to_drop(strict):
        return strict
    try:
        return _least_relaxed([strict, *_send(_some_words(strict, strict.parsed))])
    except EngineUnavailableError:
        if not strict.count:
            raise
        # A few exact hits now are better than the fallback's.
        return dataclasses.replace(strict, unfinished=True)


def _corrected(strict: Attempt, unknown: Mapping[str, tuple[str, ...]]) -> Attempt:
    """The corrected query or some of its words; if it finds nothing, some of the words as typed."""
    meant = spelling.did_you_mean(strict.parsed, unknown)
    message = f"Showing results for “{meant}”." if meant else "No exact match. Showing what is close."
    corrected = dataclasses.replace(
        strict,
        parsed=spelling.corrected(strict.parsed, unknown, synonym_table.current()),
        relaxed=({"kind": "spelling", "message": message, "dropped": list(unknown)},),
        did_you_mean=meant,
    )
    if not _has_words_to_drop(strict):
        return _least_relaxed([strict, *_send(corrected)])
    corrected, as_typed, as_meant = _send(
        corrected, _some_words(strict, strict.parsed), _some_words(corrected, strict.parsed)
    )
    if not corrected.count:
        return _least_relaxed([strict, as_typed, as_meant])
    return _least_relaxed([corrected, as_meant] if len(corrected.parsed.concepts) > 1 else [corrected])


def _has_words_to_drop(attempt: Attempt) -> bool:
    """Words of a known phrase, which is one concept, are dropped only when nothing has it."""
    return len(attempt.parsed.concepts) > 1 or (" " in attempt.parsed.text and not attempt.count)


def _some_words(attempt: Attempt, typed: ParsedQuery) -> Attempt:
    """The attempt when not every word must match; a known phrase alone counts as its words."""
    parsed = attempt.parsed if len(attempt.parsed.concepts) > 1 else parse(attempt.parsed.text, {})
    note: Relaxation = {
        "kind": "words",
        "message": "Few products match every word. Showing those that match some of them too.",
        "dropped": [concept.text for concept in typed.concepts],
    }
    return dataclasses.replace(attempt, parsed=parsed, relaxed=(*attempt.relaxed, note), some_words=True)


def _send(*attempts: Attempt) -> list[Attempt]:
    answers = client.multi_search([attempt.body for attempt in attempts])
    return [dataclasses.replace(attempt, answer=answer) for attempt, answer in zip(attempts, answers, strict=True)]


def _least_relaxed(attempts: list[Attempt]) -> Attempt:
    """The first that finds enough, else the first of those that find, or could find, most."""
    most = max(attempts, key=lambda one: (one.count, one.most_without_a_filter))
    return next((one for one in attempts if one.is_enough), most)


def _with_fewer_filters(attempt: Attempt) -> Attempt:
    """Without the first filter that alone leaves nothing; without any when no single one does."""
    counts = attempt.counts_without_filter
    dropped = next(((name,) for name, count in counts.items() if count), tuple(counts))
    if not any(counts.values()) and len(counts) <= 1:
        return attempt  # the one facet has counted: nothing is found without its filter either
    request = attempt.request
    note: Relaxation = {
        "kind": "filter",
        "message": f"Nothing fits every filter. Showing results without: {' and '.join(_filter_names(dropped))}.",
        "dropped": list(dropped),
    }
    if dropped == ("availability",) and request.store_id is not None and request.in_stock:
        message = "Not at this store. Showing what other stores have."
        note = {"kind": "stores", "message": message, "dropped": ["in_stock"]}
    cleared = {field: value for name in dropped for field, value in _CLEARED.get(name, {}).items()}
    cleared["attributes"] = attribute_facets.without(request.attributes, dropped)
    (relaxed,) = _send(
        dataclasses.replace(
            attempt,
            request=dataclasses.replace(request, **cleared),
            filters={name: found for name, found in attempt.filters.items() if name not in dropped},
            relaxed=(*attempt.relaxed, note),
        )
    )
    return relaxed if relaxed.count else attempt


def _filter_names(filters: tuple[str, ...]) -> list[str]:
    """For a sentence: an attribute has its label."""
    labels = attribute_facets.labels(filters)
    return [labels.get(name, name) for name in filters]
