"""Synonyms: rules that are stored in PostgreSQL, edited in the admin, and expanded at query time.

Expansion at query time, not by a filter of the engine, lets an edit work at once without a new
index, lets a phrase stand for a word, and lets the word that was typed score more than its
synonyms.
"""

import logging
import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from language.terms import stems

MAX_PHRASE_WORDS = 4
ONE_WAY = "=>"
# A comma within a number separates nothing: '1,000 mAh', '3,5 mm'.
_PHRASE = re.compile(r"(?:(?<![^\s,])\d+(?:[.,]\d+)+|[^,])+")

logger = logging.getLogger(__name__)

Phrase: TypeAlias = tuple[str, ...]  # stems
SynonymTable: TypeAlias = dict[Phrase, tuple[Phrase, ...]]


def normalise_phrase(text: str) -> Phrase:
    """The words in one form for any case, punctuation and number: 'Wi-Fis' -> (wi, fi)."""
    return tuple(stems(text))


def expansions(words: Sequence[str], table: SynonymTable) -> tuple[Phrase, ...]:
    """Synonyms of the stems, () when they have none. 'powerbank' has those of 'power bank'."""
    return table.get(tuple(words)) or table.get(_joined(words), ())


def _joined(words: Sequence[str]) -> Phrase:
    """The key of a phrase however many words it is written in; no phrase has an empty word."""
    return ("", "".join(words))


def parse_rule(rule: str) -> tuple[list[str], list[str]]:
    """The phrases that a rule expands, and their expansions; ValueError says what is wrong.

    'tv, television' works both ways; 'pc => desktop, computer' only from left to right.
    """
    left, arrow, right = rule.partition(ONE_WAY)
    if ONE_WAY in right:
        raise ValueError(f"A rule has one {ONE_WAY!r}: rules do not chain.")
    sources, targets = _phrases(left), _phrases(right) if arrow else _phrases(left)
    if not sources or not targets or (not arrow and len(sources) == 1):
        raise ValueError("A rule is 'one, another' or 'one => another, a third'.")
    for phrase in (*sources, *targets):
        if not 1 <= len(normalise_phrase(phrase)) <= MAX_PHRASE_WORDS:
            raise ValueError(f"'{phrase}' is not one to {MAX_PHRASE_WORDS} words.")
    return sources, targets


def check_rule(rule: str) -> None:
    """ValueError for a rule that cannot be parsed, and for one that changes no search."""
    sources, targets = parse_rule(rule)
    if len({normalise_phrase(phrase) for phrase in (*sources, *targets)}) == 1:
        raise ValueError("A search finds these alike already: case, accents, singular and plural do not matter.")


def _phrases(text: str) -> list[str]:
    return [phrase for part in _PHRASE.findall(text) if (phrase := part.strip())]


def build_table(rules: Iterable[str]) -> SynonymTable:
    """Every phrase that some rule expands, with its synonyms. Rules do not chain.

    A rule that cannot be parsed is left out: the admin refuses it, raw SQL and fixtures do not.
    """
    table: dict[Phrase, dict[Phrase, None]] = {}
    for rule in rules:
        try:
            sources, targets = parse_rule(rule)
        except ValueError as error:
            logger.warning("the synonym rule %r is left out: %s", rule, error)
            continue
        normal_targets = [normalise_phrase(target) for target in targets]
        for source in sources:
            key = normalise_phrase(source)
            table.setdefault(key, {}).update(dict.fromkeys(target for target in normal_targets if target != key))
            table.setdefault(_joined(key), {}).update(dict.fromkeys((key, *normal_targets)))
    return {key: tuple(targets) for key, targets in table.items()}
