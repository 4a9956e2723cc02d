"""Changes of stock. Each records who made it and why, and is announced after the commit.

Orders change stock too: see `orders.services`.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from foundation import idempotency
from foundation.idempotency import IdempotencyKey
from foundation.transactions import in_one_transaction, repeatable_read
from stores import ledger, locks
from stores.errors import OutdatedCountError, StockOutOfRangeError
from stores.ledger import Difference, Kind, Note, StockChange
from stores.signals import announce_stock_change

MAX_QUANTITY = 1_000_000_000  # units in a row
SCOPE = "stock"  # of the idempotency keys

StockRow = tuple[int, int]  # the ids of a store and a product


@in_one_transaction
def set_stock(  # noqa: PLR0913 - each is a fact of its own
    *,
    store_id: int,
    product_id: int,
    quantity: int,
    actor_id: int | None = None,
    reason: str = "",
    key: IdempotencyKey | None = None,
) -> int:
    """Set a store's stock of a product to `quantity` units. Returns the quantity.

    A repeated key changes nothing and gives the recorded answer again. Raises KeyReusedError.
    """
    note = Note(Kind.SET, reason, actor_id)
    return _change_once((store_id, product_id), lambda locked: quantity - locked, note, key)


@in_one_transaction
def adjust_stock(  # noqa: PLR0913 - each is a fact of its own
    *,
    store_id: int,
    product_id: int,
    delta: int,
    actor_id: int | None = None,
    reason: str = "",
    key: IdempotencyKey | None = None,
) -> int:
    """Add units to a store's stock of a product, or subtract them. Returns the new quantity.

    A repeated key changes nothing and gives the recorded answer again. Raises StockOutOfRangeError,
    KeyReusedError.
    """

    def checked_delta(locked: int) -> int:
        if not 0 <= locked + delta <= MAX_QUANTITY:
            raise StockOutOfRangeError(product_id=product_id, quantity=locked, adjust=delta)
        return delta

    return _change_once((store_id, product_id), checked_delta, Note(Kind.ADJUST, reason, actor_id), key)


def _change_once(row: StockRow, delta_of: Callable[[int], int], note: Note, key: IdempotencyKey | None) -> int:
    """Change a row by a delta that depends on its locked quantity, once for each key."""
    if key and (answer := idempotency.claim(SCOPE, key, wait=True)):
        return int(answer["quantity"])
    locked = locks.lock_rows([row])[row]
    delta = delta_of(locked)
    _write({row: delta}, note)
    if key:
        idempotency.remember(SCOPE, key, {"quantity": locked + delta})
    return locked + delta


def count_stock(
    *, store_id: int, counts: Mapping[int, int], counted_at: datetime, actor_id: int | None = None, reason: str = ""
) -> dict[int, int]:
    """Set a store's stock to the units by product that were counted at a time. Returns the new quantities.

    Later sales and changes are applied again, so that a late count cannot undo them; the
    result is at least zero. A product with a later count or a later set quantity is not changed and
    not in the answer. Raises OutdatedCountError when that is so for all of them.
    """
    rows = {(store_id, product_id): units for product_id, units in counts.items()}
    new = count_rows(counts=rows, counted_at=counted_at, actor_id=actor_id, reason=reason)
    if counts and not new:
        raise OutdatedCountError(product_ids=sorted(counts), counted_at=counted_at)
    return {product_id: quantity for (_, product_id), quantity in new.items()}


@in_one_transaction
def count_rows(
    *, counts: Mapping[StockRow, int], counted_at: datetime, actor_id: int | None = None, reason: str = ""
) -> dict[StockRow, int]:
    """`count_stock` for rows of any stores: their new quantities, without the outdated ones."""
    locked = locks.lock_rows(counts)
    new: dict[StockRow, int] = {}
    for store_id, product_ids in _by_store(counts).items():
        last = ledger.last_counted(store_id, product_ids)
        current = [product_id for product_id in product_ids if product_id not in last or last[product_id] <= counted_at]
        for product_id, movement in ledger.net_movement(store_id, current, counted_at).items():
            row = store_id, product_id
            new[row] = min(max(counts[row] + movement, 0), MAX_QUANTITY)
    note = Note(Kind.COUNT, reason, actor_id, counted_at)
    _write({row: quantity - locked[row] for row, quantity in new.items()}, note)
    return new


@in_one_transaction
def receive_rows(*, units: Mapping[StockRow, int], reason: str = "") -> set[StockRow]:
    """Add delivered units to rows of any stores. Returns the rows that are too full for them.

    A delivery is a movement: a count from before it does not undo it, even if it is imported later.
    """
    locked = locks.lock_rows(units)
    full = {row for row, delta in units.items() if locked[row] + delta > MAX_QUANTITY}
    _write({row: delta for row, delta in units.items() if row not in full}, Note(Kind.ADJUST, reason))
    return full


def check_books(*, store_id: int) -> list[Difference]:
    with repeatable_read():
        return ledger.differences(store_id)


@in_one_transaction
def repair_books(*, store_id: int) -> list[Difference]:
    """Record an adjustment for each difference, and return the differences."""
    suspects = {row.product_id for row in ledger.differences(store_id)}
    locks.lock_stock(store_id, suspects)
    wrong = [row for row in ledger.differences(store_id) if row.product_id in suspects]
    changes = [StockChange(store_id, row.product_id, row.quantity - row.booked) for row in wrong]
    ledger.write_correction(changes, Note(Kind.REPAIR, "check_stock --repair"))
    return wrong


def _write(deltas: Mapping[StockRow, int], note: Note) -> None:
    ledger.write([StockChange(store, product, delta) for (store, product), delta in deltas.items()], note)
    for store_id, product_ids in _by_store(deltas).items():
        announce_stock_change(store_id, product_ids)


def _by_store(rows: Iterable[StockRow]) -> dict[int, list[int]]:
    products: defaultdict[int, list[int]] = defaultdict(list)
    for store_id, product_id in rows:
        products[store_id].append(product_id)
    return products
