"""The generation of search results. Cache keys contain it, so a new generation makes every cached result stale.

Read it before the query and store the result under the value that was read: a slow reader then never stores an
old result under a new generation. A generation is random, so a value that Redis lost never comes back.
"""

import threading
import uuid

from django.core.cache import cache

KEY = "indexing:generation"

_lost = threading.Event()  # whether the last new generation of this process is not in Redis


def read() -> str | None:
    """The current generation; None without Redis, when nothing may be cached."""
    current: str | None = cache.get(KEY)
    if current is None:
        cache.add(KEY, uuid.uuid4().hex, timeout=None)
        current = cache.get(KEY)
    return current


def bump() -> None:
    new = uuid.uuid4().hex
    cache.set(KEY, new, timeout=None)
    if cache.get(KEY) == new:
        _lost.clear()
    else:
        _lost.set()


def bump_if_lost() -> None:
    """Start the generation that Redis did not take when it was due; sync calls this every second."""
    if _lost.is_set():
        bump()
