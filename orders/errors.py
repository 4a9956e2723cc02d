"""`backend.api.problems` gives each of these errors its HTTP status."""

import uuid
from typing import Any

from orders.receipts import RejectedOrder


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

    `errors` are (field, message).
    """

    title = "Invalid order"

    def __init__(self, errors: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{field}: {message}" for field, message in errors))
        self.members: dict[str, Any] = {"errors": [{"field": field, "message": message} for field, message in errors]}


class NotCancellableError(Exception):
    """Only a confirmed order can be cancelled."""

    title = "Not cancellable"

    def __init__(self, order_id: uuid.UUID, status: str) -> None:
        super().__init__(f"the order is {status.lower()}")
        self.members: dict[str, Any] = {"order_id": order_id, "order_status": status}
