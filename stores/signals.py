"""What others may want to hear of."""

from collections.abc import Collection
from functools import partial

from django.db import transaction
from django.dispatch import Signal

# Sent after commit with `store_id` and `product_ids` (a collection of ids) whenever stock changed, by an order too.
stock_changed = Signal()


def announce_stock_change(store_id: int, product_ids: Collection[int]) -> None:
    """Send `stock_changed` once the current transaction has committed. A receiver's failure is logged, not raised."""
    send = partial(stock_changed.send_robust, sender=None, store_id=store_id, product_ids=product_ids)
    transaction.on_commit(send, robust=True)
