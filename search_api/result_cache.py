"""Answers in Redis for SEARCH_CACHE_SECONDS, valid for one generation of the index.

The generation is read before the work and stored with the answer: a reader so slow that the index
changed meanwhile stores an answer that is never used. Quantities are not stored: every page reads
them from PostgreSQL.
"""

import dataclasses
import hashlib
import math
import time
from collections.abc import Sequence
from typing import Any

import orjson
from django.conf import settings
from django.core.cache import cache

from indexing import generation
from search_api import release
from search_api.contracts import Freshness
from search_api.query import synonym_table

CacheKey = tuple[str, object]  # the kind of request, and the request: a dataclass, or a list of plain values


@dataclasses.dataclass(frozen=True, slots=True)
class Lookup:
    """The stored answer to a request, and where to store an answer that is computed now."""

    answer: Any = None  # None: there is none
    key: str | None = None  # None: nothing can be stored
    generation: str | None = None  # of the index, at the time of the lookup

    def freshness(self) -> Freshness | None:
        """Of an answer that is computed now."""
        return Freshness(self.generation, time.time()) if self.generation else None

    def store(self, answer: Any, *, at_most: float = math.inf) -> None:
        """Store an answer for SEARCH_CACHE_SECONDS, or for `at_most` seconds."""
        if self.key:
            timeout = min(settings.SEARCH_CACHE_SECONDS, at_most)
            cache.set(self.key, (self.generation, answer), timeout=timeout)


def look_up(key: CacheKey | None) -> Lookup:
    return look_up_each([key])[0]


def look_up_each(requests: Sequence[CacheKey | None]) -> list[Lookup]:
    """Look up the answers to several requests; without a key there is none, and none is stored."""
    keys = [request and _key(*request) for request in requests]
    if not settings.SEARCH_CACHE_SECONDS or not any(keys):
        return [Lookup() for _ in requests]
    found = cache.get_many([*filter(None, keys), generation.KEY])  # all in one round trip
    current = found.get(generation.KEY) or generation.read()
    if current is None:  # without Redis
        return [Lookup() for _ in requests]
    return [_lookup(key, found.get(key, (None, None)), current) if key else Lookup() for key in keys]


def _lookup(key: str, stored: tuple[str | None, Any], current: str) -> Lookup:
    generation_of_answer, answer = stored
    return Lookup(answer if generation_of_answer == current else None, key, current)


def _key(name: str, request: object) -> str:
    digest = hashlib.blake2b(orjson.dumps(request, default=str), digest_size=16).hexdigest()
    return f"{name}:{release.digest()}:{synonym_table.generation()}:{digest}"
