"""What kind of thing a title names: the head of 'Leather bag for 15" laptop' is the bag, not the laptop."""

import functools
import re
from collections.abc import Iterable, Sequence

from language.languages import current
from language.terms import Term, analyse
from language.titles import COLOURS, LINKING_WORDS, NOUN_FIRST, SIZES

# What follows one of these marks is what the thing fits, what comes with it ('+'), or its size. A dash
# between numbers is a range.
_MARK = re.compile(r",(?!\d)|[(\[{;|]|(?<!\d)\s[-\u2013\u2014]\s(?!\d)|\s\+\s|\sw/")
CACHED_CATEGORIES = 4_096
# Between the things of a category: 'Routers & Wi-Fi', 'Wet/Dry Vacuums'.
_BETWEEN_THINGS = re.compile(r"[^\w\s'\u2019-]+")


def category_heads(name: str) -> Sequence[str]:
    """The stems of the words for the things of a category: of 'Toilet Parts' the parts, of 'Bags and Cases' both."""
    return _category_heads(name, current().code)


@functools.lru_cache(CACHED_CATEGORIES)
def _category_heads(name: str, _language: str) -> Sequence[str]:
    stop_words, linking = current().stop_words, LINKING_WORDS.get(current().code, frozenset())
    things: list[list[Term]] = []
    for part in _BETWEEN_THINGS.split(name):
        things.append([])
        for term in analyse(part):
            if term.written in linking and any(things):  # all that follows is what they are for
                return _heads(things)
            if term.written in stop_words:
                things.append([])
            else:
                things[-1].append(term)
    return _heads(things)


def _heads(things: Iterable[Iterable[Term]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (head("", terms) for terms in things))))


def head(title: str, terms: Iterable[Term]) -> str:
    """The stem of the word that names the thing, of a title's terms; '' when the title has no word.

    It is the last word, but for colours and sizes, before a mark or a word such as 'for'. In languages that put
    the noun first (French, Spanish, Italian, Portuguese) it is the first one.
    """
    language = current()
    linking = LINKING_WORDS.get(language.code, frozenset())
    no_things = SIZES | COLOURS.get(language.code, frozenset())
    named: list[Term] = []
    marks = [found.start() for found in _MARK.finditer(title)]
    for term in terms:
        after_mark = any(term.start > mark for mark in marks)
        if named and (after_mark or term.written in linking):
            break
        if not any(map(str.isdigit, term.written)) and term.written not in language.stop_words:
            named.append(term)
    if not named:
        return ""
    things = [term for term in named if term.written not in no_things] or named
    return (things[0] if language.code in NOUN_FIRST else things[-1]).stem
