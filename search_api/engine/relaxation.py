"""From a search to its answer: which words are misspelt or unknown, and what is relaxed when nothing fits.

One round trip is enough when some product has every word and fits every filter. When none has every
word, a second one finds out which words no product has. Then one thing is changed at a time, the
least first: the spelling, then a wish (price, availability), then words may be missing, then the
brand or category is given up. At most five round trips.

That words had to be missing is remembered for the same search: then one round trip is enough again.
"""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from foundation.expiring_cache import ExpiringItems
from indexing.errors import EngineUnavailableError
from search_api.contracts import Relax, Relaxation, SearchRequest, Sort
from search_api.engine import attribute_choice, attribute_facets, client, dense, facets, request_body, text_query
from search_api.engine.attribute_facets import Choice
from search_api.engine.request_body import Filters, Hits
from search_api.query import bridging, parsed_texts, spelling
from search_api.query.named_values import ValueTable
from search_api.query.parsing import Form, Match, ParsedQuery, without

# Price and availability are wishes; brand and category say what the shopper looks for.
WISHES, DROPPED_LAST = ("on_sale", "price", "availability"), ("brand", "category")
_CLEARED: dict[str, dict[str, Any]] = {
    "price": {"price_min": None, "price_max": None},
    "on_sale": {"on_sale": None},
    "availability": {"in_stock": None},
    "brand": {"brands": ()},
    "category": {"categories": ()},
}
# With so many hits that have every word, nobody wants those that lack some.
ENOUGH = 100
MAX_AGE = 300.0  # s
MAX_SEARCHES = 10_000


@dataclasses.dataclass(frozen=True, slots=True)
class Attempt:
    """One search as it is sent, what was changed for it, and the engine's answer to it."""

    request: SearchRequest
    parsed: ParsedQuery
    filters: Filters
    hits: Hits = Hits.EVERY_WORD_FIRST
    known: ValueTable = dataclasses.field(default_factory=ValueTable)
    helpful: Choice | None = None  # attributes to show as facets; None until they are chosen
    relaxed: tuple[Relaxation, ...] = ()
    did_you_mean: str | None = None
    unfinished: bool = False  # there was no time to count the facets
    best_by_words: float = 0.0  # the score that meaning is added to; 0: it is not
    answer: dict[str, Any] = dataclasses.field(default_factory=dict)
    # The engine's counts of the products that the facets describe, whether or not they fit the filters.
    described: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def page(self) -> dict[str, Any]:
        rescore = dense.rescoring(self.parsed, self.best_by_words) if self.best_by_words else None
        return request_body.page(self.request, self.parsed, self.filters, self.hits, rescore=rescore)

    @property
    def counts(self) -> dict[str, Any]:
        return request_body.counts(self.request, self.parsed, self.filters, self.hits, self.helpful or ())

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """The requests for the hits and for the counts, which go to the engine in one round trip."""
        return [self.page, self.counts]

    @property
    def counted(self) -> Mapping[str, Any]:
        """The same by facet."""
        return facets.by_facet(self.described, self.filters)

    @property
    def count_described(self) -> int:
        """The products that the facets describe, and that fit every filter."""
        return int(self.described.get(request_body.FITTING, self.described)["doc_count"])

    @property
    def count_every_word(self) -> int:
        """The hits with every word."""
        if self.hits is Hits.EVERY_WORD_FIRST:
            return self.count_described
        return int(self.answer["hits"]["total"]["value"]) if self.hits is Hits.EVERY_WORD else 0

    @property
    def count(self) -> int:
        """The hits of all pages."""
        every_word = self.count_every_word
        return every_word if every_word >= ENOUGH else int(self.answer["hits"]["total"]["value"])

    @property
    def counts_without_filter(self) -> dict[str, int]:
        """By filter, in the order to drop them, the products that its facet has counted without it."""
        of_attributes = (name for name in self.filters if name not in {*WISHES, *DROPPED_LAST})
        order = (*WISHES, *of_attributes, *DROPPED_LAST)
        return {name: self.counted[f"{name}_facet"]["doc_count"] for name in order if name in self.filters}

    @property
    def places_not_shown(self) -> list[int]:
        """The places of words that no hit of the page has, of several words; of a single one, when there is no hit."""
        hits = self.answer["hits"]["hits"]
        shown = {place for hit in hits for place in hit.get("matched_queries", ())}
        return [place for place in range(len(self.parsed.concepts)) if str(place) not in shown]

    @property
    def key(self) -> object:
        """What decides how it is relaxed, and its best score."""
        return attribute_choice.described_by(self.request, self.parsed, self.hits), self.request.store_id

    def ready(self) -> "Attempt":
        """The attempt with the attributes that were chosen for the same search before."""
        return dataclasses.replace(self, helpful=attribute_choice.remembered(self.request, self.parsed, self.hits))

    def answered(self, answer: dict[str, Any], counted: Mapping[str, Any]) -> "Attempt":
        """With the answers to its two requests."""
        described = {"doc_count": counted["hits"]["total"]["value"], **counted.get("aggregations", {})}
        return dataclasses.replace(self, answer=answer, described=described)

    def sent(self, *, at_most: float = math.inf) -> "Attempt":
        return self.answered(*client.multi_search(self.bodies, at_most=at_most))

    def noted(self, kind: str, message: str, dropped: list[str], **changes: Any) -> "Attempt":
        note: Relaxation = {"kind": kind, "message": message, "dropped": dropped}
        return dataclasses.replace(self, relaxed=(*self.relaxed, note), **changes)


