"""Quantities in Redis, by (store, product), under a generation per store.

A change of stock gives the store a new generation after commit. A reader asks for the generation before it reads
PostgreSQL and writes under what it was told, so that a slow reader leaves its old answer where nobody looks any more.
A generation is random: one lost with Redis' memory never comes back. An unreachable Redis is a miss. When it is away
just as a stock change commits, an old quantity can be served for at most `TTL`.
"""

import uuid
from collections.abc import Collection, Mapping

from django.core.cache import cache

TTL = 60  # s
GENERATION_TTL = 24 * 3600  # s


def generation(store_id: int) -> str:
    """The store's current generation. Ask before reading PostgreSQL."""
    key = _generation_key(store_id)
    current: str | None = cache.get(key)
    if current is None:
        cache.add(key, _new_generation(), GENERATION_TTL)
        current = cache.get(key) or _new_generation()
    return current


def start_generation(store_id: int) -> None:
    """Let nobody find again what is cached for the store."""
    cache.set(_generation_key(store_id), _new_generation(), GENERATION_TTL)


def read(store_id: int, product_ids: Collection[int], *, under: str) -> dict[int, int]:
    """Cached quantities by product; those not cached are missing."""
    keys = {_key(store_id, product_id, under): product_id for product_id in product_ids}
    return {keys[key]: quantity for key, quantity in cache.get_many(keys).items()}


def write(store_id: int, quantities: Mapping[int, int], *, under: str) -> None:
    """Cache quantities that were read from PostgreSQL after the generation `under` was."""
    cache.set_many(
        {_key(store_id, product_id, under): quantity for product_id, quantity in quantities.items()}, timeout=TTL
    )


def _new_generation() -> str:
    return uuid.uuid4().hex


def _generation_key(store_id: int) -> str:
    return f"inventory-generation:{store_id}"


def _key(store_id: int, product_id: int, under: str) -> str:
    return f"inventory:{store_id}:{under}:{product_id}"
