import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial

from foundation.errors import RequestInProgressError
from foundation.idempotency import IdempotencyKey, fingerprint_of
from orders.errors import OrderRejectedError
from orders.receipts import PlacedOrder
from orders.services import Line, place_guest_order, place_order

# Keys of baskets are random, so that one caller serves for all visitors.
CALLER = "storefront"
MAX_WAIT = 5.0  # s that a second click waits for the first one's order
POLL_INTERVAL = 0.1  # s


def key_of_basket(key: str, fingerprint: str = "") -> IdempotencyKey:
    return IdempotencyKey(CALLER, key, fingerprint)


def order_basket(  # noqa: PLR0913 - what an order consists of
    *,
    lines: Mapping[int, int],
    store_id: int,
    key: str,
    customer_id: int | None,
    email: str,
    expected_total: Decimal | None,
) -> PlacedOrder:
    """Order a basket. The same key, lines and store give the same order, confirmed or rejected.

    The first request decides the customer and the address, even if the visitor has signed in
    since. A request that comes while the order is being placed waits for it. Raises the errors of
    `place_order` and `place_guest_order` except OrderRejectedError.
    """
    order_lines = [Line(product_id, quantity) for product_id, quantity in sorted(lines.items())]
    content = {"store_id": store_id, "lines": sorted(lines.items())}
    idempotency_key = key_of_basket(key, fingerprint_of(content))
    place: Callable[..., PlacedOrder] = (
        partial(place_order, customer_id=customer_id) if customer_id else place_guest_order
    )
    order = partial(
        place,
        store_id=store_id,
        lines=order_lines,
        email=email,
        expected_total=expected_total,
        idempotency_key=idempotency_key,
    )
    deadline = time.monotonic() + MAX_WAIT
    while True:
        try:
            return order()
        except OrderRejectedError as rejected:
            return rejected.order
        except RequestInProgressError:
            if time.monotonic() > deadline:
                raise
            time.sleep(POLL_INTERVAL)
