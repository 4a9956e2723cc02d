"""What search reads from PostgreSQL."""

from collections.abc import Collection

from search_api.contracts import Hit
from stores.models import Inventory, Store


def quantities(store_id: int, product_ids: Collection[int]) -> dict[int, int]:
    """Units of each product at the store, exact; products that it does not stock are left out."""
    rows = Inventory.objects.filter(store_id=store_id, product_id__in=product_ids)
    return dict(rows.values_list("product_id", "quantity"))


def store_names(store_ids: Collection[int]) -> dict[int, str]:
    return dict(Store.objects.filter(pk__in=store_ids).values_list("pk", "name"))


def store_exists(store_id: int) -> bool:
    return Store.objects.filter(pk=store_id).exists()


def add_quantities(hits: list[Hit], store_id: int) -> None:
    """Give every hit its exact quantity at the store, and the availability that follows from it."""
    known = quantities(store_id, [hit["id"] for hit in hits]) if hits else {}
    for hit in hits:
        hit["quantity"] = known.get(hit["id"], 0)
        hit["in_stock"] = hit["quantity"] > 0
