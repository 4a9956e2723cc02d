"""The one statement that places an order, for 1 line or 100.

What happens in it, in this order because each part reads the one before:

line      the requested products, each once
locked    the store's stock of these products, locked in product order; an order that waited for the
          lock reads what the order before it left
judged    every line with the product's current sku, name and price, and the available units
verdict   whether store and products exist, whether every line is available, the total, and
          whether it is more than the caller expects
placed    the order, CONFIRMED or REJECTED; empty when the store or a product does not exist, or
          the total is more than expected
itemised  its lines
deducted  the units taken from stock, when CONFIRMED

PostgreSQL skips a part that no other part refers to, unless it writes. `deducted` and `itemised`
write, so they always run, but only for the rows of `placed`.

`deducted` subtracts from the units that `locked` read, not from `stock.quantity`: the UPDATE first
reads the row as it was when the statement began, and checks the row's constraints on that, before
it sees that the row has changed since. An order that waited while units came back would be refused
for a quantity below zero that never existed.

Planning the statement takes PostgreSQL as long as running it, so each connection prepares it once.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from weakref import WeakSet

from django.conf import settings
from django.db import DatabaseError, connection

from foundation import money
from orders.errors import PriceChangedError
from orders.models import TOTAL_FITS, Order
from orders.receipts import Item, PlacedOrder, Shortage, reject
from stores.locks import LOCK_LINES

PLACE_ORDER = f"""
WITH line AS (
    SELECT * FROM unnest(%(product_ids)s::bigint[], %(quantities)s::int[])
        WITH ORDINALITY AS requested(product_id, quantity, place)
), locked AS MATERIALIZED ({LOCK_LINES}
), judged AS MATERIALIZED (
    SELECT line.place, line.product_id, line.quantity, product.sku, product.name, product.price,
        product.price * line.quantity AS line_total,
        CASE WHEN product.active THEN coalesce(locked.quantity, 0) ELSE 0 END AS available
    FROM line
    JOIN products_product AS product ON product.id = line.product_id
    LEFT JOIN locked ON locked.product_id = line.product_id
), verdict AS MATERIALIZED (
    SELECT count(*) = cardinality(%(product_ids)s::bigint[])
            AND EXISTS (SELECT FROM stores_store WHERE id = %(store_id)s) AS known,
        CASE WHEN bool_and(available >= quantity) THEN 'CONFIRMED' ELSE 'REJECTED' END AS status,
        sum(line_total) AS total,
        coalesce(sum(line_total) > %(expected_total)s, false) AS dearer,
        coalesce(
            jsonb_agg(
                jsonb_build_object('product_id', product_id, 'requested', quantity, 'available', available)
                ORDER BY place
            ) FILTER (WHERE available < quantity),
            '[]'
        ) AS shortages
    FROM judged
), placed AS (
    INSERT INTO orders_order (id, store_id, customer_id, email, access_digest, status, total, shortages)
    SELECT %(order_id)s, %(store_id)s, %(customer_id)s, %(email)s, %(access_digest)s, status, total, shortages
    FROM verdict WHERE known AND NOT dearer
    RETURNING id, status, total, created_at
), itemised AS (
    INSERT INTO orders_orderitem (order_id, product_id, sku, name, quantity, unit_price, line_total)
    SELECT placed.id, product_id, sku, name, quantity, price, line_total
    FROM judged, placed ORDER BY place
), deducted AS (
    UPDATE stores_inventory AS stock SET quantity = judged.available - judged.quantity
    FROM judged, placed
    WHERE placed.status = 'CONFIRMED'
        AND stock.store_id = %(store_id)s AND stock.product_id = judged.product_id
)
SELECT product_id, sku, name, quantity, price, line_total, available, verdict.known, verdict.total,
    placed.status, placed.created_at
