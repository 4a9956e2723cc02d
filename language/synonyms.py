"""Synonyms: rules that are stored in PostgreSQL, edited in the admin, and expanded at query time.

Expansion at query time, not by a filter of the engine, lets an edit work at once without a new
index, lets a phrase stand for a word, and lets the word that was typed score more than its
synonyms.
"""

import logging
import re
from collections.abc import Iterable
from typing import TypeAlias

from language.plurals import singular

MAX_PHRASE_WORDS = 4
ONE_WAY = "=>"
_WORD = re.compile(r"\w+")

logger = logging.getLogger(__name__)

SynonymTable: TypeAlias = dict[tuple[str, ...], tuple[str, ...]]


def normalise_phrase(text: str) -> tuple[str, ...]:
    """The words in one form for any case, punctuation and number: 'Wi-Fis' -> (wi, fi)."""
    return tuple(singular(word) for word in _WORD.findall(text.lower()))


def expansions(text: str, table: SynonymTable) -> tuple[str, ...]:
    """Synonyms of the phrase, () when it has none. 'powerbank' has those of 'power bank'."""
    words = normalise_phrase(text)
    return table.get(words) or table.get(_joined(words), ())


def _joined(words: tuple[str, ...]) -> tuple[str, ...]:
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


def _phrases(text: str) -> list[str]:
    return [phrase for part in text.split(",") if (phrase := part.strip())]


def build_table(rules: Iterable[str]) -> SynonymTable:
    """Every phrase that some rule expands, with its synonyms. Rules do not chain.

    A rule that cannot be parsed is left out: the admin refuses it, raw SQL and fixtures do not.
    """
    table: dict[tuple[str, ...], dict[str, None]] = {}
    for rule in rules:
        try:
            sources, targets = parse_rule(rule)
        except ValueError as error:
            logger.warning("the synonym rule %r is left out: %s", rule, error)
            continue
        for source in sources:
            key = normalise_phrase(source)
            others = (target for target in targets if normalise_phrase(target) != key)
            table.setdefault(key, {}).update(dict.fromkeys(others))
            table.setdefault(_joined(key), {}).update(dict.fromkeys((source, *targets)))
    return {key: tuple(others) for key, others in table.items() if others}
