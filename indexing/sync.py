"""Sync: write due products to the index, in batches. Any number of workers may run it at once.

A batch is claimed and committed, read with its versions in one snapshot, sent in one bulk request, made visible,
and recorded. No row lock is held while OpenSearch works. A worker may die at any point: what it did not record
becomes due again, and versions make a second write harmless.
"""

import logging
from collections import defaultdict
from dataclasses import dataclass
from time import monotonic, sleep

from django.db import connection, transaction

from indexing import attribute_changes, bulk, claims, generation, indices, queueing, stored_terms, vectors
from indexing.bulk import Outcome, Result
from indexing.claims import BUSY_DELAYS, REFUSED_DELAYS, Claim, Failure, Written
from indexing.client import ping
from indexing.errors import EngineUnavailableError, NoServingIndexError
from indexing.models import PhysicalIndex
from indexing.snapshot import Snapshot, read_snapshot

logger = logging.getLogger(__name__)

LONGEST_RUN = 60.0  # s; then a run ends and the next task continues, far below a task's time limit
POLL_INTERVAL = 0.05  # s
# Each batch ends with a refresh, which takes processor time from searches for every segment and field, however few
# documents it shows. Under a steady stream, changes gather into few and larger batches (docs/decisions/sync.md).
PAUSE = 0.1  # s, after any batch
STREAM = 10  # products in a batch: from then on it is a stream
STREAM_PERIOD = 0.5  # s, from the beginning of one batch to that of the next: a slow batch makes no change wait longer
SMALLEST_BATCH = 10

_TALLY = """
    INSERT INTO indexing_synctally AS tally (minute, synced, refused)
    VALUES (date_trunc('minute', clock_timestamp()), %s, %s)
    ON CONFLICT (minute) DO UPDATE SET
        synced = tally.synced + excluded.synced, refused = tally.refused + excluded.refused
"""


@dataclass(slots=True)
class Totals:
    """What a run did, in products."""

    synced: int = 0
    refused: int = 0
    busy: int = 0

    def add(self, other: "Totals") -> None:
        self.synced += other.synced
        self.refused += other.refused
        self.busy += other.busy


