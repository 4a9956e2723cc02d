"""Compound words of German, Dutch and Swedish, by the words that the catalogue itself has.

They are found on the query's side: 'Schrank' also looks for the compounds that the vocabulary has now. Parts stored in
documents would be those of a past vocabulary, until the next rebuild.
"""

import itertools
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator

from language.common_words import frequency
from language.word_lists import words

SHORTEST_PART = 4  # letters of a part that is searched for or known: 'bar' and 'art' end too many words
# A shorter one is a part where what stands beside it is a word: 'Olivenöl', but not 'Kontrolle'.
_SHORTEST_BESIDE_A_WORD = 2
_SHORTEST_KEY = 3
_SHORTEST_REST = 3  # of what stands beside it, and needs a vowel
_VOWELS = frozenset("aeiouy")
_LINKS = ("", "s", "es", "n", "en", "er", "e")
_PREFIXES = words(
    "ver ent zer emp miss auf aus bei ein mit vor ont her over onder for till und fram"
)  # make no compounds
# Short parts that end adjectives, and nouns such as 'Bäckerei', which is no egg.
_SUFFIXES, _ENDINGS_IN_EI = words("arm bar los sam"), ("erei", "elei")
_ENDINGS = ("", "e", "n", "en", "er", "a", "or", "s")
_BEFORE = "xxxx"


class Compounds:
    """The compounds among the keys of words that a catalogue has, the most frequent first."""

    def __init__(self, vocabulary: Iterable[str], stem: Callable[[str], str]) -> None:
        self._known = {key: place for place, key in enumerate(vocabulary)}
        self._stem = stem
        long = [key for key in self._known if len(key) >= SHORTEST_PART + 1 and key.isalpha()]
        self._forwards = sorted(long)
        self._backwards = sorted(key[::-1] for key in long)

    def ending_with(self, word: str) -> list[str]:
        """Keys of compounds whose last part is this folded word: 'schranke' -> 'kuhlschrank'."""
        found = set[str]()
        for part in {self._stem(word), _inside(word, self._stem)}:
            if len(part) >= _SHORTEST_BESIDE_A_WORD:
                keys = (key[::-1] for key in _starting_with(part[::-1], self._backwards))
                found.update(key for key in keys if _has_last_part(key, part))
        return sorted(found, key=self._known.__getitem__)

    def beginning_with(self, word: str) -> list[str]:
        """Keys of compounds whose first part is this folded word: 'apfel' -> 'apfelsaft'."""
        parts = {part for part in (word, self._stem(word)) if len(part) >= SHORTEST_PART}
        found = {
            key
            for part in parts
            for key in _starting_with(part, self._forwards)
            if self._is_last_after_link(key.removeprefix(part))
        }
        return sorted(found, key=self._known.__getitem__)

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

    def cut(self, word: str) -> int:
        """Where a compound that no product has is divided into two words that both find some; 0 for nowhere."""
        cuts = range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
        return next((cut for cut in cuts if self._finds(word[:cut]) and self._finds(word[cut:])), 0)

    def _finds(self, word: str) -> bool:
        if self._stem(word) in self._known:
            return True
        return bool(frequency(word) and (self.ending_with(word) or self.beginning_with(word)))

    def _is_last_after_link(self, rest: str) -> bool:
        tails = (rest.removeprefix(link) for link in _LINKS if rest.startswith(link))
        return any(
            tail in self._known or self._is_common(tail) if len(tail) >= SHORTEST_PART else self._is_short_last(tail)
            for tail in tails
        )

    def _is_short_last(self, tail: str) -> bool:
        """Whether it is the key of a longer word that the catalogue has, such as 'jak' of 'jacka'."""
        return len(tail) == _SHORTEST_KEY and tail in self._known and tail not in _SUFFIXES

    def _is_common(self, key: str) -> bool:
        """Whether it is the key of a common word of the language."""
        forms = (f"{key}{ending}" for ending in _ENDINGS if frequency(f"{key}{ending}"))
        return any(_inside(form, self._stem) == key for form in forms)


def _starting_with(prefix: str, ordered: list[str]) -> Iterator[str]:
    following = itertools.islice(ordered, bisect_left(ordered, prefix), None)
    return itertools.takewhile(lambda key: key.startswith(prefix), following)


def _inside(word: str, stem: Callable[[str], str]) -> str:
    """The end of the key of a compound with this word: of a longer word more endings are taken."""
    return stem(_BEFORE + word).removeprefix(_BEFORE)


def _has_last_part(key: str, part: str) -> bool:
    rest = key.removesuffix(part)
    if len(rest) < _SHORTEST_REST or rest in _PREFIXES or _VOWELS.isdisjoint(rest):
        return False
    if len(part) >= SHORTEST_PART:
        return True
    return part not in _SUFFIXES and not key.endswith(_ENDINGS_IN_EI) and _is_made_of_words(rest)


def _is_made_of_words(rest: str) -> bool:
    """Whether it is one word, or two, and perhaps a link behind them."""
    if any(frequency(rest.removesuffix(link)) for link in _LINKS if rest.endswith(link)):
        return True
    cuts = range(SHORTEST_PART, len(rest) - SHORTEST_PART + 1)
    return any(frequency(rest[:cut]) and frequency(rest[cut:]) for cut in cuts)
