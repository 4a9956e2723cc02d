"""What to do when a search finds little: correct the spelling, let words go, let filters go; and say what was changed.

One request to the engine is enough when it finds enough. Otherwise a second round trip asks at once for everything that
may help, at most three searches, and only one that still found nothing is asked once more without a filter.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from indexing.errors import EngineUnavailableError
from search_api.contracts import Relaxation, SearchRequest
from search_api.engine import client, facets, filters, request_body
from search_api.query import spelling, synonym_table
from search_api.query.parsing import ParsedQuery, parse

ENOUGH = 10  # hits; with fewer the shopper sees them all at a glance and may want more


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """The engine's answer, the query that was finally asked, and what had to be changed for it."""

    answer: Mapping[str, Any]
    parsed: ParsedQuery
    request: SearchRequest
    relaxed: tuple[Relaxation, ...] = ()
    did_you_mean: str | None = None
    some_words: bool = False
    unfinished: bool = False  # looser words might have found more, but the engine had no time for them

    @property
    def count(self) -> int:
        return int(self.answer["hits"]["total"]["value"])


def find(request: SearchRequest) -> Found:
    """What was asked for, or the nearest to it that there is."""
    parsed = parse(request.q, synonym_table.current())
    found = Found(client.search(request_body.page(request, parsed)), parsed, request)
    if not _is_enough(found):
        found = _with_looser_words(found)
    return found if found.count else _without_filters(found)


def _with_looser_words(strict: Found) -> Found:
    """The answer to the corrected query, to some of its words, or the strict one when neither finds more."""
    unknown = spelling.corrections(strict.parsed, strict.answer, lost=_is_lost(strict))
    if unknown and not strict.count:
        return _corrected(strict, unknown)
    misspelt = spelling.without_compounds(unknown, _names(strict))
    strict = dataclasses.replace(strict, did_you_mean=spelling.did_you_mean(strict.parsed, misspelt))
    if not _has_words(strict):
        return strict
    try:
        return _first_enough([strict, *_asked([_some_words(strict.parsed, strict)])])
    except EngineUnavailableError:
        if not strict.count:
            raise
        return dataclasses.replace(strict, unfinished=True)  # few hits are a better answer than another search


def _names(found: Found) -> list[str]:
    return [hit["_source"]["name"] for hit in found.answer["hits"]["hits"]]


def _is_lost(strict: Found) -> bool:
    """Whether a single word found nothing at all, rather than nothing that fits the filters."""
    return len(strict.parsed.concepts) == 1 and not strict.count and not filters.chosen(strict.request)


def _corrected(strict: Found, unknown: Mapping[str, tuple[str, ...]]) -> Found:
    """The corrected query, or some of its words. When it finds nothing either the words as typed come first."""
    meant = spelling.did_you_mean(strict.parsed, unknown)
    parsed = spelling.corrected(strict.parsed, unknown, synonym_table.current())
    relaxed = (_spelling_note(meant, list(unknown)),)
    corrected = dataclasses.replace(strict, parsed=parsed, relaxed=relaxed, did_you_mean=meant)
    if not _has_words(strict):
        return _first_enough([strict, *_asked([corrected])])
    looser = (_some_words(strict.parsed, strict), _some_words(strict.parsed, corrected))
    corrected, as_typed, as_meant = _asked([corrected, *looser])
    if not corrected.count:
        return _first_enough([strict, as_typed, as_meant])
    return _first_enough([corrected, as_meant] if len(corrected.parsed.concepts) > 1 else [corrected])


def _has_words(found: Found) -> bool:
    """Whether there are words to let go; those of a known phrase only when nothing has the phrase."""
    return len(found.parsed.concepts) > 1 or (" " in found.parsed.text and not found.count)


def _some_words(typed: ParsedQuery, found: Found) -> Found:
    """The same, when not every word must match; a known phrase counts as its words."""
    parsed = found.parsed if len(found.parsed.concepts) > 1 else parse(found.parsed.text, {})
    return dataclasses.replace(found, parsed=parsed, relaxed=(*found.relaxed, words_note(typed)), some_words=True)


def _asked(tries: list[Found]) -> list[Found]:
    asked = [request_body.page(one.request, one.parsed, some_words=one.some_words) for one in tries]
    answers = client.multi_search(asked)
    return [dataclasses.replace(one, answer=answer) for one, answer in zip(tries, answers, strict=True)]


def _first_enough(tries: list[Found]) -> Found:
    """The least changed one that finds enough, else the least changed of those that find, or would find, most."""
    most = max(tries, key=lambda one: (one.count, max(_found_without(one).values(), default=0)))
    return next((one for one in tries if _is_enough(one)), most)


def _is_enough(found: Found) -> bool:
    """Whether the words find enough. The few that a filter leaves of many are those that its facet has counted."""
    return found.count >= ENOUGH or (found.count > 0 and max(_found_without(found).values(), default=0) >= ENOUGH)


def _found_without(found: Found) -> dict[str, int]:
    """By filter, in the order to drop them, how much would be found without it: its own facet has counted that."""
    counted, chosen = found.answer["aggregations"], filters.chosen(found.request)
    return {name: facets.found_without(counted, name) for name in DROP_ORDER if name in chosen}


def _without_filters(found: Found) -> Found:
    """The same words with one filter less, in the order in which shoppers care least; else with none."""
    counts = _found_without(found)
    dropped = next(((name,) for name, count in counts.items() if count), tuple(counts))
    if not any(counts.values()) and len(counts) <= 1:
        return found
    request, note = drop_filters(found.request, dropped), filter_note(found.request, dropped)
    (less,) = _asked([dataclasses.replace(found, request=request, relaxed=(*found.relaxed, note))])
    return less if less.count else found


# Price and availability are wishes; brand and category say what is looked for.
DROP_ORDER = ("price", "availability", "brand", "category")
_CLEARED: dict[str, dict[str, Any]] = {
    "price": {"price_min": None, "price_max": None},
    "availability": {"in_stock": None},
    "brand": {"brands": ()},
    "category": {"categories": ()},
}


def drop_filters(request: SearchRequest, names: tuple[str, ...]) -> SearchRequest:
    return dataclasses.replace(request, **{key: value for name in names for key, value in _CLEARED[name].items()})


def filter_note(request: SearchRequest, names: tuple[str, ...]) -> Relaxation:
    if names == ("availability",) and request.store_id is not None and request.in_stock:
        return {
            "kind": "stores",
            "message": "Not at this store. Showing what other stores have.",
            "dropped": ["in_stock"],
        }
    listed = " and ".join(names)
    return {
        "kind": "filter",
        "message": f"Nothing fits every filter. Showing results without: {listed}.",
        "dropped": list(names),
    }


def _spelling_note(meant: str | None, unknown: list[str]) -> Relaxation:
    message = f"Showing results for “{meant}”." if meant else "No exact match. Showing what is close."
    return {"kind": "spelling", "message": message, "dropped": unknown}


def words_note(parsed: ParsedQuery) -> Relaxation:
    return {
        "kind": "words",
        "message": "Few products match every word. Showing those that match some of them too.",
        "dropped": [concept.text for concept in parsed.concepts],
    }
