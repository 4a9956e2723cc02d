"""From what was typed to what is meant: words, quoted phrases, minus words, codes, known phrases and their synonyms.

Nothing of the user's text is ever read as query syntax by the engine; these rules are all the syntax there is.
"""

import dataclasses
import itertools
import re
import unicodedata

from language.codes import looks_like_code, normalise_code
from language.measures import is_measure, join_measures, same_amounts
from language.normalisation import clean
from language.synonyms import MAX_PHRASE_WORDS, SynonymTable, expansions

MAX_TERMS = 12  # further words are left out: they cost time and no shopper types them
MAX_TERM_LENGTH = 50  # characters; no word of a catalogue is longer
_PART = re.compile(r"\w+")  # 'a.b,c' is one word, but three terms
_PHRASE = re.compile(r'(?:^|(?<=\s))"([^"]+)"(?=\s|$)')  # 15.6" is a size, not the start of a phrase
# Words that say nothing about a product, left out when others remain.
STOP_WORDS = frozenset({"a", "an", "and", "are", "as", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the"})
STOP_WORDS |= {"to", "with"}


@dataclasses.dataclass(frozen=True, slots=True)
class Concept:
    """One word, or several that name one thing, and other ways of saying it."""

    text: str
    synonyms: tuple[str, ...] = ()
    sku: str = ""  # normalised, when the word may be a SKU: it looks like a code, or is all that was typed
    code: str = ""  # normalised, when the word looks like a SKU or model code
    corrected: bool = False  # not what was typed, but what was probably meant
    runner_up: str = ""  # nearly as likely a correction
    unknown: bool = False  # no document has the word, nor one near it: it may be two, or go by its start


@dataclasses.dataclass(frozen=True, slots=True)
class ParsedQuery:
    """`nothing`: something was typed, but no word, so that nothing can be found."""

    concepts: tuple[Concept, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    nothing: bool = False
    joined_codes: tuple[str, ...] = ()  # neighbours that together may be a code: 'dv7 1211ea', 'EC J8700 001'

    @property
    def text(self) -> str:
        return " ".join(concept.text for concept in self.concepts)

    @property
    def empty(self) -> bool:
        """Whether nothing was asked for, so that everything is shown."""
        return not (self.concepts or self.phrases or self.excluded or self.nothing)


def parse(q: str, synonyms: SynonymTable) -> ParsedQuery:
    """What the text means. Never fails: what cannot be understood is left out."""
    text = clean(q)
    phrases = tuple(phrase for found in _PHRASE.findall(text) if (phrase := _searchable(_cut(found))))[:MAX_TERMS]
    tokens = [token for token in join_measures(_PHRASE.sub(" ", text)).replace('"', " ").split() if _searchable(token)]
    excluded = tuple(_cut(token[1:]) for token in tokens if _is_minus_word(token))[:MAX_TERMS]
    words = _wanted([token[:MAX_TERM_LENGTH] for token in tokens if not _is_minus_word(token)], synonyms)[:MAX_TERMS]
    return ParsedQuery(
        concepts=tuple(_concepts(words, synonyms)),
        phrases=phrases,
        excluded=excluded,
        nothing=bool(text) and not (words or phrases or excluded),
        joined_codes=tuple(_joined_codes(words)),
    )


def _cut(text: str) -> str:
    """The first MAX_TERMS terms of a phrase or minus word, none of them too long."""
    words = " ".join(word[:MAX_TERM_LENGTH] for word in text.split()[:MAX_TERMS])
    last = next(itertools.islice(_PART.finditer(words), MAX_TERMS - 1, None), None)
    return words[: last.end()] if last else words


def _searchable(token: str) -> str:
    """The token, or nothing when there is no letter, digit or symbol such as an emoji in it."""
    return token.strip() if any(c.isalnum() or unicodedata.category(c) == "So" for c in token) else ""


def _is_minus_word(token: str) -> bool:
    return token[0] == "-" and token[1:2].isalnum()


def _wanted(words: list[str], synonyms: SynonymTable) -> list[str]:
    """The words that say something; of a known phrase ('all in one printer') every word does."""
    if STOP_WORDS.isdisjoint(word.lower() for word in words):  # as of most: no phrase need be looked for
        return words
    wanted, place = [], 0
    while place < len(words):
        length = _known_phrase_length(words[place:], synonyms)
        run = words[place : place + length]
        wanted += run if length > 1 or run[0].lower() not in STOP_WORDS else []
        place += length
    return wanted or words


def _concepts(words: list[str], synonyms: SynonymTable) -> list[Concept]:
    concepts, place = [], 0
    while place < len(words):
        length = _known_phrase_length(words[place:], synonyms)
        concepts.append(_concept(words[place : place + length], synonyms))
        place += length
    return [dataclasses.replace(concepts[0], sku=normalise_code(words[0]))] if len(words) == 1 else concepts


def _known_phrase_length(words: list[str], synonyms: SynonymTable) -> int:
    """How many of the first words are one known phrase, or an amount, '3 metres'; at least one."""
    lengths = range(min(MAX_PHRASE_WORDS, len(words)), 1, -1)
    return next((n for n in lengths if _same(" ".join(words[:n]), synonyms)), 1)


def _concept(words: list[str], synonyms: SynonymTable) -> Concept:
    text = " ".join(words)
    code = normalise_code(text) if len(words) == 1 and looks_like_code(text) else ""
    return Concept(text, _same(text, synonyms), sku=code, code=code)


def _same(text: str, synonyms: SynonymTable) -> tuple[str, ...]:
    return expansions(text, synonyms) or same_amounts(text) or _sizes(text)


def _sizes(text: str) -> tuple[str, ...]:
    """A bare number may be a screen's size: '15.6' also means '15.6 inch'."""
    return (f"{text}inch",) if is_measure(text) and text[-1].isdecimal() and "x" not in text else ()


def _joined_codes(words: list[str]) -> list[str]:
    pairs = [first + second for first, second in itertools.pairwise(words)]
    triples = [pair + third for pair, third in zip(pairs, words[2:], strict=False)]
    return [normalise_code(joined) for joined in (*pairs, *triples) if looks_like_code(joined)]
