"""Spelling corrections for words that no document has, chosen from the words that documents have.

The engine proposes words within two edits. Which of them was meant is decided here, where distance
and frequency can be weighed against each other. Measured on real misspellings: `docs/search.md`.
"""

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from language.plurals import singular
from language.synonyms import SynonymTable
from search_api.query.parsing import STOP_WORDS, ParsedQuery, parse

NAME = "spelling"
MIN_WORD_LENGTH = 4  # characters; shorter words are mostly abbreviations, near many others
CANDIDATES = 20
# The cost of a candidate is its edits, less a gain for its frequency.
FREQUENCY_GAIN = 0.3  # edits per power of ten of documents
FIRST_LETTER_COST = 0.5  # people rarely get the first letter wrong
SAME_LETTERS_GAIN = 0.5  # but often double a letter, or swap two
# Two errors in a short word leave little of it. They are believed only when no letter is missing,
# the first letter is right and it is the only word: beside others, 'cheap' is a word that no
# product has rather than a wrong 'clear'.
SHORT_WORD = 5  # letters
# The runner-up is used as well when its cost is at most so much higher.
NEAR_TIE = 0.3
_WORD = re.compile(r"\w+")

# By word in lower case, the likeliest first; () when none is near.
Corrections = Mapping[str, tuple[str, ...]]


def suggester(parsed: ParsedQuery) -> dict[str, Any]:
    """Requests words near those that no document has; {} when no word may be misspelt."""
    text = _suspects(parsed)
    if not text:
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
    return {"text": text, NAME: {"term": term}}


def _suspects(parsed: ParsedQuery) -> str:
    """The words that may be misspelt.

    Not codes, numbers, sizes, short words: a near miss is another product.
    """
    return " ".join(
        concept.text
        for concept in parsed.concepts
        if concept.text.isalpha() and not concept.synonyms and len(concept.text) >= MIN_WORD_LENGTH
    )


def corrections(parsed: ParsedQuery, answer: Mapping[str, Any], *, lost: bool) -> dict[str, tuple[str, ...]]:
    """The corrections of each unknown word that has some.

    `lost`: the only word found nothing, so it is unknown even when no known word is near it: then
    its value is ().
    """
    # The engine returns a word as it has analysed it, without accents; its offset and length,
    # counted as Java counts (in UTF-16), tell which word was typed.
    typed, offset = {}, 0
    for word in _suspects(parsed).split():
        length = len(word.encode("utf-16-le")) // 2
        typed[offset, length] = word.lower()
        offset += length + 1
    found = {}
    for entry in answer.get("suggest", {}).get(NAME, []):
        place = (entry["offset"], entry["length"])
        likeliest = _likeliest(entry["text"], entry["options"], alone=len(parsed.concepts) == 1)
        if place in typed and (likeliest or lost):
            found[typed[place]] = likeliest
    return found


def _likeliest(word: str, options: Iterable[Mapping[str, Any]], *, alone: bool) -> tuple[str, ...]:
    """The candidate of least cost, and the next one in a near tie."""
    costs: dict[str, float] = {}
    for option in options:
        candidate, distance = option["text"], edits(word, option["text"])
        if candidate in STOP_WORDS or singular(candidate) == singular(word):
            continue
        keeps_letters = candidate[0] == word[0] and len(candidate) >= len(word)
        if len(word) <= SHORT_WORD and distance > 1 and not (keeps_letters and alone):
            continue
        cost = distance - FREQUENCY_GAIN * math.log10(max(option["freq"], 1))
        cost += FIRST_LETTER_COST if word[0] != candidate[0] else 0
        cost -= SAME_LETTERS_GAIN if set(word) == set(candidate) else 0
        costs[candidate] = cost
    ranked = sorted(costs, key=lambda candidate: (costs[candidate], candidate))
    return tuple(candidate for candidate in ranked[:2] if costs[candidate] - costs[ranked[0]] <= NEAR_TIE)


def edits(one: str, other: str) -> int:
    """Letters to insert, delete, replace or swap with a neighbour to make one word of the other."""
    before_last, last = [0] * (len(other) + 1), list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                best = min(best, before_last[j - 2] + 1)
            row.append(best)
        before_last, last = last, row
    return last[-1]


def without_compounds(found: Corrections, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Not those of words that a name has as two: 'powerstrip' is right beside 'power strip'."""
    pairs = {first + second for name in names for first, second in pairwise(_WORD.findall(name.lower()))}
    return {word: likeliest for word, likeliest in found.items() if word not in pairs}


def corrected(parsed: ParsedQuery, found: Corrections, synonyms: SynonymTable) -> ParsedQuery:
    """The query with the likeliest corrections, their synonyms and the phrases that they form."""
    runners_up = {likeliest[0]: likeliest[-1] for likeliest in found.values() if likeliest}
    concepts = []
    for concept in parse(_corrected_text(parsed, found), synonyms).concepts:
        text = concept.text.lower()
        runner_up = runners_up.get(text, "")
        concepts.append(
            dataclasses.replace(
                concept,
                corrected=any(word in runners_up for word in text.split()),
                runner_up=runner_up if runner_up != text else "",
                unknown=text in found,
            )
        )
    return dataclasses.replace(parsed, concepts=tuple(concepts))


def did_you_mean(parsed: ParsedQuery, found: Corrections) -> str | None:
    """The corrected query with its quotes and minus words; None when no word is corrected."""
    text = _corrected_text(parsed, found)
    if text == parsed.text or not any(found.values()):
        return None
    return " ".join([text, *(f'"{phrase}"' for phrase in parsed.phrases), *(f"-{word}" for word in parsed.excluded)])


def _corrected_text(parsed: ParsedQuery, found: Corrections) -> str:
    return " ".join((found.get(concept.text.lower()) or (concept.text,))[0] for concept in parsed.concepts)
