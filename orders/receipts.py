"""Orders as the API answers them: the renderer turns these values into JSON without a serializer.

`serializers.OrderSerializer` describes the fields in the schema.
"""

import uuid
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal

from django.conf import settings

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
    """A line with too few units. `available` is 0 for a product that is hidden or not stocked."""

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
    currency: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class RejectedOrder(PlacedOrder):
    shortages: list[Shortage]


@dataclass(frozen=True, slots=True)
class GuestOrder(PlacedOrder):
    """A guest's order, with the token that opens it."""

    access_token: str


def with_token(order: PlacedOrder, token: str) -> GuestOrder:
    return GuestOrder(**{field.name: getattr(order, field.name) for field in fields(PlacedOrder)}, access_token=token)


def receipt_of(order: Order, *, status: str = "") -> PlacedOrder:
    """The stored order; with `status`, as it was when it had that status."""
    answer = PlacedOrder(
        id=order.pk,
        status=status or order.status,
        store_id=order.store_id,
        items=[
            Item(item.product_id, item.sku, item.name, item.quantity, item.unit_price, item.line_total)
            for item in order.items.all()
        ],
        total=order.total,
        currency=settings.CURRENCY,
        created_at=order.created_at,
    )
    return reject(answer, [Shortage(**row) for row in order.shortages]) if order.shortages else answer


def reject(order: PlacedOrder, shortages: list[Shortage]) -> RejectedOrder:
    values = {field.name: getattr(order, field.name) for field in fields(order)}
    return RejectedOrder(**values | {"shortages": shortages})
