"""Spelling corrections for words that no product has, chosen from the words that products have.

The engine proposes words within two edits. Which of them was meant is decided here, where distance
and frequency can be weighed against each other. Measured on real misspellings: `docs/search.md`.
"""

import dataclasses
import itertools
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from language.common_words import frequency
from language.compounds import Compounds
from language.languages import current
from search_api.query.parsing import Concept, Form, Match, ParsedQuery

NAME = "spelling"
MIN_WORD_LENGTH = 4  # characters; shorter words are mostly abbreviations, near many others
CANDIDATES = 20
# What it costs to make a candidate of the word: people leave letters out, double them and swap them
# more often than they type a wrong one.
LEFT_OUT, DOUBLED, SWAPPED, WRONG, ADDED = 0.7, 0.6, 0.7, 1.0, 1.0
OTHER_FORM = 0.3  # of the candidate, which its stem finds too
FIRST_LETTER_COST = 0.3  # people rarely get the first letter wrong
# What a candidate gains per power of ten of the products that have it, and of its uses in the language.
CATALOGUE_GAIN, LANGUAGE_GAIN = 0.2, 0.1
# Two errors in a short word leave little of it. They are believed only when no letter is missing
# and the first letter is right.
SHORT_WORD = 5  # letters
# A word that is so common in the language (Zipf scale) is not misspelt, and one that is common at
# all only when one edit makes a word of it that is ten times as common: 'ince', 'inch'.
CERTAINLY_A_WORD, TEN_TIMES = 3.0, 1.0
# Of a longer word that resembles none, the start may be right: 'distrubiotion'.
MIN_GUESSED_LENGTH, MIN_START_LENGTH = 7, 4


def suggester(parsed: ParsedQuery) -> dict[str, Any]:
    """Requests words near those that no document has; {} when no word may be misspelt."""
    suspects = _suspects(parsed.concepts)
    if not suspects:
        return {}
    term = {
        "field": "spelling",
        "suggest_mode": "missing",
        "size": CANDIDATES,
        "prefix_length": 0,
        "min_word_length": MIN_WORD_LENGTH,
        "accuracy": 0.3,
        "max_inspections": 20,
    }
    return {"text": " ".join(one.written for one in suspects), NAME: {"term": term}}


def _suspects(concepts: Iterable[Concept]) -> list[Concept]:
    return [one for one in concepts if may_be_misspelt(one.written)]


def may_be_misspelt(word: str) -> bool:
    """Not codes, numbers, amounts, short words: a near miss is another product."""
    return word.isalpha() and len(word) >= MIN_WORD_LENGTH


def corrections(
    unknown: Sequence[Concept], answer: Mapping[str, Any], compounds: Compounds | None = None
) -> dict[Concept, str]:
    """The word that was most likely meant, or the words of a compound, for each unknown word that has them.

    A common word of the language is spelt right: that no product has it says nothing about its
    spelling. 'drone' is not 'done'.
    """
    options = {entry["text"]: entry["options"] for entry in answer.get("suggest", {}).get(NAME, [])}
    found = {}
    for concept in _suspects(unknown):
        word = concept.written
        if corrected := _likeliest(word, options.get(word, ())) or _divided(concept, compounds):
            found[concept] = corrected
    return found


def _divided(concept: Concept, compounds: Compounds | None) -> str:
    """Two words of a compound that no product has; '' when one of them finds nothing."""
    cut = compounds.cut(concept.written) if compounds else 0
    text = concept.text if len(concept.text) == len(concept.written) else concept.written
    return f"{text[:cut]} {text[cut:]}".lower() if cut else ""


def _likeliest(word: str, options: Iterable[Mapping[str, Any]]) -> str:
    """The candidate of least cost; '' when none is credible."""
    language, common = current(), frequency(word)
    costs: dict[str, float] = {}
    known = {option["text"]: option["freq"] for option in options}
    for candidate, products in known.items():
        if candidate in language.stop_words or language.stem(candidate) == language.stem(word):
            continue
        slips, uses = slip_cost(word, candidate), frequency(candidate)
        # A catalogue may have the plural alone: 'trimer' is one slip from a form of 'trimmers'.
        for form in (candidate[:-1], candidate[:-2]):
            if form not in known and language.stem(form) == language.stem(candidate):
                slips, uses = min(slips, slip_cost(word, form) + OTHER_FORM), uses or frequency(form)
        cost = slips
        if common and slips != DOUBLED:
            ten_times = common < CERTAINLY_A_WORD and uses >= common + TEN_TIMES
            if slips > WRONG or not ten_times:
                continue
        keeps_letters = candidate[0] == word[0] and len(candidate) >= len(word)
        if len(word) <= SHORT_WORD and slips > WRONG and not keeps_letters:
            continue
        cost += FIRST_LETTER_COST if word[0] != candidate[0] else 0
        cost -= CATALOGUE_GAIN * math.log10(max(products, 1)) + LANGUAGE_GAIN * uses
        costs[candidate] = cost
    return min(costs, key=lambda candidate: (costs[candidate], candidate), default="")


def slip_cost(typed: str, meant: str) -> float:
    """The cost of the cheapest slips of the hand that make `typed` of `meant`."""
    before_last: list[float] = []
    last = [0.0, *itertools.accumulate([LEFT_OUT] * len(meant))]
    for i, a in enumerate(typed, 1):
        row = [i * ADDED]
        for j, b in enumerate(meant, 1):
            left_out = DOUBLED if j > 1 and meant[j - 2] == b else LEFT_OUT
            added = DOUBLED if i > 1 and typed[i - 2] == a else ADDED
            best = min(last[j] + added, row[j - 1] + left_out, last[j - 1] + (a != b) * WRONG)
            if i > 1 and j > 1 and a == meant[j - 2] and typed[i - 2] == b:
                best = min(best, before_last[j - 2] + SWAPPED)
            row.append(best)
        before_last, last = last, row
    return round(last[-1], 6)


def guessed(parsed: ParsedQuery, written: Collection[str]) -> ParsedQuery:
    """The query with the starts of these words in the place of the words."""

    def guess(concept: Concept) -> Concept:
        word = concept.written
        if word not in written:
            return concept
        start = word[: max(MIN_START_LENGTH, len(word) * 2 // 3)]
        return dataclasses.replace(concept, forms=(Form(Match.WORD_START, (start,)),))

    return dataclasses.replace(parsed, concepts=tuple(map(guess, parsed.concepts)))


def may_be_guessed(concept: Concept) -> bool:
    word = concept.written
    return word.isalpha() and len(word) >= MIN_GUESSED_LENGTH and not frequency(word)


def corrected(parsed: ParsedQuery, found: Mapping[Concept, str]) -> str:
    """The query with the corrections in the place of the words as typed."""
    text = parsed.q
    for concept, word in sorted(found.items(), key=lambda item: -item[0].start):
        text = text[: concept.start] + word + text[concept.end :]
    return " ".join(text.split())
