"""What search reads from PostgreSQL."""

import time
from collections.abc import Collection
from math import inf

from language.prefix_match import starts_words
from search_api.contracts import Hit
from stores.models import Store
from stores.selectors import quantities_now

STORE_NAME_AGE = 60.0  # s
_store_names: dict[int, str | None] = {}  # None: there is no such store
_store_names_read_at: dict[int, float] = {}


def store_names(store_ids: Collection[int]) -> dict[int, str]:
    """Names of those stores that there are, at most a minute old: every page of results names dozens of stores."""
    now = time.monotonic()
    unread = [store_id for store_id in store_ids if _store_names_read_at.get(store_id, -inf) < now - STORE_NAME_AGE]
    if unread:
        read = dict(Store.objects.filter(pk__in=unread).values_list("pk", "name"))
        _store_names.update({store_id: read.get(store_id) for store_id in unread})
        _store_names_read_at.update(dict.fromkeys(read, now))
    return {store_id: name for store_id in store_ids if (name := _store_names[store_id]) is not None}


def stores_named(text: str) -> list[int]:
    """Ids of the stores with words in their name that start so, by name."""
    named = Store.objects.order_by("name", "pk").values_list("pk", "name")
    return [store_id for store_id, name in named if starts_words(name, text)]


def store_exists(store_id: int) -> bool:
    return bool(store_names([store_id]))


def add_quantities(hits: list[Hit], store_id: int) -> None:
    """Give every hit its exact quantity at the store, and the availability that follows from it."""
    known = quantities_now(store_id, [hit["id"] for hit in hits]) if hits else {}
    for hit in hits:
        hit["quantity"] = known[hit["id"]]
        hit["in_stock"] = hit["quantity"] > 0
