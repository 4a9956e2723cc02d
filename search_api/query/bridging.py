"""Words that no product has, replaced by terms of the catalogue that mean nearly the same."""

import dataclasses
from collections.abc import Iterable, Mapping

from language.terms import stems
from search_api.query.bridge import Bridged, bridge
from search_api.query.parsing import Concept, Form, Match, ParsedQuery


def bridges(unknown: Iterable[Concept]) -> dict[Concept, tuple[Bridged, ...]]:
    """The terms for each of these words that has some."""
    return {one: terms for one in unknown if not one.is_code and (terms := bridge(one.text))}


def bridged(parsed: ParsedQuery, found: Mapping[Concept, tuple[Bridged, ...]]) -> ParsedQuery:
    """The query with the terms in the place of the words."""
    forms = {
        one.written: tuple(Form(Match.WORDS, tuple(stems(term)), weight) for term, weight in terms)
        for one, terms in found.items()
    }
    return dataclasses.replace(
        parsed,
        concepts=tuple(
            dataclasses.replace(one, forms=forms[one.written]) if one.written in forms else one
            for one in parsed.concepts
        ),
    )


def message(concept: Concept, terms: Iterable[Bridged]) -> str:
    shown = ", ".join(f"“{term}”" for term, _ in terms)
    return f"No product has “{concept.text}”. Showing {shown}, which may mean the same."
