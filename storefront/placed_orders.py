"""The latest orders that were placed in a session: a guest may see and cancel them."""

from django.http import HttpRequest

SESSION_KEY = "placed"
MAX_ORDERS = 50  # of a session


def of(request: HttpRequest) -> dict[str, str]:
    """Order ids by the idempotency key that each was placed with, oldest first."""
    return dict(request.session.get(SESSION_KEY, {}))


def remember(request: HttpRequest, key: str, order_id: str) -> None:
    """Record an order; only the latest `MAX_ORDERS` stay. Call it inside `basket.changing`."""
    orders = {**of(request), key: order_id}
    request.session[SESSION_KEY] = dict(list(orders.items())[-MAX_ORDERS:])
