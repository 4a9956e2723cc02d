"""Numbers without a unit, when no product has every word: 'drill bit 6' may be one of 6 mm, 'jeans 32' W32."""

import dataclasses

from language.amounts import tokens_with
from search_api.query.parsing import Concept, Form, Match, ParsedQuery

MAX_DIGITS = 4  # longer ones are codes
CONVERTED = 0.5  # of an amount that has the number


def as_amounts(parsed: ParsedQuery) -> tuple[ParsedQuery, list[str]]:
    """The query with its bare numbers as amounts of any unit too, and these numbers.

    Only the first and the last word: in 'usb 3 cable' the number is a part of a name.
    """
    last = len(parsed.concepts) - 1
    places = [place for place in {0, last} if last > 0 and is_bare_number(parsed.concepts[place])]
    concepts = list(parsed.concepts)
    for place in places:
        one = concepts[place]
        with_it, converted = tokens_with(one.written)
        forms = (*one.forms, Form(Match.AMOUNT, with_it), Form(Match.AMOUNT, converted, CONVERTED))
        concepts[place] = dataclasses.replace(one, forms=forms)
    numbers = [concepts[place].text for place in sorted(places)]
    return dataclasses.replace(parsed, concepts=tuple(concepts)), numbers


def is_bare_number(concept: Concept) -> bool:
    return concept.written.isdecimal() and len(concept.written) <= MAX_DIGITS
