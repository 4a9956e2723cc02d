"""Which fields of hits the engine returns, and what the hits show."""

from collections.abc import Mapping, Sequence
from typing import Any

from indexing import shown_fields
from indexing.shown_fields import Shown
from search_api.engine import client

EngineHit = Mapping[str, Any]

# Every request is ordered by id in the end, so the last sort value of a hit is its id, and equal products never
# change places between two pages. `_id` is a stored field: to read it takes as long as the stored document.
TIE_BREAK = {"id": "asc"}
IDS: dict[str, Any] = {"_source": False, "stored_fields": "_none_", "docvalue_fields": []}
SHOWN: dict[str, Any] = {**IDS, "docvalue_fields": [shown_fields.FIELD]}
SHOWN_WITH_ID: dict[str, Any] = {**IDS, "docvalue_fields": [shown_fields.FIELD, "id"]}  # of hits without sort values


def product_id(hit: EngineHit) -> int:
    return int(hit["sort"][-1] if "sort" in hit else hit["fields"]["id"][0])


def shown(hits: Sequence[EngineHit]) -> dict[int, Shown]:
    """What the hits of a request with SHOWN show, by id; EngineUnavailableError."""
    encoded = [found[0] for hit in hits if (found := hit.get("fields", {}).get(shown_fields.FIELD))]
    if len(encoded) < len(hits):
        return _stored([product_id(hit) for hit in hits])
    return {fields["id"]: fields for fields in shown_fields.decode(encoded)}


def _stored(product_ids: Sequence[int]) -> dict[int, Shown]:
    """The same, read from the stored documents: an older release's worker writes documents without the field."""
    ids = {"ids": {"values": [str(key) for key in product_ids]}}
    answer = client.search({"query": ids, "size": len(product_ids), "sort": [TIE_BREAK], "track_total_hits": False})
    found: dict[int, Shown] = {}
    for hit in answer["hits"]["hits"]:
        source = hit["_source"]
        found[product_id(hit)] = {
            "id": product_id(hit),
            "sku": source["sku"],
            "name": source["name"],
            "brand": source["brand"],
            "category": source["category_paths"][-1] if source["category_paths"] else "",
            "price": source["price"],
            "list_price": source.get("list_price"),
            "image": source.get("image"),
            "in_stock": source["in_stock"],
        }
    return found
