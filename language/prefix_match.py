"""Whether typed text is a prefix of a name, or of words in it, ignoring case and accents.

The engine's prefix fields ignore punctuation: to them 'd-li' is a prefix of 'Da-Lite' too.
"""

import functools
import itertools
from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

from language.normalisation import fold
from language.terms import words

MAX_CACHED_NAMES = 10_000  # the same brands and categories are compared again with every letter typed

V = TypeVar("V")
Words = tuple[str, ...]


class PrefixIndex(Generic[V]):
    """Values by texts that belong to them; results keep the order of the pairs."""

    def __init__(self, values_by_text: Iterable[tuple[str, V]]) -> None:
        pairs = list(values_by_text)
        self._values = [value for _, value in pairs]
        self._texts = sorted((text, position) for position, (text, _) in enumerate(pairs))

    def find(self, prefix: str) -> list[V]:
        """The values with a text that starts with the prefix, each value once."""
        positions = []
        for place in range(bisect_left(self._texts, (prefix,)), len(self._texts)):
            text, position = self._texts[place]
            if not text.startswith(prefix):
                break
            positions.append(position)
        return list(dict.fromkeys(self._values[position] for position in sorted(positions)))


class NameIndex:
    """Values by the words of their names; results keep the order of the values."""

    def __init__(self, values: Iterable[str], name_of: Callable[[str], str] = str) -> None:
        self._values = list(values)
        self._words = [_words(name_of(value)) for value in self._values]
        self._places = PrefixIndex((word, place) for place, words in enumerate(self._words) for word in words)

    def find(self, typed: str) -> list[str]:
        """Values whose names satisfy `has_word_prefixes`; none without a letter or digit."""
        prefixes = _prefixes(typed)
        # Every match has a word with the longest prefix, and few names have one.
        longest = max(itertools.chain(*prefixes), key=len, default="")
        places = self._places.find(longest) if longest else []
        return [self._values[place] for place in places if _match(self._words[place], prefixes)]


def has_prefix(name: str, typed: str) -> bool:
    return fold(name).startswith(fold(typed))


def has_word_prefixes(name: str, typed: str) -> bool:
    """Whether every typed word is a prefix of some word of the name, in any order.

    'usb-c' is also a prefix of 'USB C'.
    """
    return _match(_words(name), _prefixes(typed))


def _prefixes(typed: str) -> list[Words]:
    """The parts of each typed word."""
    return [tuple(words(word)) for word in typed.split()]


def _match(words: Words, prefixes: list[Words]) -> bool:
    """Whether the parts of each prefix are consecutive words, the last one unfinished."""
    for parts in prefixes:
        *whole, last = parts or [""]
        ends = range(len(whole), len(words))
        if not any(words[end].startswith(last) and list(words[end - len(whole) : end]) == whole for end in ends):
            return False
    return True


@functools.lru_cache(MAX_CACHED_NAMES)
def _words(name: str) -> Words:
    return tuple(words(name))