@dataclasses.dataclass(frozen=True, slots=True)
class MissingWords:
    """A search in which no product had every word, and each word was some product's. That is asked again every time."""

    best_score: float  # by words
    places_not_shown: tuple[int, ...]  # of words that no hit of the page has


_missing_words: ExpiringItems[object, MissingWords] = ExpiringItems(
    lambda _: {}, max_age=MAX_AGE, max_items=MAX_SEARCHES
)
forget = _missing_words.forget


def find(first: Attempt) -> Attempt:
    """The attempt, or the one with the least changes that finds something. One with an answer is not sent."""
    if not first.answer and (found := _as_before(first)):
        return found
    attempt = first if first.answer else first.sent()
    if not attempt.described["doc_count"] and attempt.places_not_shown:
        attempt = _with_known_words(attempt)
    if attempt.count_every_word or attempt.request.relax is Relax.NONE:
        return attempt
    return _relaxed(attempt)


def _with_known_words(attempt: Attempt) -> Attempt:
    """The attempt with unknown words corrected, guessed or left out; as it is when no word would be left."""
    request, parsed = attempt.request, attempt.parsed
    answer = client.search(request_body.words(request, parsed))
    counts = answer["aggregations"][request_body.WORDS]["buckets"]
    unknown = [one for place, one in enumerate(parsed.concepts) if not counts[str(place)]["doc_count"]]
    if not unknown:
        return attempt
    found = spelling.corrections(unknown, answer) if request.spelling else {}
    others = [one for one in unknown if one not in found]
    bridges = bridging.bridges(others) if request.relax is not Relax.NONE else {}
    guessed = [one for one in others if one not in bridges and request.spelling and spelling.may_be_guessed(one)]
    lost = [one for one in others if one not in bridges and one not in guessed]
    if (request.relax is Relax.NONE and others) or len(lost) == len(parsed.concepts):
        return attempt
    changed = attempt
    if found:
        meant = spelling.corrected(parsed, found)
        message = f"Showing results for “{meant}”."
        typed = [one.text for one in found]
        again = parsed_texts.parsed(meant)
        changed = changed.noted("spelling", message, typed, did_you_mean=meant, parsed=again)
    if bridges:
        message = " ".join(bridging.message(one, terms) for one, terms in bridges.items())
        meant_by = bridging.bridged(changed.parsed, bridges)
        changed = changed.noted("meaning", message, [one.text for one in bridges], parsed=meant_by)
    if others := [*guessed, *lost]:
        missing = " or ".join(f"“{one.text}”" for one in others)
        message = f"No product has {missing}." + (" Showing what begins like it." if guessed else "")
        guesses = spelling.guessed(changed.parsed, {one.written for one in guessed})
        known = without(guesses, {one.written for one in lost})
        changed = changed.noted("unknown", message, [one.text for one in others], parsed=known)
    return dataclasses.replace(changed, parsed=naming(changed.parsed, changed.known)).ready().sent()


def naming(parsed: ParsedQuery, known: ValueTable) -> ParsedQuery:
    """The query with those of the known values that its words name."""
    stems = [" ".join(one.forms[0].stems) for one in parsed.concepts]
    named = tuple(known.find(stems, parsed.head, typed=parsed.name.split()))
    # Few products have the label's word, and not all have a bare number as a word.
    labelled = {
        place: tuple(Form(Match.VALUE, (value.term,)) for value in each.values)
        for each in named
        if each.has_label
        for place in range(each.start, each.end)
    }
    concepts = [
        dataclasses.replace(one, forms=tuple(dict.fromkeys((*one.forms, *labelled[place]))))
        if place in labelled
        else one
        for place, one in enumerate(parsed.concepts)
    ]
    head = parsed.head
    if head in labelled:  # 'shoes size 42' are shoes
        others = (place for place, one in enumerate(concepts) if place not in labelled and one.written.isalpha())
        head = max(others, default=None)
    return dataclasses.replace(parsed, named=named, concepts=tuple(concepts), head=head)


