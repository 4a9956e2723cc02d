"""Every statement that sync makes on `indexing_syncstate`: claim products, record results, give products back.

Nothing here waits for OpenSearch. Whatever waits for row locks takes them in product order, as the triggers do.
"""

from collections.abc import Collection
from dataclasses import dataclass
from time import monotonic

from django.db import connection, transaction
from django.db.models.functions import Now

from indexing.models import SyncState

LEASE = 5.0  # s; how long a worker that died keeps its products from others
LATE_WRITER = 45.0  # s; a request may arrive this long after its lease ended: more than a request's time-out
BATCH = 1000  # products; docs/decisions/sync.md has the measurement
NEWEST = 100  # of a batch, so that a single change does not wait behind a mass import
# s: the first delay, doubled with every attempt, and the longest.
BUSY_DELAYS = (0.5, 30.0)
REFUSED_DELAYS = (10.0, 3600.0)

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
_POSTPONE = """
    UPDATE indexing_syncstate AS state SET
        error = new.error,
        due_at = clock_timestamp() + CASE WHEN state.version > new.version THEN interval '0' ELSE interval '1 second'
                 * least(%(longest)s, %(delay)s * power(2, least(state.attempts, 20) - 1)) END
    FROM unnest(%(ids)s::bigint[], %(versions)s::bigint[], %(errors)s::text[]) AS new(product_id, version, error)
    WHERE state.product_id = new.product_id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """Products that one worker may write until `deadline` (monotonic clock).

    `retaken`: products that an earlier claim did not finish. A request of that claim may still arrive.
    """

    product_ids: list[int]
    retaken: frozenset[int]
    deadline: float


@dataclass(frozen=True, slots=True)
class Written:
    """A product of which every index has `version`, or a newer version when it was not `accepted`."""

    product_id: int
    version: int
    accepted: bool


@dataclass(frozen=True, slots=True)
class Failure:
    """A product whose `version` could not be written: why it was refused, or '' if OpenSearch was too busy."""

    product_id: int
    version: int
    error: str = ""


def claim(limit: int = BATCH) -> Claim:
    """Claim due products, the oldest and a few of the newest, except those that others hold. Commits."""
    deadline = monotonic() + LEASE
    newest = min(NEWEST, limit // 10)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"oldest": limit - newest, "newest": newest, "lease": LEASE})
        rows = sorted(cursor.fetchall())
    return Claim([row[0] for row in rows], frozenset(row[0] for row in rows if row[1] > 1), deadline)


def lock(product_ids: Collection[int]) -> None:
    """Lock the rows in product order, for the rest of the transaction."""
    list(SyncState.objects.filter(pk__in=product_ids).order_by("pk").select_for_update().values_list("pk"))


def record_written(rows: Collection[Written], retaken: Collection[int]) -> None:
    """Record the versions that the index has. A product that changed in the meantime stays due.

    Two cases make a product due again although its write succeeded. An older version that was accepted after
    a newer one was recorded has overwritten it: OpenSearch forgets deletions when it restarts. And a retaken
    product is written once more when no request of the earlier claim can arrive any more.
    """
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


def postpone(rows: Collection[Failure], delays: tuple[float, float]) -> None:
    """Make products due after a delay that grows with their attempts, or as soon as they change.

    Those with an error are parked. `delays` is BUSY_DELAYS or REFUSED_DELAYS.
    """
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _POSTPONE,
            {
                "ids": [row.product_id for row in rows],
                "versions": [row.version for row in rows],
                "errors": [row.error for row in rows],
                "delay": delays[0],
                "longest": delays[1],
            },
        )


def release(product_ids: Collection[int]) -> None:
    """Give claimed products back because they could not be tried. They are due at once and count as retaken."""
    with transaction.atomic(durable=True):
        lock(product_ids)
        SyncState.objects.filter(pk__in=product_ids).update(due_at=Now())


def retry_parked() -> int:
    """Make every parked product due now; returns their number."""
    with transaction.atomic():
        parked = list(SyncState.objects.parked().values_list("pk", flat=True))
        lock(parked)
        return SyncState.objects.parked().filter(pk__in=parked).update(due_at=Now())


def is_due() -> bool:
    return SyncState.objects.filter(due_at__lte=Now()).exists()
