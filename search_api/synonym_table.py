"""The synonyms in force, kept in the process and read again when an edit has said so, or after a minute."""

import threading
import time

from django.core.cache import cache

from search_api.models import Synonym
from search_api.synonyms import SynonymTable, build_table

MAX_AGE = 60.0  # s; an edit that nobody was told of (raw SQL, Redis away) works after this
GENERATION_KEY = "search-synonyms-generation"


class _Held:
    def __init__(self) -> None:
        self.table: SynonymTable = {}
        self.generation: str | None = None
        self.read_at = float("-inf")
        self.lock = threading.Lock()


_held = _Held()


def current(generation: str | None = None) -> SynonymTable:
    """The table of the generation, which is asked of the cache when the caller has not already done so."""
    generation = generation if generation is not None else cache.get(GENERATION_KEY)
    if generation != _held.generation or time.monotonic() - _held.read_at > MAX_AGE:
        _read(generation)
    return _held.table


def forget() -> None:
    """Read the table again when it is next asked for, in this process."""
    _held.read_at = float("-inf")


def _read(generation: str | None) -> None:
    rules = Synonym.objects.filter(active=True).values_list("rule", flat=True)
    with _held.lock:
        _held.table = build_table(rules)
        _held.generation, _held.read_at = generation, time.monotonic()