def _relaxed(attempt: Attempt) -> Attempt:
    """No product has every word and fits every filter: what finds some with the least change."""
    counts = attempt.counts_without_filter
    may_drop = attempt.request.relax is Relax.ALL
    if may_drop and (wish := next((name for name in WISHES if counts.get(name)), "")):
        return _without_filters(attempt, (wish,))
    if attempt.count:  # with some of the words
        return _with_some_words(attempt)
    if may_drop and (name := next((name for name in counts if counts[name]), "")):
        return _without_filters(attempt, (name,))
    may_find_more = attempt.described["doc_count"] or len(attempt.parsed.concepts) > 1
    if not may_drop or not attempt.filters or not may_find_more:
        return attempt
    without_any = _without_filters(attempt, tuple(counts))
    if without_any.count_every_word:
        return without_any
    return _with_some_words(without_any) if without_any.count else attempt


def _as_before(first: Attempt) -> Attempt | None:
    """The hits with some of the words, when the same search had no others lately, and has none now."""
    before = _remembered(first)
    if before is None or first.request.relax is Relax.NONE:
        return None
    expected = _some_words(first, before.best_score)
    words = text_query.has_every_word(first.parsed)
    asked = [text_query.all_words(first.parsed), *([words[place]] for place in before.places_not_shown)]
    try:
        answers = client.multi_search([*expected.bodies, *map(request_body.any_product, asked)], at_most=dense.LONGEST)
    except EngineUnavailableError:
        return None
    found = expected.answered(*answers[:2])
    with_every_word, *with_word = [answer["hits"]["total"]["value"] for answer in answers[2:]]
    if with_every_word or not all(with_word) or not {*found.places_not_shown} <= {*before.places_not_shown}:
        return None
    if found.best_by_words:
        dense.searched.send(sender=None, outcome="used")
    return found


def _with_some_words(attempt: Attempt) -> Attempt:
    """The same hits, by words or by meaning too, and facets that count them: those of `attempt` count every word."""
    found = _by_meaning(attempt) if dense.is_used(attempt.request) else None
    if found is None:
        by_words = _some_words(attempt)
        try:
            found = by_words.answered(attempt.answer, client.search(by_words.counts))
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
    """The attempt for hits with some of the words. With their best score, meaning counts too where it is used."""
    fitting = " and fits the filters" if attempt.filters and attempt.described.get("doc_count") else ""
    message = f"No product has every word{fitting}. Showing those that have some of the words."
    best_by_words = best if dense.is_used(attempt.request) else 0.0
    return attempt.noted("words", message, [], hits=Hits.SOME_WORDS, best_by_words=best_by_words).ready()


def _best_score(attempt: Attempt) -> float:
    """The best score by words of the hits on all pages."""
    if not attempt.request.offset:
        hits = attempt.answer["hits"]["hits"]
    elif before := _remembered(attempt):
        return before.best_score
    else:
        first = request_body.hits(attempt.request, attempt.parsed, attempt.filters, Hits.SOME_WORDS, size=1)
        hits = client.search(first)["hits"]["hits"]
    return float(hits[0]["sort"][0])


def _remembered(attempt: Attempt) -> MissingWords | None:
    key = attempt.key
    return _missing_words.get([key]).get(key)


def _remember(attempt: Attempt, found: Attempt) -> None:
    """Unless anything but the words was relaxed."""
    request = attempt.request
    if attempt.relaxed or attempt.described["doc_count"]:
        return
    if request.sort is Sort.RELEVANCE and request.page_size and not request.offset:
        _missing_words.put({attempt.key: MissingWords(_best_score(attempt), tuple(found.places_not_shown))})


def _without_filters(attempt: Attempt, dropped: tuple[str, ...]) -> Attempt:
    request = attempt.request
    kind, names = "filter", list(dropped)
    message = f"Nothing fits every filter. Showing results without: {' and '.join(_filter_names(dropped))}."
    if dropped == ("availability",) and request.store_id is not None and request.in_stock:
        kind, names = "stores", ["in_stock"]
        message = "Not at this store. Showing what other stores have."
    cleared = {field: value for name in dropped for field, value in _CLEARED.get(name, {}).items()}
    cleared["attributes"] = attribute_facets.without(request.attributes, dropped)
    return (
        attempt.noted(
            kind,
            message,
            names,
            request=dataclasses.replace(request, **cleared),
            filters={name: found for name, found in attempt.filters.items() if name not in dropped},
            hits=Hits.EVERY_WORD if attempt.described["doc_count"] else attempt.hits,
        )
        .ready()
        .sent()
    )


def _filter_names(filters: tuple[str, ...]) -> list[str]:
    """For a sentence: an attribute has its label."""
    labels = attribute_facets.labels(filters)
    return [labels.get(name, name) for name in filters]
