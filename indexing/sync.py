"""Sync: bring the index up to date with what is due, in batches; any number of workers may do it at once.

A batch is claimed and committed, read with its versions at one moment, sent in one bulk request, made visible, and
recorded. No row lock is held while OpenSearch works. A worker may die anywhere: what it did not record comes due again,
and versions make doing it twice harmless.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic, sleep

from django.db import connection, transaction

from indexing import bulk, claims, generation, indices, queueing
from indexing.bulk import Outcome, Result
from indexing.claims import Claim, Refused, Written
from indexing.client import engine_answers
from indexing.errors import EngineUnavailableError, NoServingIndexError
from indexing.models import PhysicalIndex
from indexing.snapshot import Snapshot, read_snapshot

logger = logging.getLogger(__name__)

# s; a run hands over after that, so that no task gets near its time limit.
LONGEST_RUN = 60.0
LOOK_EVERY = 0.05  # s
# Each batch ends with a refresh, after which searches read new segments with cold caches: under a steady stream of
# changes a short rest makes fewer and larger batches.
REST = 0.1  # s
SMALLEST_BATCH = 10


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
    """Bring the index up to date with all that is due.

    Raises EngineUnavailableError, with everything still due, and NoServingIndexError.
    """
    totals = Totals()
    if not claims.is_due():
        return totals
    if not engine_answers():
        raise EngineUnavailableError("OpenSearch does not answer")
    end, limit = monotonic() + longest, claims.BATCH
    while monotonic() < end:
        taken = claims.claim(limit)
        if not taken.product_ids:
            break
        done = sync_claim(taken)
        if done == Totals():  # reading took longer than the lease: a smaller batch takes less
            limit = max(limit // 4, SMALLEST_BATCH)
        totals.add(done)
        if done != Totals() and len(taken.product_ids) < limit:
            break  # all there was; what came meanwhile may gather
    return totals


def settle(patience: float) -> None:
    """Do here what any worker would, so that none is needed; beside heavy traffic that ends with the patience (s)."""
    give_up = monotonic() + patience
    while claims.is_due() and monotonic() < give_up:
        sync_due(longest=patience)


def sync_and_linger(seconds: float) -> None:
    """Sync what is due, look again often for some seconds, and take requests for another sync from then on.

    Looking is one query of an index that is all but empty. It finds changes that nobody asks a sync for, raw SQL among
    them, without the lock that NOTIFY takes on every commit. Raises as `sync_due` does.
    """
    end = monotonic() + seconds
    queueing.hold_requests(seconds)
    try:
        totals = sync_due()
        while monotonic() < end:
            sleep(REST if totals.synced else LOOK_EVERY)
            totals = sync_due()
    finally:
        queueing.allow_requests()
    sync_due()  # what committed after the last look and found requests still held


def sync_claim(taken: Claim) -> Totals:
    """Bring the index up to date with claimed products."""
    try:
        snapshot = read_snapshot(taken.product_ids)
        outcomes = _write(snapshot, taken)
    except (EngineUnavailableError, NoServingIndexError):
        claims.release(taken.product_ids)
        raise
    return record(taken, snapshot, outcomes)


def _write(snapshot: Snapshot, taken: Claim) -> list[Outcome]:
    """Send the batch and make it visible. Nothing is sent once the lease is over: another may have the products."""
    if not snapshot.indices:
        raise NoServingIndexError("no index serves searches yet")
    if monotonic() > taken.deadline:
        return []
    outcomes = bulk.send(snapshot.writes, snapshot.indices)
    _give_up_lost(outcomes, snapshot.indices)
    make_visible(snapshot.indices[0])
    return outcomes


def _give_up_lost(outcomes: Iterable[Outcome], names: list[str]) -> None:
    lost = {outcome.index for outcome in outcomes if outcome.result is Result.NO_INDEX}
    if names[0] in lost:
        raise NoServingIndexError(f"the index {names[0]} is not in OpenSearch")
    if lost:
        logger.warning("the index being built is gone, building it is given up: %s", ", ".join(lost))
        PhysicalIndex.objects.filter(name__in=lost, state=PhysicalIndex.State.BUILDING).delete()


def make_visible(index: str) -> None:
    """Let searches see what was written, and leave cached answers from before behind."""
    indices.refresh(index)
    generation.bump()


def record(taken: Claim, snapshot: Snapshot, outcomes: list[Outcome]) -> Totals:
    """Write down what became of a batch; what was not sent stays claimed until its lease is over."""
    written, busy, refused = _judge(outcomes)
    refused += snapshot.unbuildable
    with transaction.atomic(durable=True):
        claims.lock(taken.product_ids)
        claims.record_written(written, taken.retaken)
        claims.record_busy(busy)
        claims.record_refused(refused)
        _tally(len(written), len(refused))
    for row in refused:
        logger.warning("product %s is parked: %s", row.product_id, row.error)
    return Totals(len(written), len(refused), len(busy))


def _judge(outcomes: list[Outcome]) -> tuple[list[Written], dict[int, int], list[Refused]]:
    """Each product by the worst that became of it in any index: written, busy (id: version) or refused."""
    by_product: defaultdict[int, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_product[outcome.product_id].append(outcome)
    written: list[Written] = []
    busy: dict[int, int] = {}
    refused: list[Refused] = []
    for product_id, found in by_product.items():
        version, results = found[0].version, {outcome.result for outcome in found}
        if Result.REFUSED in results:
            error = next(outcome.error for outcome in found if outcome.result is Result.REFUSED)
            refused.append(Refused(product_id, version, error))
        elif Result.BUSY in results:
            busy[product_id] = version
        else:
            written.append(Written(product_id, version, accepted=Result.DONE in results))
    return written, busy, refused


def _tally(synced: int, refused: int) -> None:
    """Count in the row of this minute: the last lock of the transaction, and a short one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO indexing_synctally AS tally (minute, synced, refused)
            VALUES (date_trunc('minute', clock_timestamp()), %s, %s)
            ON CONFLICT (minute) DO UPDATE SET
                synced = tally.synced + excluded.synced, refused = tally.refused + excluded.refused
            """,
            [synced, refused],
        )
