from collections.abc import Collection
from functools import partial

from django.db import transaction
from django.dispatch import Signal

# Sent after the commit of every change of stock, orders included, with `store_id`, `product_ids` (a
# collection) and `availability_changed`: False when every product was available before and still
# is. Receivers: `stores/inventory_cache.py` and `indexing/apps.py`.
stock_changed = Signal()


def announce_stock_change(store_id: int, product_ids: Collection[int], *, availability_changed: bool = True) -> None:
    """Send `stock_changed` after the commit. A receiver's failure is logged, not raised."""
    send = partial(
        stock_changed.send_robust,
        sender=None,
        store_id=store_id,
        product_ids=product_ids,
        availability_changed=availability_changed,
    )
    transaction.on_commit(send)
