"""What the pages do that is more than one call."""

import time
from collections.abc import Mapping

from foundation.errors import RequestInProgressError
from foundation.idempotency import IdempotencyKey, fingerprint_of
from orders.errors import OrderRejectedError
from orders.receipts import PlacedOrder
from orders.services import Line, place_order

# Keys of baskets are random, so that one name serves for every visitor's.
CALLER = "storefront"
PATIENCE = 5.0  # s that a second click waits for the first one's answer
PAUSE = 0.1  # s


def order_basket(
    *, lines: Mapping[int, int], store_id: int, key: str, customer_id: int | None, email: str
) -> PlacedOrder:
    """Order a basket: the order, confirmed or rejected, and the same one for the same key and content.

    Whoever sends it again, signed in by then or with an address: the order stays as it was first placed. A second click
    waits for the first. Raises the errors of `orders.services.place_order` but OrderRejectedError.
    """
    wanted = [Line(product_id, quantity) for product_id, quantity in sorted(lines.items())]
    content = {"store_id": store_id, "lines": sorted(lines.items())}
    idempotency_key = IdempotencyKey(CALLER, key, fingerprint_of(content))
    give_up = time.monotonic() + PATIENCE
    while True:
        try:
            return place_order(
                store_id=store_id, lines=wanted, customer_id=customer_id, email=email, idempotency_key=idempotency_key
            )
        except OrderRejectedError as rejected:
            return rejected.order
        except RequestInProgressError:
            if time.monotonic() > give_up:
                raise
            time.sleep(PAUSE)
