"""Quantities in Redis by (store, product), under a generation per store.

A change of stock gives the store a new generation after the commit. A reader reads the generation,
then PostgreSQL, and writes to the cache under the generation that it read, so what a slow reader
writes is never read. Generations are random: after Redis has lost its memory, an old one
never comes back. When Redis is unavailable every read is a miss; if it becomes unavailable just as
a change commits, an old quantity may be served for at most `TTL`.
"""

import uuid
from collections.abc import Collection, Mapping
from typing import Any

from django.core.cache import cache
from django.dispatch import receiver

from stores.signals import stock_changed

TTL = 60  # s
GENERATION_TTL = 24 * 3600  # s
GENERATION_KEY = "inventory-generation:{}"


def generation(store_id: int) -> str:
    """The store's current generation. Read it before PostgreSQL."""
    key, new = GENERATION_KEY.format(store_id), uuid.uuid4().hex
    current: str | None = cache.get(key)
    if current is None:
        cache.add(key, new, GENERATION_TTL)
        current = cache.get(key) or new
    return current


@receiver(stock_changed)
def forget(*, store_id: int, **_: Any) -> None:
    """Start a new generation, under which nothing is cached."""
    cache.set(GENERATION_KEY.format(store_id), uuid.uuid4().hex, GENERATION_TTL)


def read(store_id: int, product_ids: Collection[int], *, under: str) -> dict[int, int]:
    """Cached quantities by product, without the products that are not cached."""
    keys = {_key(store_id, product_id, under): product_id for product_id in product_ids}
    return {keys[key]: quantity for key, quantity in cache.get_many(keys).items()}


def write(store_id: int, quantities: Mapping[int, int], *, under: str) -> None:
    """Cache quantities that were read from PostgreSQL after the generation `under`."""
    values = {_key(store_id, product_id, under): quantity for product_id, quantity in quantities.items()}
    cache.set_many(values, timeout=TTL)


def _key(store_id: int, product_id: int, under: str) -> str:
    return f"inventory:{store_id}:{under}:{product_id}"
