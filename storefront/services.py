import time
from collections.abc import Mapping

from foundation.errors import RequestInProgressError
from foundation.idempotency import IdempotencyKey, fingerprint_of
from orders.errors import OrderRejectedError
from orders.receipts import PlacedOrder
from orders.services import Line, place_order

# Keys of baskets are random, so that one caller serves for all visitors.
CALLER = "storefront"
MAX_WAIT = 5.0  # s that a second click waits for the first one's order
POLL_INTERVAL = 0.1  # s


def order_basket(
    *, lines: Mapping[int, int], store_id: int, key: str, customer_id: int | None, email: str
) -> PlacedOrder:
    """Order a basket. The same key, lines and store give the same order, confirmed or rejected.

    The first request decides the customer and the address, even if the visitor has signed in
    since. A request that comes while the order is being placed waits for it.
    Raises the errors of `place_order` except OrderRejectedError.
    """
    order_lines = [Line(product_id, quantity) for product_id, quantity in sorted(lines.items())]
    content = {"store_id": store_id, "lines": sorted(lines.items())}
    idempotency_key = IdempotencyKey(CALLER, key, fingerprint_of(content))
    deadline = time.monotonic() + MAX_WAIT
    while True:
        try:
            return place_order(
                store_id=store_id,
                lines=order_lines,
                customer_id=customer_id,
                email=email,
                idempotency_key=idempotency_key,
            )
        except OrderRejectedError as rejected:
            return rejected.order
        except RequestInProgressError:
            if time.monotonic() > deadline:
                raise
            time.sleep(POLL_INTERVAL)
