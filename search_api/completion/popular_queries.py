"""The popular queries, kept in the process: there are at most a thousand, and they change once an hour."""

import time
from collections.abc import Iterable

from language.prefix_match import TextsByStart
from search_api.models import PopularQuery

MAX_AGE = 60.0  # s


class _Popular:
    """Queries, the most frequent first."""

    def __init__(self, queries: Iterable[str] = ()) -> None:
        self._queries = tuple(queries)
        self._by_start = TextsByStart((q, place) for place, q in enumerate(self._queries))

    def starting_with(self, start: str) -> list[str]:
        return [self._queries[place] for place in self._by_start.places(start)]


class _Held:
    popular = _Popular()
    read_at = float("-inf")


def starting_with(text: str) -> list[str]:
    """Popular queries that go on from the text, the most frequent first; not the text itself."""
    start = text.lower()
    return [q for q in _current().starting_with(start) if q != start]


def forget() -> None:
    """Read them again when they are next asked for."""
    _Held.read_at = float("-inf")


def _current() -> _Popular:
    now = time.monotonic()
    if now - _Held.read_at > MAX_AGE:
        _Held.popular, _Held.read_at = _Popular(PopularQuery.objects.values_list("q", flat=True)), now
    return _Held.popular
