"""Who works on which products: every statement that sync makes on `indexing_syncstate`.

Nothing here waits for OpenSearch, and what waits for a row lock takes its rows in product order, as the triggers do.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from time import monotonic

from django.db import connection, transaction

from indexing.models import SyncState

LEASE = 5.0  # s; as long as a worker that died keeps others from its products
# s; how long after a worker lost its lease its request may still arrive: more than the time-out of a request.
LATE_WRITER = 45.0
BATCH = 1000  # products; docs/decisions/sync.md says why
NEWEST = 100  # of a batch, so that a shopper's change does not wait behind a storm
# s: the first delay, doubled with every attempt, and the longest.
BUSY_DELAYS = (0.5, 30.0)
REFUSED_DELAYS = (10.0, 3600.0)


@dataclass(frozen=True, slots=True)
class Claim:
    """Products that one worker works on until `deadline` (monotonic).

    `retaken`: those that were taken before with no success seen. A request of that worker may still be under way.
    """

    product_ids: list[int]
    retaken: frozenset[int]
    deadline: float


@dataclass(frozen=True, slots=True)
class Written:
    """A product of which every index has `version`, or a newer one when not `accepted`."""

    product_id: int
    version: int
    accepted: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A product whose `version` could not be built or was not accepted, and why."""

    product_id: int
    version: int
    error: str


def claim(limit: int = BATCH) -> Claim:
    """Take products that are due, the oldest and a few of the newest, skipping what others hold; commits."""
    deadline = monotonic() + LEASE
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"oldest": limit - min(NEWEST, limit // 10), "newest": limit // 10, "lease": LEASE})
        rows = sorted(cursor.fetchall())
    return Claim([row[0] for row in rows], frozenset(row[0] for row in rows if row[1] > 1), deadline)


_CLAIM = """
    WITH oldest AS (
        SELECT product_id FROM indexing_syncstate WHERE due_at <= clock_timestamp()
        ORDER BY due_at LIMIT %(oldest)s FOR UPDATE SKIP LOCKED
    ), newest AS (
        SELECT product_id FROM indexing_syncstate WHERE due_at <= clock_timestamp()
        ORDER BY due_at DESC LIMIT %(newest)s FOR UPDATE SKIP LOCKED
    )
    UPDATE indexing_syncstate
    SET due_at = clock_timestamp() + %(lease)s * interval '1 second', attempts = attempts + 1
    WHERE product_id IN (SELECT product_id FROM oldest UNION SELECT product_id FROM newest)
    RETURNING product_id, attempts
"""


def lock(product_ids: Collection[int]) -> None:
    """Lock the rows in product order, for the rest of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT FROM indexing_syncstate WHERE product_id = ANY(%s) ORDER BY product_id FOR UPDATE",
            [list(product_ids)],
        )


def record_written(written: Iterable[Written], retaken: Collection[int]) -> None:
    """Record what the index has now. What changed meanwhile stays due, and so does what the index may have wrong.

    An older version that was accepted after a newer one was recorded has overwritten it: OpenSearch forgets deletions
    when it restarts. Such a product is due again at once. One that was retaken is due again when no request of the
    worker that had it before can arrive any more.
    """
    rows = list(written)
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _RECORD,
            {
                "ids": [row.product_id for row in rows],
                "versions": [row.version for row in rows],
                "accepted": [row.accepted for row in rows],
                "retaken": [row.product_id in retaken for row in rows],
                "late": LATE_WRITER,
            },
        )


_RECORD = """
    UPDATE indexing_syncstate AS state SET
        indexed_version = greatest(state.indexed_version, new.version),
        attempts = 0,
        error = '',
        changed_at = CASE WHEN state.version > new.version THEN clock_timestamp() ELSE state.changed_at END,
        due_at = CASE
            WHEN state.version > greatest(state.indexed_version, new.version) THEN clock_timestamp()
            WHEN new.accepted AND new.version < state.indexed_version THEN clock_timestamp()
            WHEN new.retaken THEN clock_timestamp() + %(late)s * interval '1 second'
        END
    FROM unnest(%(ids)s::bigint[], %(versions)s::bigint[], %(accepted)s::boolean[], %(retaken)s::boolean[])
         AS new(product_id, version, accepted, retaken)
    WHERE state.product_id = new.product_id
"""


def record_busy(versions: dict[int, int]) -> None:
    """Leave products (id: version tried) due again after a while that grows with their attempts."""
    _postpone([(product_id, version, "") for product_id, version in versions.items()], BUSY_DELAYS)


def record_refused(refused: Iterable[Refused]) -> None:
    """Park products with the error of each: due again after a while that grows, or as soon as they change."""
    _postpone([(row.product_id, row.version, row.error) for row in refused], REFUSED_DELAYS)


def _postpone(rows: list[tuple[int, int, str]], delays: tuple[float, float]) -> None:
    """Put off products (id, version tried, error)."""
    if not rows:
        return
    ids, versions, errors = map(list, zip(*rows, strict=True))
    first, longest = delays
    with connection.cursor() as cursor:
        cursor.execute(
            _POSTPONE, {"ids": ids, "versions": versions, "errors": errors, "delay": first, "longest": longest}
        )


_POSTPONE = """
    UPDATE indexing_syncstate AS state SET
        error = new.error,
        due_at = clock_timestamp() + CASE WHEN state.version > new.version THEN interval '0' ELSE interval '1 second'
                 * least(%(longest)s, %(delay)s * power(2, least(state.attempts, 20) - 1)) END
    FROM unnest(%(ids)s::bigint[], %(versions)s::bigint[], %(errors)s::text[]) AS new(product_id, version, error)
    WHERE state.product_id = new.product_id
"""


def release(product_ids: Collection[int]) -> None:
    """Give back what could not be tried: due at once. It stays marked as taken before."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        lock(product_ids)
        cursor.execute(
            "UPDATE indexing_syncstate SET due_at = clock_timestamp() WHERE product_id = ANY(%s)", [list(product_ids)]
        )


def retry_parked() -> int:
    """Make every product that was refused due now; how many there are."""
    with transaction.atomic(), connection.cursor() as cursor:
        parked = list(SyncState.objects.parked().values_list("pk", flat=True))
        lock(parked)
        cursor.execute(
            "UPDATE indexing_syncstate SET due_at = clock_timestamp() WHERE product_id = ANY(%s) AND error <> ''",
            [parked],
        )
        return int(cursor.rowcount)


def is_due() -> bool:
    """Whether there is anything to do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM indexing_syncstate WHERE due_at <= clock_timestamp())")
        return bool(cursor.fetchone()[0])
