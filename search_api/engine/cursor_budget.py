"""How many views of the index one caller may have open.

OpenSearch has room for 300 on each node. A slot of a caller is an entry of the cache that expires
with its view. Without Redis there is no limit here, and OpenSearch's own refusal remains.
"""

from django.conf import settings
from django.core.cache import cache

from search_api.engine.cursor import KEEP_ALIVE
from search_api.errors import TooManyCursorsError


def take(caller: str) -> str:
    """A free slot of the caller. Raises TooManyCursorsError."""
    slots = [f"cursor:{caller}:{number}" for number in range(settings.SEARCH_CURSORS)]
    taken = cache.get_many(slots)
    for slot in slots:
        if slot not in taken and cache.add(slot, 1, timeout=KEEP_ALIVE):
            return slot
    raise TooManyCursorsError


def renew(slot: str) -> None:
    cache.touch(slot, KEEP_ALIVE)


def release(slot: str) -> None:
    cache.delete(slot)
