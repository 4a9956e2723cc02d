"""Stores, and their stock, as the imports read them."""

from collections.abc import Iterator
from typing import Any

from products.catalogue_files import cells
from stores.catalogue_import import FIELDS
from stores.models import Inventory, Store
from stores.stock_import import BATCH

STORE_HEADER = ("code", *FIELDS)


def store_rows() -> Iterator[list[str]]:
    rows = Store.objects.order_by("code").values_list(*STORE_HEADER)
    return (list(map(_cell, row)) for row in rows.iterator(chunk_size=BATCH))


def stock_rows(store_id: int | None) -> Iterator[list[str]]:
    """SKU, store and quantity of every inventory row, or of those of a store."""
    rows = Inventory.objects.filter(store_id=store_id) if store_id else Inventory.objects.all()
    values = rows.order_by("store_id", "product_id").values_list("product__sku", "store__code", "quantity")
    return (list(map(_cell, row)) for row in values.iterator(chunk_size=BATCH))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return cells.literal(value, cells.clean_line) if isinstance(value, str) else str(value)
