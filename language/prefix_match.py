"""Whether what was typed starts a name, or words in it; case and accents apart.

The engine's word starts know no punctuation: to them 'd-li' starts 'Da-Lite' too.
"""

import functools
import itertools
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable

_PART = re.compile(r"\w+")
KEPT = 10_000  # the same brands and categories come again with every letter

Words = tuple[str, ...]


class TextsByStart:
    """Texts by their place in a sequence, found by how they start."""

    def __init__(self, placed: Iterable[tuple[str, int]]) -> None:
        self._sorted = sorted(placed)

    def places(self, start: str) -> list[int]:
        """Of the texts that start so, each once, the first in the sequence first."""
        first = bisect_left(self._sorted, (start,))
        following = itertools.islice(self._sorted, first, None)
        return sorted({place for _, place in itertools.takewhile(lambda one: one[0].startswith(start), following)})


class NamesByStart:
    """Names by their place in a sequence, found by how words in them start."""

    def __init__(self, names: Iterable[str]) -> None:
        self._words = [_words(name) for name in names]
        placed = ((word, place) for place, words in enumerate(self._words) for word in words)
        self._by_word = TextsByStart(placed)

    def places(self, typed: str) -> list[int]:
        """Of the names that `starts_words` holds of, the first in the sequence first."""
        wanted = _wanted(typed)
        # Whatever else is wanted, the longest of the words starts one of the name's; few names have one.
        longest = max(itertools.chain(*wanted), key=len, default="")
        found = self._by_word.places(longest) if longest else []
        return [place for place in found if _starts_all(self._words[place], wanted)]


def starts_name(name: str, typed: str) -> bool:
    """Whether the name itself starts so."""
    return _folded(name).startswith(_folded(typed))


def starts_words(name: str, typed: str) -> bool:
    """Whether every typed word starts some word of the name, in any order; 'usb-c' also starts 'USB C'."""
    return _starts_all(_words(name), _wanted(typed))


def _wanted(typed: str) -> list[Words]:
    """The parts of each typed word."""
    return [tuple(_PART.findall(word)) for word in _folded(typed).split()]


def _starts_all(words: Words, wanted: list[Words]) -> bool:
    return all(_starts_some(words, parts) for parts in wanted)


def _starts_some(words: Words, parts: Words) -> bool:
    """Whether the parts stand side by side among the words, of which the last may go on."""
    *whole, last = parts or [""]
    ends = range(len(whole), len(words))
    return any(words[end].startswith(last) and list(words[end - len(whole) : end]) == whole for end in ends)


@functools.lru_cache(KEPT)
def _words(name: str) -> Words:
    return tuple(_PART.findall(_folded(name)))


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
