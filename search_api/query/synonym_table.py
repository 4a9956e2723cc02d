"""The synonyms in force, kept in the process. Whether they were edited is asked of the cache at most once a second."""

import logging
import threading
import time

from django.core.cache import cache
from django.db import InterfaceError, OperationalError

from language.synonyms import SynonymTable, build_table
from search_api.models import Synonym

GENERATION_KEY = "search-synonyms-generation"
CHECK_EVERY = 1.0  # s; an edit made by another process works after this
MAX_AGE = 60.0  # s; an edit that nobody was told of (raw SQL, Redis away) works after this

logger = logging.getLogger(__name__)

_UNREAD: SynonymTable = {}


class _Held:
    def __init__(self) -> None:
        self.table = _UNREAD
        self.generation: str | None = None
        self.checked_at = self.read_at = float("-inf")
        self.lock = threading.Lock()


_held = _Held()


def current() -> SynonymTable:
    """What every known phrase means too."""
    now = time.monotonic()
    if now - _held.checked_at > CHECK_EVERY:
        with _held.lock:
            _check(now)
    return _held.table


def generation() -> str | None:
    """Tells the table apart from those before it."""
    current()
    return _held.generation


def forget() -> None:
    """Read the table again when it is next asked for, in this process."""
    _held.checked_at = _held.read_at = float("-inf")


def _check(now: float) -> None:
    latest = cache.get(GENERATION_KEY)
    if latest != _held.generation or now - _held.read_at > MAX_AGE:
        _read(latest, now)
    _held.checked_at = now


def _read(generation: str | None, now: float) -> None:
    """A table that was read before outlasts PostgreSQL: what the engine finds needs no more of it."""
    try:
        table = build_table(Synonym.objects.filter(active=True).values_list("rule", flat=True))
    except (InterfaceError, OperationalError):
        if _held.table is _UNREAD:
            raise
        logger.warning("the synonyms could not be read: those known so far stay in force", exc_info=True)
        return
    _held.table, _held.generation, _held.read_at = table, generation, now
