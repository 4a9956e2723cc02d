"""The books of stock: quantities, and the adjustments and sales from which they follow.

For every row: quantity = sum of its adjustments - units taken by orders (see `movements`).
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Sum
from django.db.models.functions import Coalesce

from stores import movements
from stores.models import Inventory, StockAdjustment

Kind = StockAdjustment.Kind

# These record a quantity; the other kinds record units that were added or removed.
ABSOLUTE_KINDS = (Kind.SET, Kind.COUNT)


@dataclass(frozen=True, slots=True)
class Note:
    """Why stock is changed, when it was counted, and by whom."""

    kind: StockAdjustment.Kind
    reason: str = ""
    actor_id: int | None = None
    counted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StockChange:
    """Units added to a row that is locked."""

    store_id: int
    product_id: int
    delta: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A row whose quantity does not follow from its adjustments and sales (`booked`)."""

    product_id: int
    quantity: int
    booked: int


_WRITE = """
    WITH change AS (
        SELECT * FROM unnest(%(store_ids)s::bigint[], %(product_ids)s::bigint[], %(deltas)s::int[])
            AS c(store_id, product_id, delta)
    ), changed AS (
        UPDATE stores_inventory AS row SET quantity = row.quantity + change.delta
        FROM change
        WHERE row.store_id = change.store_id AND row.product_id = change.product_id AND change.delta <> 0
    )
    INSERT INTO stores_stockadjustment (store_id, product_id, kind, delta, counted_at, reason, actor_id)
    SELECT store_id, product_id, %(kind)s, delta, %(counted_at)s, %(reason)s, %(actor_id)s FROM change
"""

_PUT_BACK = """
    UPDATE stores_inventory AS row SET quantity = row.quantity + change.delta
    FROM unnest(%(store_ids)s::bigint[], %(product_ids)s::bigint[], %(deltas)s::int[])
        AS change(store_id, product_id, delta)
    WHERE row.store_id = change.store_id AND row.product_id = change.product_id
"""

_ADJUST_ONLY = """
    INSERT INTO stores_stockadjustment (store_id, product_id, kind, delta, counted_at, reason, actor_id)
    SELECT store_id, product_id, %(kind)s, delta, %(counted_at)s, %(reason)s, %(actor_id)s
    FROM unnest(%(store_ids)s::bigint[], %(product_ids)s::bigint[], %(deltas)s::int[])
        AS change(store_id, product_id, delta)
"""


def write(changes: Sequence[StockChange], note: Note) -> None:
    """Change locked rows, one change for each, and record why."""
    _execute(_WRITE, changes, note)


def write_correction(changes: Sequence[StockChange], note: Note) -> None:
    """Record adjustments, without changing stock, so that the books agree with it."""
    _execute(_ADJUST_ONLY, changes, note)


def put_back(changes: Sequence[StockChange]) -> None:
    """Return units of a cancelled order to locked rows. Its lines account for them."""
    _execute(_PUT_BACK, changes)


def _execute(statement: str, changes: Sequence[StockChange], note: Note | None = None) -> None:
    parameters: dict[str, Any] = {
        "store_ids": [change.store_id for change in changes],
        "product_ids": [change.product_id for change in changes],
        "deltas": [change.delta for change in changes],
    }
    if note:
        parameters |= asdict(note)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def net_movement(store_id: int, product_ids: Collection[int], since: datetime) -> dict[int, int]:
    """Units added (positive) or removed (negative) after a time, by orders or adjustments."""
    adjusted = dict(
        StockAdjustment.objects.filter(store=store_id, product__in=product_ids, kind=Kind.ADJUST, created_at__gt=since)
        .order_by()
        .values_list("product_id")
        .annotate(units=Sum("delta"))
    )
    taken = movements.taken_units(store_id, product_ids, since)
    return {product_id: adjusted.get(product_id, 0) - taken[product_id] for product_id in product_ids}


def last_counted(store_id: int, product_ids: Collection[int]) -> dict[int, datetime]:
    """When the stock of each product was last set or counted; a count has the time of counting."""
    return dict(
        StockAdjustment.objects.filter(store=store_id, product__in=product_ids, kind__in=ABSOLUTE_KINDS)
        .order_by()
        .values_list("product_id")
        .annotate(latest=Max(Coalesce("counted_at", "created_at")))
    )


def differences(store_id: int) -> list[Difference]:
    """Rows of a store whose quantity differs from the books. Run it in one database snapshot."""
    quantities = dict(Inventory.objects.filter(store=store_id).values_list("product_id", "quantity"))
    books = dict(
        StockAdjustment.objects.filter(store=store_id).order_by().values_list("product_id").annotate(units=Sum("delta"))
    )
    for product_id, taken in movements.taken_units(store_id, None, None).items():
        books[product_id] = books.get(product_id, 0) - taken
    rows = (
        Difference(product_id, quantities.get(product_id, 0), books.get(product_id, 0))
        for product_id in sorted(quantities | books)
    )
    return [row for row in rows if row.quantity != row.booked]
