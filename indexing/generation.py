"""The generation of search answers. A cache keys its answers by it, and a new one leaves all of them behind.

Read it before the work and store the answer under what was read: a slow reader can then never put back an old answer.
A generation is random, so that none ever comes back after Redis lost it.
"""

import uuid

from django.core.cache import cache

KEY = "indexing:generation"


def read() -> str | None:
    """The current generation; None without Redis, when nothing may be cached."""
    found: str | None = cache.get(KEY)
    if found is None:
        cache.add(KEY, uuid.uuid4().hex, timeout=None)
        found = cache.get(KEY)
    return found


def bump() -> None:
    """Leave every cached search answer behind."""
    cache.set(KEY, uuid.uuid4().hex, timeout=None)
