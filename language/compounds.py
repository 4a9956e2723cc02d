"""Compound words of German, Dutch and Swedish, by the words that the catalogue itself has.

They are found on the query's side: 'Schrank' also looks for the compounds that the vocabulary has now. Parts stored in
documents would be those of a past vocabulary, until the next rebuild.
"""

import itertools
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator

from language.word_lists import words

SHORTEST_PART = 4  # letters of a part that is searched for or known: 'bar' and 'art' end too many words
_SHORTEST_REST = 3  # of what stands beside it, and needs a vowel
_VOWELS = frozenset("aeiouy")
_LINKS = ("", "s", "es", "n", "en", "er", "e")
_PREFIXES = words(
    "ver ent zer emp miss auf aus bei ein mit vor ont her over onder for till und fram"
)  # make no compounds


class Compounds:
    """The compounds among the keys of words that a catalogue has, the most frequent first."""

    def __init__(self, vocabulary: Iterable[str], stem: Callable[[str], str]) -> None:
        self._known = {key: place for place, key in enumerate(vocabulary)}
        self._stem = stem
        long = [key for key in self._known if len(key) >= SHORTEST_PART + _SHORTEST_REST and key.isalpha()]
        self._forwards = sorted(long)
        self._backwards = sorted(key[::-1] for key in long)

    def containing(self, part: str) -> list[str]:
        """Keys with this key as their last part, then those with it as the first: 'schrank' -> 'kuhlschrank'."""
        if len(part) < SHORTEST_PART:
            return []
        last = (key[::-1] for key in _starting_with(part[::-1], self._backwards))
        first = _starting_with(part, self._forwards)
        by_frequency = self._known.__getitem__
        return [
            *sorted((key for key in last if _can_be_first(key.removesuffix(part))), key=by_frequency),
            *sorted((key for key in first if self._is_known_after_link(key.removeprefix(part))), key=by_frequency),
        ]

    def parts(self, word: str) -> tuple[str, ...]:
        """The keys of the known words that it is made of; () when it is no compound of such words."""
        for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            first, last = self._stem(word[:cut]), self._stem(word[cut:])
            if len(first) < SHORTEST_PART - 1 or first not in self._known:
                continue
            if last in self._known:
                return (first, last)
            if rest := self.parts(word[cut:]):
                return (first, *rest)
        return ()

    def _is_known_after_link(self, rest: str) -> bool:
        tails = (rest.removeprefix(link) for link in _LINKS if rest.startswith(link))
        return any(len(tail) >= SHORTEST_PART and tail in self._known for tail in tails)


def _starting_with(prefix: str, ordered: list[str]) -> Iterator[str]:
    following = itertools.islice(ordered, bisect_left(ordered, prefix), None)
    return itertools.takewhile(lambda key: key.startswith(prefix), following)


def _can_be_first(rest: str) -> bool:
    return len(rest) >= _SHORTEST_REST and rest not in _PREFIXES and not _VOWELS.isdisjoint(rest)
