"""How many views of the index one caller may have open.

OpenSearch has room for 300 on each node. A slot of a caller is an entry of the cache that expires
with its view. Its value is that of the view alone, so that an old cursor, sent again, frees no slot
that another view has taken since. Without Redis there is no limit here, and OpenSearch's own refusal
remains.
"""

import secrets

from django.conf import settings
from django.core.cache import cache

from search_api.engine.cursor import KEEP_ALIVE
from search_api.errors import TooManyCursorsError

_SEPARATOR = "="


def take(caller: str) -> str:
    """A free slot of the caller, with the value that it has now. Raises TooManyCursorsError."""
    value = secrets.token_hex(8)
    slots = [f"cursor:{caller}:{number}" for number in range(settings.SEARCH_CURSORS)]
    taken = cache.get_many(slots)
    for slot in slots:
        if slot not in taken and cache.add(slot, value, timeout=KEEP_ALIVE):
            return f"{slot}{_SEPARATOR}{value}"
    raise TooManyCursorsError


def renew(taken: str) -> None:
    slot, _, value = taken.rpartition(_SEPARATOR)
    if cache.get(slot) == value:
        cache.touch(slot, KEEP_ALIVE)


def release(taken: str) -> None:
    slot, _, value = taken.rpartition(_SEPARATOR)
    if cache.get(slot) == value:
        cache.delete(slot)
