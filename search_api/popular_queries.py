"""The popular queries, kept in the process: there are at most a thousand, and they change once an hour."""

import time

from search_api.models import PopularQuery

MAX_AGE = 60.0  # s


class _Held:
    queries: tuple[str, ...] = ()
    read_at = float("-inf")


def starting_with(text: str) -> list[str]:
    """Popular queries that go on from the text, the most frequent first; not the text itself."""
    start = text.lower()
    return [q for q in _current() if q.startswith(start) and q != start]


def forget() -> None:
    """Read them again when they are next asked for."""
    _Held.read_at = float("-inf")


def _current() -> tuple[str, ...]:
    now = time.monotonic()
    if now - _Held.read_at > MAX_AGE:
        _Held.queries, _Held.read_at = tuple(PopularQuery.objects.values_list("q", flat=True)), now
    return _Held.queries
