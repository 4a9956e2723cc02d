"""From a search to its answer: which words are misspelt or unknown, and what is relaxed when nothing fits.

One round trip is enough when some product has every word and fits every filter. When none has every
word, a second one finds out which words no product has; all of these are corrected, replaced or left
out. Then the first of these steps that finds something is made: one filter is dropped (on sale, price
or availability); words may be missing; one attribute, brand or category is dropped; all filters are.
All requests together take at most SEARCH_TIMEOUT.
"""

import dataclasses
from typing import Any

from search_api.contracts import Relax
from search_api.engine import attribute_facets, client, request_body, some_words, text_query
from search_api.engine.attempt import WISHES, Attempt
from search_api.engine.request_body import HitScope
from search_api.query import bridging, compound_words, parsed_texts, spelling
from search_api.query.named_values import ValueTable
from search_api.query.parsing import Concept, Form, Match, ParsedQuery, without

DIGITS = 4  # of a number; longer ones are codes
_CLEARED: dict[str, dict[str, Any]] = {
    "price": {"price_min": None, "price_max": None},
    "on_sale": {"on_sale": None},
    "availability": {"in_stock": None},
    "brand": {"brands": ()},
    "category": {"categories": ()},
}


def find(first: Attempt) -> Attempt:
    """Send the first attempt, unless it has an answer, and relax it until something is found."""
    if not first.answer and (found := some_words.as_before(first)):
        return found
    attempt = first if first.answer else first.sent()
    if not attempt.facet_counts["doc_count"] and attempt.places_not_shown:
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
    found = spelling.corrections(unknown, answer, compound_words.current()) if request.spelling else {}
    others = [one for one in unknown if one not in found]
    bridges = bridging.bridges(others) if request.relax is not Relax.NONE else {}
    may_be_guessed = [one for one in others if one not in bridges and request.spelling and spelling.may_be_guessed(one)]
    guessed = _begun(parsed, may_be_guessed)
    lost = [one for one in others if one not in bridges and one not in guessed]
    if (request.relax is Relax.NONE and others) or len(lost) == len(parsed.concepts):
        return attempt
    words = [one for one in parsed.concepts if not one.written.isdecimal() or len(one.written) > DIGITS]
    if words and all(one in lost for one in words):
        # A number alone says nothing: a skirt of size 8 is no bolt 8.
        return dataclasses.replace(attempt, parsed=dataclasses.replace(parsed, nothing=True)).sent()
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


def _begun(parsed: ParsedQuery, words: list[Concept]) -> list[Concept]:
    """Those of these words that words of names begin nearly like."""
    guesses = spelling.guessed(parsed, {one.written for one in words}).concepts
    asked = [request_body.any_product([text_query.has_word(guesses[parsed.concepts.index(one)])]) for one in words]
    answers = client.multi_search(asked) if asked else []
    return [one for one, answer in zip(words, answers, strict=True) if answer["hits"]["total"]["value"]]


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
    forms = {place: [*found] for place, found in labelled.items()}
    for place, terms in known.as_words(stems).items():
        forms.setdefault(place, []).extend(Form(Match.VALUE_AS_WORD, (term,)) for term in terms)
    concepts = [
        dataclasses.replace(one, forms=tuple(dict.fromkeys((*one.forms, *forms[place])))) if place in forms else one
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
        return some_words.with_some_words(attempt)
    if may_drop and (name := next((name for name in counts if counts[name]), "")):
        return _without_filters(attempt, (name,))
    may_find_more = attempt.facet_counts["doc_count"] or len(attempt.parsed.concepts) > 1
    if not may_drop or not attempt.filters or not may_find_more:
        return attempt
    without_any = _without_filters(attempt, tuple(counts))
    if without_any.count_every_word:
        return without_any
    return some_words.with_some_words(without_any) if without_any.count else attempt


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
            scope=HitScope.EVERY_WORD if attempt.facet_counts["doc_count"] else attempt.scope,
        )
        .ready()
        .sent()
    )


def _filter_names(filters: tuple[str, ...]) -> list[str]:
    """For a sentence: an attribute has its label."""
    labels = attribute_facets.labels(filters)
    return [labels.get(name, name) for name in filters]
