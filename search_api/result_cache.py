"""Answers in Redis for a minute (SEARCH_CACHE_SECONDS), left behind as soon as the index changes.

The generation is read before the work, and the answer is stored under what was read: a reader so slow that the index
changed meanwhile stores its old answer where nobody looks any more. Quantities are not in here, they have a cache of
their own that every stock change leaves behind (`stores.inventory_cache`).
"""

import dataclasses
import hashlib
from typing import Any

import orjson
from django.conf import settings
from django.core.cache import cache

from indexing import generation
from search_api import synonym_table
from search_api.contracts import SearchRequest


def search_slot(request: SearchRequest) -> str | None:
    """Where the answer to the request belongs if it is computed from now on; None when it cannot be kept."""
    return _slot("search", dataclasses.asdict(request))


def suggest_slot(q: str, store_id: int | None) -> str | None:
    """The same for completions."""
    return _slot("suggest", [q, store_id])


def read(slot: str | None) -> Any:
    """What is kept there, or None."""
    return cache.get(slot) if slot else None


def write(slot: str | None, answer: Any) -> None:
    if slot:
        cache.set(slot, answer, timeout=settings.SEARCH_CACHE_SECONDS)


def _slot(name: str, asked: Any) -> str | None:
    current = generation.read() if settings.SEARCH_CACHE_SECONDS else None
    if current is None:
        return None
    digest = hashlib.blake2b(orjson.dumps(asked, default=str), digest_size=16).hexdigest()
    return f"{name}:{current}:{synonym_table.generation()}:{digest}"
