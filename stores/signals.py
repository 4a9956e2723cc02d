"""What others may want to hear of."""

from collections.abc import Collection
from functools import partial

from django.db import transaction
from django.dispatch import Signal

# Sent after commit whenever stock changed, by an order too, with `store_id`, `product_ids` (a collection of ids) and
# `availability_changed`: False when each of the products was to be had before and still is.
stock_changed = Signal()


def announce_stock_change(store_id: int, product_ids: Collection[int], *, availability_changed: bool = True) -> None:
    """Send `stock_changed` once the current transaction has committed. A receiver's failure is logged, not raised."""
    send = partial(
        stock_changed.send_robust,
        sender=None,
        store_id=store_id,
        product_ids=product_ids,
        availability_changed=availability_changed,
    )
    transaction.on_commit(send, robust=True)
