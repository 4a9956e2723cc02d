"""Changes of stock. Each is recorded with who and why, and told to others after commit.

Orders change stock too: see `orders.services`.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection, transaction

from foundation.transactions import in_one_transaction
from stores import idempotency, ledger, locks
from stores.errors import OutdatedCountError, StockOutOfRangeError
from stores.idempotency import StockKey
from stores.ledger import Change, Difference, Kind, Note
from stores.signals import announce_stock_change

MAX_QUANTITY = 1_000_000_000  # units in a row
RECEIVE_BATCH = 10_000  # rows

Row = tuple[int, int]  # store, product


@in_one_transaction
def set_stock(  # noqa: PLR0913 - each is a fact of its own
    *,
    store_id: int,
    product_id: int,
    quantity: int,
    actor_id: int | None = None,
    reason: str = "",
    key: StockKey | None = None,
) -> int:
    """Let a store have exactly `quantity` units of a product from now on: the quantity.

    A key that was answered before changes nothing and is answered alike; KeyReusedError.
    """

    def change() -> int:
        held = locks.lock_stock(store_id, [product_id])[product_id]
        _write(store_id, {product_id: quantity - held}, Note(Kind.SET, reason, actor_id))
        return quantity

    return idempotency.once(key, change)


@in_one_transaction
def adjust_stock(  # noqa: PLR0913 - likewise
    *,
    store_id: int,
    product_id: int,
    delta: int,
    actor_id: int | None = None,
    reason: str = "",
    key: StockKey | None = None,
) -> int:
    """Add units to a store's stock of a product, or take away: the new quantity. Raises StockOutOfRangeError.

    A key that was answered before changes nothing and is answered alike; KeyReusedError.
    """

    def change() -> int:
        held = locks.lock_stock(store_id, [product_id])[product_id]
        if not 0 <= held + delta <= MAX_QUANTITY:
            raise StockOutOfRangeError(product_id=product_id, quantity=held, adjust=delta)
        _write(store_id, {product_id: delta}, Note(Kind.ADJUST, reason, actor_id))
        return held + delta

    return idempotency.once(key, change)


@in_one_transaction
def count_stock(
    *, store_id: int, counts: Mapping[int, int], counted_at: datetime, actor_id: int | None = None, reason: str = ""
) -> dict[int, int]:
    """Take over units by product as counted on the shelf at a moment: the new quantities.

    What came or went since is added or subtracted again, so that a late count cannot undo it; what would be below zero
    is zero. A product counted or set later than that is left alone and missing in the answer; OutdatedCountError when
    that is so for all of them.
    """
    note = Note(Kind.COUNT, reason, actor_id, counted_at)
    new = _count({(store_id, product_id): units for product_id, units in counts.items()}, note, counted_at)
    if counts and not new:
        raise OutdatedCountError(product_ids=sorted(counts), counted_at=counted_at)
    return {product_id: quantity for (_, product_id), quantity in new.items()}


@in_one_transaction
def count_rows(
    *, counts: Mapping[Row, int], counted_at: datetime, actor_id: int | None = None, reason: str = ""
) -> dict[Row, int]:
    """`count_stock` for rows of any stores: their new quantities. An outdated one is left alone and missing."""
    return _count(counts, Note(Kind.COUNT, reason, actor_id, counted_at), counted_at)


@in_one_transaction
def receive_rows(*, units: Mapping[Row, int], actor_id: int | None = None, reason: str = "") -> set[Row]:
    """Add delivered units to rows of any stores. A row that cannot hold them is left alone and in the answer.

    Unlike opening stock (`receive_stock`) a delivery is a movement: a count from before it, taken over later, keeps it.
    """
    held = locks.lock_rows(units)
    full = {row for row, delta in units.items() if held[row] + delta > MAX_QUANTITY}
    _write_rows({row: delta for row, delta in units.items() if row not in full}, Note(Kind.ADJUST, reason, actor_id))
    return full


def receive_stock(
    *, rows: Iterable[tuple[int, int, int]], actor_id: int | None = None, reason: str = "", batch: int = RECEIVE_BATCH
) -> int:
    """Add opening stock in bulk from (store, product, units), streamed: the number of rows.

    Each batch is a transaction, unless the caller has one open. A pair that occurs twice is added up.
    """
    received = 0
    stream = iter(rows)
    while some := list(itertools.islice(stream, batch)):
        received += len(some)
        _receive(some, Note(Kind.IMPORT, reason, actor_id))
    return received


def check_books(*, store_id: int) -> list[Difference]:
    """Rows of a store that are not what their adjustments and orders make them, seen at one moment."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return ledger.differences(store_id)


@in_one_transaction
def repair_books(*, store_id: int) -> list[Difference]:
    """Record an adjustment for each difference, so that the books say what there is: what was repaired."""
    suspects = [row.product_id for row in ledger.differences(store_id)]
    locks.lock_stock(store_id, suspects)
    wrong = [row for row in ledger.differences(store_id) if row.product_id in set(suspects)]
    changes = [Change(store_id, row.product_id, row.quantity - row.booked) for row in wrong]
    ledger.write_correction(changes, Note(Kind.REPAIR, "check_stock --repair"))
    return wrong


@transaction.atomic
def _receive(rows: list[tuple[int, int, int]], note: Note) -> None:
    units: defaultdict[Row, int] = defaultdict(int)
    for store_id, product_id, quantity in rows:
        units[store_id, product_id] += quantity
    locks.lock_rows(units)
    _write_rows(units, note)


def _count(counts: Mapping[Row, int], note: Note, counted_at: datetime) -> dict[Row, int]:
    held = locks.lock_rows(counts)
    new: dict[Row, int] = {}
    for store_id, product_ids in _by_store(counts).items():
        last = ledger.last_counted(store_id, product_ids)
        current = [product_id for product_id in product_ids if product_id not in last or last[product_id] <= counted_at]
        for product_id, movement in ledger.net_movement(store_id, current, counted_at).items():
            row = store_id, product_id
            new[row] = min(max(counts[row] + movement, 0), MAX_QUANTITY)
    _write_rows({row: quantity - held[row] for row, quantity in new.items()}, note)
    return new


def _write_rows(deltas: Mapping[Row, int], note: Note) -> None:
    ledger.write([Change(store, product, delta) for (store, product), delta in deltas.items()], note)
    for store_id, product_ids in _by_store(deltas).items():
        announce_stock_change(store_id, product_ids)


def _by_store(rows: Iterable[Row]) -> dict[int, list[int]]:
    products: defaultdict[int, list[int]] = defaultdict(list)
    for store_id, product_id in rows:
        products[store_id].append(product_id)
    return products


def _write(store_id: int, deltas: Mapping[int, int], note: Note) -> None:
    _write_rows({(store_id, product_id): delta for product_id, delta in deltas.items()}, note)
