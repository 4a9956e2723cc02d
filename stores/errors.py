"""`backend.api.problems` gives each of these errors its HTTP status."""

from datetime import datetime
from typing import Any


class StockOutOfRangeError(Exception):
    """The quantity would be below zero or above the limit of a row. Nothing was changed."""

    title = "Stock out of range"

    def __init__(self, *, product_id: int, quantity: int, adjust: int) -> None:
        super().__init__(f"{quantity} units and {adjust:+} would be {quantity + adjust}")
        self.members: dict[str, Any] = {"product_id": product_id, "quantity": quantity, "adjust": adjust}


class OutdatedCountError(Exception):
    """A later count, or a quantity set later, is recorded. Nothing was changed."""

    title = "Outdated count"

    def __init__(self, *, product_ids: list[int], counted_at: datetime) -> None:
        super().__init__(f"the stock was set or counted after {counted_at.isoformat()}")
        self.members: dict[str, Any] = {"product_ids": product_ids, "counted_at": counted_at}