def sync_due(longest: float = LONGEST_RUN) -> Totals:
    """Write everything that is due to the index.

    Raises EngineUnavailableError, with everything still due, and NoServingIndexError.
    """
    totals = Totals()
    attribute_changes.note_next()
    stored_terms.write_next()
    if not claims.is_due():
        return totals
    ping()  # products that could not be written are not claimed
    end, limit = monotonic() + longest, claims.BATCH
    while monotonic() < end:
        claim = claims.claim(limit)
        if not claim.product_ids:
            break
        done = sync_claim(claim)
        if done == Totals():  # reading took longer than the lease: try a smaller batch
            limit = max(limit // 4, SMALLEST_BATCH)
        totals.add(done)
        if done != Totals() and len(claim.product_ids) < limit:
            break  # the queue was emptied; let new changes gather
    return totals


def settle(patience: float) -> None:
    """Sync here, without workers, until nothing is due or `patience` seconds have passed."""
    give_up = monotonic() + patience
    while claims.is_due() and monotonic() < give_up:
        sync_due(longest=patience)


class Pace:
    """When this process looks for changes again: at once after a quiet time, later while a stream of them goes on."""

    def __init__(self) -> None:
        self._next = 0.0

    def wait(self) -> None:
        sleep(self.left())

    def left(self) -> float:
        """Seconds until the next look."""
        return max(0.0, self._next - monotonic())

    def look(self) -> None:
        """Sync what is due, and decide when to look again. Raises as `sync_due` does."""
        began = monotonic()
        self.follow(sync_due(), began)

    def follow(self, totals: Totals, began: float) -> None:
        self._next = monotonic() + (PAUSE if totals.synced else POLL_INTERVAL)
        if totals.synced >= STREAM:
            self._next = max(self._next, began + STREAM_PERIOD)


pace = Pace()  # it outlives a run, because the next one begins right after it


def sync_and_linger(seconds: float) -> None:
    """Sync what is due, and keep looking for more for some seconds, during which no other sync is queued.

    A look is one query of an almost empty index. It also finds changes that queue no sync, such as raw SQL,
    without the lock that NOTIFY takes on every commit. Raises as `sync_due` does.
    """
    end = monotonic() + seconds
    generation.bump_if_lost()
    queueing.hold_requests(seconds)
    try:
        pace.wait()
        while monotonic() < end:
            pace.look()
            pace.wait()
    finally:
        queueing.allow_requests()
    pace.look()  # what committed after the last look, while requests were still held


def sync_claim(claim: Claim) -> Totals:
    try:
        snapshot = read_snapshot(claim.product_ids)
        outcomes = _write(snapshot, claim)
    except (EngineUnavailableError, NoServingIndexError):
        claims.release(claim.product_ids)
        raise
    return record(claim, snapshot, outcomes)


def _write(snapshot: Snapshot, claim: Claim) -> list[Outcome]:
    """Send the batch and make it visible. After the lease nothing is sent: another worker may have the products."""
    if not snapshot.indices:
        raise NoServingIndexError("no index serves searches yet")
    if monotonic() > claim.deadline:
        return []
    outcomes = bulk.send(snapshot.writes, snapshot.indices, snapshot.with_vectors)
    serving = snapshot.indices[0]
    lost = {outcome.index for outcome in outcomes if outcome.result is Result.NO_INDEX}
    if serving in lost:
        raise NoServingIndexError(f"the index {serving} is not in OpenSearch")
    if lost:
        logger.warning("the index being built was deleted, its rebuild is cancelled: %s", ", ".join(lost))
        PhysicalIndex.objects.filter(name__in=lost, state=PhysicalIndex.State.BUILDING).delete()
    make_visible(serving)
    return outcomes


def make_visible(index: str) -> None:
    """Let searches see what was written. Cached results become stale only after that."""
    indices.refresh(index)
    generation.bump()


def record(claim: Claim, snapshot: Snapshot, outcomes: list[Outcome]) -> Totals:
    """Record the results of a batch. Products that were not sent stay claimed until the lease ends."""
    written, busy, refused = _by_product(outcomes)
    refused += snapshot.unbuildable
    missing = snapshot.without_vector
    with transaction.atomic(durable=True):
        if missing:
            vectors.note_missing(missing)
        claims.lock(claim.product_ids)
        claims.record_written(written, claim.retaken)
        claims.postpone(busy, BUSY_DELAYS)
        claims.postpone(refused, REFUSED_DELAYS)
        with connection.cursor() as cursor:  # the last lock of the transaction, and a short one
            cursor.execute(_TALLY, [len(written), len(refused)])
    if len(missing) > vectors.FEW:
        vectors.update_completeness()
    for row in refused:
        logger.warning("product %s is parked: %s", row.product_id, row.error)
    return Totals(len(written), len(refused), len(busy))


def _by_product(outcomes: list[Outcome]) -> tuple[list[Written], list[Failure], list[Failure]]:
    """Each product by its worst outcome in any index: written, busy or refused."""
    by_product: defaultdict[int, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_product[outcome.product_id].append(outcome)
    written: list[Written] = []
    busy: list[Failure] = []
    refused: list[Failure] = []
    for product_id, found in by_product.items():
        version, results = found[0].version, {outcome.result for outcome in found}
        if Result.REFUSED in results:
            error = next(outcome.error for outcome in found if outcome.result is Result.REFUSED)
            refused.append(Failure(product_id, version, error))
        elif Result.BUSY in results:
            busy.append(Failure(product_id, version))
        else:
            written.append(Written(product_id, version, accepted=Result.DONE in results))
    return written, busy, refused
