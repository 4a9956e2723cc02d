"""From typed text to its meaning.

Words, quoted phrases, minus words, codes, known phrases and their synonyms are distinguished here.
The engine never reads a shopper's text as query syntax; these rules are all the syntax there is.
"""

import dataclasses
import itertools
import re
import unicodedata

from language.codes import looks_like_code, normalise_code
from language.measures import is_measure, join_measures, same_amounts
from language.normalisation import clean
from language.synonyms import MAX_PHRASE_WORDS, SynonymTable, expansions

MAX_TERMS = 12  # further words are ignored: they cost time, and no shopper types them
MAX_TERM_LENGTH = 50  # characters; no word of a catalogue is longer
_PART = re.compile(r"\w+")  # 'a.b,c' is one word, but three terms
_PHRASE = re.compile(r'(?:^|(?<=\s))"([^"]+)"(?=\s|$)')  # in 15.6" no phrase starts
# Words that say nothing about a product, ignored when others remain.
STOP_WORDS = frozenset({"a", "an", "and", "are", "as", "at", "by", "for", "from", "in", "is", "of", "on", "or", "the"})
STOP_WORDS |= {"to", "with"}


@dataclasses.dataclass(frozen=True, slots=True)
class Concept:
    """One word, or several that name one thing, and other ways to say it."""

    text: str
    synonyms: tuple[str, ...] = ()
    sku: str = ""  # normalised, when the word looks like a code or is the only one
    code: str = ""  # normalised, when the word looks like a SKU or model code
    corrected: bool = False  # the text is a spelling correction, not what was typed
    runner_up: str = ""  # a correction that is nearly as likely
    unknown: bool = False  # no document has the word or a correction of it


@dataclasses.dataclass(frozen=True, slots=True)
class ParsedQuery:
    """`nothing`: text was typed, but no word, so that there are no hits."""

    concepts: tuple[Concept, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    nothing: bool = False
    joined_codes: tuple[str, ...] = ()  # neighbours that may be one code: 'dv7 1211ea'

    @property
    def text(self) -> str:
        return " ".join(concept.text for concept in self.concepts)


def parse(q: str, synonyms: SynonymTable) -> ParsedQuery:
    """What the text means. Never fails: what cannot be understood is ignored."""
    text = clean(q)
    quoted = (_cut(found) for found in _PHRASE.findall(text))
    phrases = tuple(phrase.strip() for phrase in quoted if _is_searchable(phrase))[:MAX_TERMS]
    unquoted = join_measures(_PHRASE.sub(" ", text)).replace('"', " ")
    words, excluded = [], []
    for token in filter(_is_searchable, unquoted.split()):
        if token[0] == "-" and token[1:2].isalnum():
            excluded.append(_cut(token[1:]))
        else:
            words.append(token[:MAX_TERM_LENGTH])
    if not STOP_WORDS.isdisjoint(word.lower() for word in words):
        # Stop words of a known phrase stay: 'all in one printer'.
        runs = [run for run in _known_phrases(words, synonyms) if len(run) > 1 or run[0].lower() not in STOP_WORDS]
        words = list(itertools.chain(*runs)) or words
    words, excluded = words[:MAX_TERMS], excluded[:MAX_TERMS]
    concepts = []
    for run in _known_phrases(words, synonyms):
        concept = " ".join(run)
        code = normalise_code(concept) if len(run) == 1 and looks_like_code(concept) else ""
        sku = normalise_code(concept) if len(words) == 1 else code
        concepts.append(Concept(concept, _meanings(concept, synonyms), sku=sku, code=code))
    pairs = [first + second for first, second in itertools.pairwise(words)]
    triples = [pair + third for pair, third in zip(pairs, words[2:], strict=False)]
    return ParsedQuery(
        concepts=tuple(concepts),
        phrases=phrases,
        excluded=tuple(excluded),
        nothing=bool(text) and not (words or phrases or excluded),
        joined_codes=tuple(normalise_code(code) for code in (*pairs, *triples) if looks_like_code(code)),
    )


def _cut(text: str) -> str:
    """The first MAX_TERMS terms of a phrase or minus word, none longer than MAX_TERM_LENGTH."""
    words = " ".join(word[:MAX_TERM_LENGTH] for word in text.split()[:MAX_TERMS])
    last = next(itertools.islice(_PART.finditer(words), MAX_TERMS - 1, None), None)
    return words[: last.end()] if last else words


def _is_searchable(token: str) -> bool:
    """Whether it has a letter, digit or symbol such as an emoji."""
    return any(c.isalnum() or unicodedata.category(c) == "So" for c in token)


def _known_phrases(words: list[str], synonyms: SynonymTable) -> list[list[str]]:
    """The words in runs: those of a known phrase or an amount, '3 metres', form one run."""
    runs, place = [], 0
    while place < len(words):
        lengths = range(min(MAX_PHRASE_WORDS, len(words) - place), 1, -1)
        known = (n for n in lengths if _meanings(" ".join(words[place : place + n]), synonyms))
        length = next(known, 1)
        runs.append(words[place : place + length])
        place += length
    return runs


def _meanings(text: str, synonyms: SynonymTable) -> tuple[str, ...]:
    """Synonyms of the text, or other ways to write the amount that it is."""
    if found := expansions(text, synonyms) or same_amounts(text):
        return found
    # A bare number may be the size of a screen: '15.6' also means '15.6 inch'.
    is_size = is_measure(text) and text[-1].isdecimal() and "x" not in text
    return (f"{text}inch",) if is_size else ()