FROM verdict, judged LEFT JOIN placed ON true
ORDER BY place
"""  # noqa: S608 - the part put in is a constant


class _PlacedLine(NamedTuple):
    """A row of the result. `status` and `created_at` belong to the order: None when nothing was placed."""

    product_id: int
    sku: str
    name: str
    quantity: int
    price: Decimal
    line_total: Decimal
    available: int
    known: bool
    total: Decimal
    status: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """Units by product, at least 1 of each."""

    store_id: int
    units: Mapping[int, int]
    customer_id: int | None
    email: str
    access_digest: str = ""
    expected_total: Decimal | None = None

    @property
    def has_limited_recipient(self) -> bool:
        """Whether the address may get only some confirmations: anybody can order to it as a guest."""
        return bool(self.access_digest and self.email and settings.GUEST_CONFIRMATIONS)


class NothingPlacedError(Exception):
    """The store or some product does not exist; `found` are the products that exist."""

    def __init__(self, found: set[int]) -> None:
        super().__init__("the store or a product does not exist")
        self.found = found


# Parameter of the statement -> its type, in the order of EXECUTE's arguments.
_TYPES = {
    "order_id": "uuid",
    "store_id": "bigint",
    "customer_id": "integer",
    "email": "text",
    "access_digest": "text",
    "expected_total": "numeric",
    "product_ids": "bigint[]",
    "quantities": "integer[]",
}
_PLACES = {name: f"${number}" for number, name in enumerate(_TYPES, start=1)}
_PREPARE = f"PREPARE place_order ({', '.join(_TYPES.values())}) AS {PLACE_ORDER % _PLACES}"
_EXECUTE = f"EXECUTE place_order ({', '.join(['%s'] * len(_TYPES))})"

_prepared: WeakSet[Any] = WeakSet()  # connections of psycopg2

# The session has lost the statement (DISCARD), or a migration has changed the types of its result.
_UNKNOWN_STATEMENT, _RESULT_CHANGED = "26000", "0A000"


@dataclass(frozen=True, slots=True)
class Placement:
    """The order, and whether it took the last units of a product."""

    order: PlacedOrder
    sold_out: bool


def place(order_id: uuid.UUID, request: Request) -> Placement:
    """Save the order with its lines and deduct them, or save it REJECTED and deduct nothing.

    Raises NothingPlacedError and PriceChangedError, with nothing saved.
    """
    products, quantities = list(request.units), list(request.units.values())
    with connection.cursor() as cursor:
        if connection.connection not in _prepared:
            cursor.execute(_PREPARE)
            _prepared.add(connection.connection)
        caller = [request.customer_id, request.email, request.access_digest, request.expected_total]
        cursor.execute(_EXECUTE, [order_id, request.store_id, *caller, products, quantities])
        rows = [_PlacedLine(*row) for row in cursor.fetchall()]
    if not rows or not rows[0].known:
        raise NothingPlacedError({row.product_id for row in rows})
    items = [
        Item(row.product_id, row.sku, row.name, row.quantity, money.exact(row.price), money.exact(row.line_total))
        for row in rows
    ]
    total, created_at = money.exact(rows[0].total), rows[0].created_at
    short = [Shortage(row.product_id, row.quantity, row.available) for row in rows if row.available < row.quantity]
    if rows[0].status is None:
        raise PriceChangedError(items, total, short)
    order = PlacedOrder(order_id, rows[0].status, request.store_id, items, total, settings.CURRENCY, created_at)
    if order.status == Order.Status.REJECTED:
        order = reject(order, short)
    return Placement(order, sold_out=any(row.available == row.quantity for row in rows))


def must_prepare_again(error: DatabaseError) -> bool:
    """Whether the statement would succeed on a new connection, which prepares it again."""
    return getattr(error.__cause__, "pgcode", None) in {_UNKNOWN_STATEMENT, _RESULT_CHANGED}


def is_out_of_range(error: DatabaseError) -> bool:
    """Whether the total has more digits than an order can hold."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) == TOTAL_FITS
