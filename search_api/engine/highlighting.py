"""Marks what matched. Done here, for at most a page of names: the engine would analyse each again, with the query."""

import functools
import re
from html import escape

from language import normalisation
from language.codes import normalise_code
from language.measures import PARTED_MEASURE, is_measure, join_measures
from language.plurals import singular
from search_api.query.parsing import ParsedQuery

_TOKEN = re.compile(r"(\w+(?:(?:[.'\u2019-]|(?<=\d),(?=\d))\w+)*)")
# '15.6' is one, to the analyser too; 'StarTech.com' are two.
_PART = re.compile(r"\w+(?:(?<=\d)[.,](?=\d)\w+)*")
_PARTS_AND_BETWEEN = re.compile(rf"({_PART.pattern})")
# Folding was 40 % of a search's processor time, and the names of a catalogue share most of their words.
KEPT_WORDS = 50_000


@functools.lru_cache(KEPT_WORDS)
def fold(word: str) -> str:
    """The word as the analyser would have it: lower case, no accents, singular."""
    return singular(normalisation.fold(word))


def wanted_words(parsed: ParsedQuery) -> frozenset[str]:
    """Every folded word that the query looks for, in any of its forms."""
    texts = [*parsed.phrases, *parsed.joined_codes]
    for concept in parsed.concepts:
        texts += [concept.text, *concept.synonyms, concept.runner_up, concept.code, concept.text.replace(" ", "")]
    return frozenset(fold(word) for text in texts for word in _PART.findall(text))


class Marker(dict[str, str]):
    """Marks texts for one search. What is between two spaces, and in many of them, is looked at once."""

    def __init__(self, wanted: frozenset[str]) -> None:
        super().__init__()
        self._wanted = wanted
        self._first_letters = frozenset(word[:1] for word in wanted)
        self._has_measures = any(word[:1].isdecimal() and word[-1:].isalpha() for word in wanted)

    def __missing__(self, word: str) -> str:
        html = word if self._starts_otherwise(word) else "".join(map(self._piece, _TOKEN.split(word)))
        self[word] = html
        return html

    def _starts_otherwise(self, word: str) -> bool:
        """Whether it is a plain word that starts like none that is wanted. Most are; folding keeps first letters."""
        return word.isascii() and word.isalnum() and word[0].lower() not in self._first_letters

    def _piece(self, piece: str) -> str:
        """A token as HTML, or what is between two."""
        return escape(piece) if self._wanted.isdisjoint(_forms(piece)) else _mark_token(piece, self._wanted)

    def mark(self, text: str) -> str:
        """The text as HTML, escaped, with the wanted words in <mark>; '' when there is none of them."""
        mark = self._mark_measures_too if self._has_measures else self._mark_words
        html = mark(text) if self._wanted else ""
        return html if "<mark>" in html else ""

    def _mark_measures_too(self, text: str) -> str:
        """A number that is apart from its unit, '8 GB', is wanted as the one word that both are to a search."""
        pieces, end = [], 0
        for found in PARTED_MEASURE.finditer(text):
            if fold(join_measures(found.group()).strip()) in self._wanted:
                pieces += [self._mark_words(text[end : found.start()]), f"<mark>{escape(found.group())}</mark>"]
                end = found.end()
        return "".join([*pieces, self._mark_words(text[end:])])

    def _mark_words(self, text: str) -> str:
        return " ".join(map(self.__getitem__, text.split(" ")))


@functools.lru_cache(KEPT_WORDS)
def _forms(token: str) -> frozenset[str]:
    """What a token may be wanted as: whole, as a code, or any word in it."""
    return frozenset((fold(token), _code(token), *map(fold, _PART.findall(token))))


def _code(token: str) -> str:
    """As a code; '2.5' is none, or it would be '25'."""
    return fold(token) if is_measure(token) else normalise_code(token)


def _mark_token(token: str, wanted: frozenset[str]) -> str:
    if fold(token) in wanted or _code(token) in wanted:
        return f"<mark>{escape(token)}</mark>"
    return "".join(_mark_part(part, wanted) for part in _PARTS_AND_BETWEEN.split(token))


def _mark_part(part: str, wanted: frozenset[str]) -> str:
    return f"<mark>{escape(part)}</mark>" if fold(part) in wanted else escape(part)
