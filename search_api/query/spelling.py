"""Corrections for words that no document has, chosen from the words that documents do have.

The engine proposes words within two edits; which of them was meant is decided here, where distance and frequency can be
weighed against each other. Measured on real misspellings: `docs/search.md`.
"""

import dataclasses
import math
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from language.plurals import singular
from language.synonyms import SynonymTable
from search_api.query.parsing import STOP_WORDS, Concept, ParsedQuery, parse

NAME = "spelling"
MIN_WORD_LENGTH = 4  # characters; shorter words are mostly abbreviations, and everything is near them
CANDIDATES = 20
# A candidate costs its edits, less what its frequency speaks for it.
FREQUENCY_GAIN = 0.3  # edits per power of ten of documents
FIRST_LETTER_COST = 0.5  # people rarely get the first letter wrong
SAME_LETTERS_GAIN = 0.5  # but often double one, or swap two
# Two errors in a short word leave little of it: believed only when nothing is lost, first letter included, and it is
# all that was typed. Beside others 'cheap' is rather a word that no product has than 'clear'.
SHORT_WORD = 5  # letters
# The runner-up is shown as well when it is nearly as likely.
NEAR_TIE = 0.3
_WORD = re.compile(r"\w+")


def suggester(parsed: ParsedQuery) -> dict[str, Any]:
    """What to ask of the engine beside a search: words near those that it does not know; {} when none may be wrong."""
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
    return " ".join(concept.text for concept in parsed.concepts if may_be_misspelt(concept))


def may_be_misspelt(concept: Concept) -> bool:
    """Not codes, numbers, sizes and short words: a near miss of those is another product."""
    return concept.text.isalpha() and not concept.synonyms and len(concept.text) >= MIN_WORD_LENGTH


def corrections(parsed: ParsedQuery, answer: Mapping[str, Any], *, lost: bool) -> dict[str, tuple[str, ...]]:
    """For each word that has words near it and is itself unknown, in lower case, the likeliest meant, best first.

    `lost`: it is the only word and found nothing, so that it is unknown even when nothing is near: its value is ().
    """
    entries, typed = answer.get("suggest", {}).get(NAME, []), _words_by_place(_suspects(parsed))
    # The engine gives a word as it has analysed it, without its accents: by its place it is the one that was typed.
    found = {
        typed[place]: tuple(_likeliest(entry["text"], entry["options"], alone=len(parsed.concepts) == 1))
        for entry in entries
        if (place := (entry["offset"], entry["length"])) in typed
    }
    return {word: meant for word, meant in found.items() if meant or lost}


def without_compounds(unknown: Mapping[str, tuple[str, ...]], names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The corrections of those words that no name has in two: 'powerstrip' is right where there is a 'power strip'."""
    pairs = {first + second for name in names for first, second in pairwise(_WORD.findall(name.lower()))}
    return {word: meant for word, meant in unknown.items() if word not in pairs}


def _words_by_place(text: str) -> dict[tuple[int, int], str]:
    """The words in lower case, by where they start and how long they are, counted as Java counts: in UTF-16."""
    words, start = {}, 0
    for word in text.split():
        length = len(word.encode("utf-16-le")) // 2
        words[start, length] = word.lower()
        start += length + 1
    return words


def _likeliest(word: str, options: Iterable[Mapping[str, Any]], *, alone: bool) -> list[str]:
    meant = (option for option in options if _may_be_meant(option["text"], word, alone=alone))
    costs = {option["text"]: _cost(word, option["text"], option["freq"]) for option in meant}
    ranked = sorted(costs, key=lambda text: (costs[text], text))
    return [text for text in ranked[:2] if costs[text] - costs[ranked[0]] <= NEAR_TIE]


def _may_be_meant(candidate: str, word: str, *, alone: bool) -> bool:
    """Not a word that says nothing, nor another form of the same one, nor one that keeps too little of it."""
    if candidate in STOP_WORDS or singular(candidate) == singular(word):
        return False
    kept = candidate[0] == word[0] and len(candidate) >= len(word)
    return len(word) > SHORT_WORD or (kept and alone) or edits(word, candidate) <= 1


def _cost(word: str, candidate: str, frequency: int) -> float:
    cost = edits(word, candidate) - FREQUENCY_GAIN * math.log10(max(frequency, 1))
    cost += FIRST_LETTER_COST if word[0] != candidate[0] else 0
    return cost - (SAME_LETTERS_GAIN if set(word) == set(candidate) else 0)


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


def corrected(parsed: ParsedQuery, found: Mapping[str, tuple[str, ...]], synonyms: SynonymTable) -> ParsedQuery:
    """The query as it was probably meant, with its own synonyms and known phrases."""
    meant = parse(_meant(parsed, found), synonyms)
    runners_up = {likeliest[0]: likeliest[-1] for likeliest in found.values() if likeliest}
    return dataclasses.replace(parsed, concepts=tuple(_guessed(c, found, runners_up) for c in meant.concepts))


def _guessed(concept: Concept, found: Mapping[str, tuple[str, ...]], runners_up: Mapping[str, str]) -> Concept:
    words = concept.text.lower().split()
    runner_up = runners_up.get(concept.text.lower(), "")
    return dataclasses.replace(
        concept,
        corrected=any(word in runners_up for word in words),
        runner_up=runner_up if runner_up != concept.text.lower() else "",
        unknown=concept.text.lower() in found,
    )


def did_you_mean(parsed: ParsedQuery, found: Mapping[str, tuple[str, ...]]) -> str | None:
    """The query as it was probably meant, quotes and minus words with it; None when nothing in it is unknown."""
    meant = _meant(parsed, found)
    if meant == parsed.text or not any(found.values()):
        return None
    return " ".join([meant, *(f'"{phrase}"' for phrase in parsed.phrases), *(f"-{word}" for word in parsed.excluded)])


def _meant(parsed: ParsedQuery, found: Mapping[str, tuple[str, ...]]) -> str:
    """The words alone, as they were probably meant."""
    return " ".join((found.get(concept.text.lower()) or (concept.text,))[0] for concept in parsed.concepts)
