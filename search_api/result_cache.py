"""Answers in Redis for a minute (SEARCH_CACHE_SECONDS), left behind as soon as the index changes.

The generation is read before the work, and the answer is stored under what was read: a reader so slow that the index
changed meanwhile stores its old answer where nobody looks any more. Quantities are not in here: every page asks
PostgreSQL for them.
"""

import dataclasses
import hashlib
import math
from collections.abc import Callable
from typing import Any

import orjson
from django.conf import settings
from django.core.cache import cache

from indexing import generation
from search_api.query import synonym_table


@dataclasses.dataclass(frozen=True, slots=True)
class Looked:
    """What was found for a question, and where its answer belongs if it is computed from now on."""

    answer: Any  # None: nothing
    slot: str | None  # None: it cannot be kept
    generation: str | None = None


def look(name: str, question: object) -> Looked:
    """Look for the answer to a question: a dataclass, or a list of plain values."""
    if not settings.SEARCH_CACHE_SECONDS:
        return Looked(None, None)
    digest = hashlib.blake2b(orjson.dumps(question, default=str), digest_size=16).hexdigest()
    return _look_guessing(lambda current: f"{name}:{current}:{synonym_table.generation()}:{digest}")


def _look_guessing(slot_under: Callable[[str], str]) -> Looked:
    """One round trip when the generation is the one that this process saw last, as it mostly is."""
    guess = _seen.generation
    slot = slot_under(guess)
    found = cache.get_many([slot, generation.KEY])
    current = found.get(generation.KEY) or generation.read()
    if current == guess:
        return Looked(found.get(slot), slot, current)
    if current is None:
        return Looked(None, None)
    _seen.generation = current
    return Looked(cache.get(slot_under(current)), slot_under(current), current)


class _Seen:
    generation = "none"


_seen = _Seen()


def keep(looked: Looked, answer: Any, *, at_most: float = math.inf) -> None:
    """Keep the answer to what was looked for; `at_most` for so many seconds."""
    if looked.slot:
        cache.set(looked.slot, answer, timeout=min(settings.SEARCH_CACHE_SECONDS, at_most))
