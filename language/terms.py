"""Text as terms: the one way in which documents and queries become words that can match.

A document's terms are made here and joined by spaces; the engine splits them at the spaces and
changes nothing. So a query and a document agree by construction.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from language.amounts import find_amounts
from language.languages import current
from language.normalisation import fold, fold_with_positions
from language.quantities import Amount
from language.segmentation import has_ideographs, segment

# 'usb3.1', '802.11n' and '2.0' are one word, 'startech.com' and 'usb-c' are two; a pictograph is one.
_WORD = re.compile(r"[^\W_]+(?:(?<=\d)[.,](?=\d)[^\W_]+|'[^\W_]+)*|[\u2600-\u27bf\U0001f000-\U0001faff]")
# Names of one letter with signs, which other letters do not part: 'C++', 'C#'.
_WORD_WITH_SIGNS = re.compile(rf"(?<![^\W_])[a-z](?:\+\+|#)(?![^\W_])|{_WORD.pattern}")
_SIGNS = re.compile(r"[a-z](?:\+\+|#)")
_MAY_BE_SEVERAL = re.compile("['+#]")
_ELIDED = re.compile("(?:l|d|qu|un|all|dall|dell|nell|sull)")  # of French and Italian, in names
_DIGIT = re.compile(r"\d")
# The number of an amount that has decimals says enough by itself: '15.6' finds '15.6 inch'.
_DECIMAL = re.compile(r"(?<![\d.,])\d+(?:\.\d+|,\d{1,2}(?!\d))")
MAX_NUMBER_LENGTH = 12
FORM = 6  # one more when documents get other terms, so that their index is made again
_INCH_SIGN = re.compile(r"(?<=\d)(?:\"|'')")
CACHED_TEXTS = 32_768
LONGEST_CACHED_TEXT = 60  # characters; a longer one is seldom of several products


@dataclass(frozen=True, slots=True)
class Term:
    """A word or an amount, and its place in the text that it was found in."""

    written: str  # folded; of an amount the canonical form
    stem: str  # what matches: the same for the singular and the plural
    start: int
    end: int
    alternatives: tuple[str, ...] = ()  # other amounts that people mean by this one: 1024 GB for 1 TB
    parts: tuple[str, ...] = ()  # what a document with the amount is also found by


def analyse(text: str) -> list[Term]:
    """The terms of a query, or of a text that is shown, in their order."""
    folded, positions = fold_with_positions(text)
    stem = current().stem
    found = []
    for piece, start, end in _pieces(folded):
        begin = positions[start]
        stop = max(positions[end], begin + 1)  # of the words of one character, such as '℅', each has it as its text
        if isinstance(piece, str):
            found.append(Term(piece, stem(piece), begin, stop))
        elif piece.unsure:
            words_of_it = _words_between(folded, start, end)
            found += [Term(word, stem(word), positions[first], positions[last]) for word, first, last in words_of_it]
        else:
            found.append(Term(piece.token, piece.token, begin, stop, piece.alternatives, piece.parts))
    return found


def forms(text: str) -> tuple[list[str], list[str]]:
    """The stem of each term of a document, and the written form of each."""
    language, folded = current(), fold(text)
    stem, begin = language.stem, 0
    stemmed: list[str] = []
    written: list[str] = []
    for amount in find_amounts(folded, decimal_comma=language.decimal_comma):
        found = _words_of_document(folded, begin, amount.start)
        decimal = _DECIMAL.findall(folded, amount.start, amount.start + MAX_NUMBER_LENGTH)[:1]
        extra = [*amount.parts, *(each.replace(",", ".") for each in decimal)]
        stemmed += [*map(stem, found), amount.token, *(part if _DIGIT.search(part) else stem(part) for part in extra)]
        written += [*found, amount.token, *extra]
        begin = amount.end
    found = _words_of_document(folded, begin, len(folded))
    return [*stemmed, *map(stem, found)], [*written, *found]


def shared_forms(text: str) -> tuple[Sequence[str], Sequence[str]]:
    """`forms` of a text that many products share, such as a brand or the value of an attribute: cached."""
    return _cached_forms(text, current().code) if len(text) <= LONGEST_CACHED_TEXT else forms(text)


@functools.lru_cache(CACHED_TEXTS)
def _cached_forms(text: str, _language: str) -> tuple[Sequence[str], Sequence[str]]:
    stemmed, written = forms(text)
    return tuple(stemmed), tuple(written)


def joined_pairs(terms: Sequence[Term]) -> Iterator[tuple[Term, Term, str]]:
    """Neighbours that people also write as one word, and the stem of that: 'smart watch', 'smartwatch'.

    None begins with a number: '2 in 1' has no '2in'.
    """
    stem = current().stem
    for first, second in pairwise(terms):
        if not first.written[0].isdecimal():
            yield first, second, stem(first.written + second.written)


def stems(text: str) -> list[str]:
    return forms(text)[0]


def shared_stems(text: str) -> Sequence[str]:
    return shared_forms(text)[0]


def words(text: str) -> list[str]:
    """Folded words, not joined to amounts: how completion compares a name with what is being typed."""
    folded = _INCH_SIGN.sub(" inch ", fold(text))
    if folded.isascii() and "'" not in folded:
        return _WORD.findall(folded)
    return [word for word, _, _ in _words_between(folded, 0, len(folded))]


def shared_words(text: str) -> Sequence[str]:
    """`words` of a text that many products share: cached."""
    return _cached_words(text, current().code) if len(text) <= LONGEST_CACHED_TEXT else words(text)


@functools.lru_cache(CACHED_TEXTS)
def _cached_words(text: str, _language: str) -> Sequence[str]:
    return tuple(words(text))


def _pieces(folded: str) -> Iterator[tuple[str | Amount, int, int]]:
    """Every word and amount of a query, with its place."""
    begin = 0
    if _DIGIT.search(folded):
        for amount in find_amounts(folded, decimal_comma=current().decimal_comma):
            yield from _words_between(folded, begin, amount.start)
            yield amount, amount.start, amount.end
            begin = amount.end
    yield from _words_between(folded, begin, len(folded))


def _words_of_document(folded: str, begin: int, end: int) -> list[str]:
    """The words that a document is found by, without their places: most texts need nothing but the pattern."""
    if folded.isascii() and not _MAY_BE_SEVERAL.search(folded, begin, end):
        return _WORD.findall(folded, begin, end)
    return [word for word, _, _ in _words_between(folded, begin, end, of_document=True)]


def _words_between(folded: str, begin: int, end: int, *, of_document: bool = False) -> Iterator[tuple[str, int, int]]:
    is_ascii = folded.isascii()
    pattern = _WORD_WITH_SIGNS if _SIGNS.search(folded, begin, end) else _WORD
    for found in pattern.finditer(folded, begin, end):
        word, start = found.group(), found.start()
        if "'" in word:
            yield from _without_apostrophes(word, start, of_document=of_document)
        elif of_document and pattern is _WORD_WITH_SIGNS and not word[-1].isalnum():
            yield word, start, found.end()
            yield word[0], start, start + 1
        elif not is_ascii and has_ideographs(word):
            place = -1
            for part in segment(word, of_document=of_document):
                place = word.find(part, place + 1)
                yield part, start + place, start + place + len(part)
        else:
            yield word, start, found.end()


def _without_apostrophes(word: str, start: int, *, of_document: bool) -> Iterator[tuple[str, int, int]]:
    """The words of one with apostrophes: women of women's, oneill of o'neill; of l'eau both, where words elide.

    A document is also found by what people write without the apostrophe, levis of Levi's, and by the second part of a
    foreign name: oreal of L'Oréal.
    """
    language = current()
    if not language.elides:
        base = word.removesuffix("'s")
        joined = base.replace("'", "")
        yield joined, start, start + len(base)
        if of_document and base != word and language.stem(f"{joined}s") != language.stem(joined):
            yield f"{joined}s", start, start + len(word)
        first, _, second = base.partition("'")
        if of_document and second and _ELIDED.fullmatch(first):
            yield second.replace("'", ""), start + len(first) + 1, start + len(base)
        return
    for part in word.split("'"):
        yield part, start, start + len(part)
        start += len(part) + 1
