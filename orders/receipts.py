"""An order as it is answered: plain values that render to JSON as they are.

The field names are the API's; `serializers.OrderSerializer` describes them.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from orders.models import Order


@dataclass(frozen=True, slots=True)
class Item:
    product_id: int
    sku: str
    name: str
    quantity: int
    unit_price: Decimal
    line_total: Decimal


@dataclass(frozen=True, slots=True)
class Shortage:
    """A line that could not be had. `available` is 0 for what is not sold, or not stocked at the store."""

    product_id: int
    requested: int
    available: int


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    id: uuid.UUID
    status: str
    store_id: int
    items: list[Item]
    total: Decimal
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RejectedOrder(PlacedOrder):
    shortages: list[Shortage]


def receipt_of(order: Order, *, status: str = "") -> PlacedOrder:
    """The order as stored; or, with `status`, as it was when it had that one."""
    answer = PlacedOrder(
        id=order.pk,
        status=status or order.status,
        store_id=order.store_id,
        items=[
            Item(item.product_id, item.sku, item.name, item.quantity, item.unit_price, item.line_total)
            for item in order.items.all()
        ],
        total=order.total,
        created_at=order.created_at,
    )
    return reject(answer, [Shortage(**row) for row in order.shortages]) if order.shortages else answer


def reject(order: PlacedOrder, shortages: list[Shortage]) -> RejectedOrder:
    """The order with what it lacked."""
    return RejectedOrder(
        id=order.id,
        status=order.status,
        store_id=order.store_id,
        items=order.items,
        total=order.total,
        created_at=order.created_at,
        shortages=shortages,
    )
