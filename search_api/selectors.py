"""What search reads from PostgreSQL."""

import time
from collections.abc import Collection
from math import inf

from search_api.contracts import Hit
from stores.models import Inventory, Store

STORE_NAME_AGE = 60.0  # s
_store_names: dict[int, str | None] = {}  # None: there is no such store
_store_names_read_at: dict[int, float] = {}


def quantities(store_id: int, product_ids: Collection[int]) -> dict[int, int]:
    """Units of each product at the store, exact; products that it does not stock are left out."""
    rows = Inventory.objects.filter(store_id=store_id, product_id__in=product_ids)
    return dict(rows.values_list("product_id", "quantity"))


def store_names(store_ids: Collection[int]) -> dict[int, str]:
    """Names of those stores that there are, at most a minute old: every page of results names dozens of stores."""
    now = time.monotonic()
    unread = [store_id for store_id in store_ids if _store_names_read_at.get(store_id, -inf) < now - STORE_NAME_AGE]
    if unread:
        read = dict(Store.objects.filter(pk__in=unread).values_list("pk", "name"))
        _store_names.update({store_id: read.get(store_id) for store_id in unread})
        _store_names_read_at.update(dict.fromkeys(read, now))
    return {store_id: name for store_id in store_ids if (name := _store_names[store_id]) is not None}


def store_exists(store_id: int) -> bool:
    return Store.objects.filter(pk=store_id).exists()


def add_quantities(hits: list[Hit], store_id: int) -> None:
    """Give every hit its exact quantity at the store, and the availability that follows from it."""
    known = quantities(store_id, [hit["id"] for hit in hits]) if hits else {}
    for hit in hits:
        hit["quantity"] = known.get(hit["id"], 0)
        hit["in_stock"] = hit["quantity"] > 0
