"""`backend.api.problems` gives each of these errors its HTTP status."""

import uuid
from decimal import Decimal
from typing import Any

from django.conf import settings

from orders.receipts import Item, RejectedOrder, Shortage


class OrderRejectedError(Exception):
    """A store has too few units. The order is saved as REJECTED and nothing was deducted."""

    title = "Order rejected"

    def __init__(self, order: RejectedOrder) -> None:
        lines = "1 line is" if len(order.shortages) == 1 else f"{len(order.shortages)} lines are"
        super().__init__(f"{lines} short; nothing was deducted")
        self.order = order
        self.members: dict[str, Any] = {"order": order, "shortages": order.shortages}


class InvalidOrderError(Exception):
    """A store or product does not exist, or the total is too large. Nothing was saved.

    `errors` are (field, code, message).
    """

    title = "Invalid order"

    def __init__(self, errors: list[tuple[str, str, str]]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, _, message in errors))
        self.members: dict[str, Any] = {
            "errors": [{"field": field, "code": code, "message": message} for field, code, message in errors]
        }


class NotCancellableError(Exception):
    """Only a confirmed order can be cancelled."""

    title = "Not cancellable"

    def __init__(self, order_id: uuid.UUID, status: str) -> None:
        super().__init__(f"the order is {status.lower()}")
        self.members: dict[str, Any] = {"order_id": order_id, "order_status": status}


class PriceChangedError(Exception):
    """The total is more than the caller expects. Nothing was saved."""

    title = "Price changed"

    def __init__(self, items: list[Item], total: Decimal, shortages: list[Shortage]) -> None:
        super().__init__("the prices are higher than expected; nothing was ordered")
        self.total = total
        self.members: dict[str, Any] = {"items": items, "total": total, "currency": settings.CURRENCY}
        if shortages:
            self.members["shortages"] = shortages


class TooManyConfirmationsError(Exception):
    """Guests have ordered to this e-mail address as often as they may in a day. Nothing was saved."""

    title = "Too many confirmations"
    wait = 3600.0  # s

    def __init__(self) -> None:
        super().__init__("this e-mail address has received too many confirmations today: leave it out, or sign in")
