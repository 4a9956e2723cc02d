"""Loads a new index with every product, in ranges of primary keys, by several threads.

Threads suffice because the time goes to PostgreSQL and OpenSearch (figures: `docs/decisions/reindex.md`). Loading
uses the live versions, so a document that is read here and sent late loses against a newer write of sync.
"""

import threading
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from itertools import islice
from time import monotonic

from django.db import connection, transaction

from indexing import bulk, claims, vectors
from indexing.bulk import Outcome, Result
from indexing.claims import Written
from indexing.errors import EngineUnavailableError, ReindexRefusedError
from indexing.models import PhysicalIndex
from indexing.progress import Progress
from indexing.snapshot import Write, read_snapshot
from products.models import Product

CHUNK = 500  # products in one range and one bulk request
RANGES = 50  # submitted to the threads at once
PATIENCE = 120.0  # s; how long OpenSearch may be unavailable before loading stops (`--resume` continues it)
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # s between attempts


def load(target: PhysicalIndex, workers: int, progress: Progress) -> int:
    """Load the products above `target.loaded_to` and advance it, so that another run can continue.

    Returns the number of refused documents. Sync tries those again and records their errors.
    """
    refused, stop = 0, threading.Event()
    ranges = _ranges(target.loaded_to)
    pool = ThreadPoolExecutor(workers, thread_name_prefix="load")
    try:
        while some_ranges := list(islice(ranges, RANGES)):
            # Results come in the order of the ranges, so every product up to `loaded_to` is loaded.
            results = pool.map(partial(_load_range, index=target.name, stop=stop), some_ranges)
            for ids, range_refused in zip(some_ranges, results, strict=True):
                refused += range_refused
                target.loaded_to = ids[-1]
                target.save(update_fields=["loaded_to"])
                progress.advance(len(ids))
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)
    return refused


def _ranges(after: int) -> Iterator[list[int]]:
    while ids := list(Product.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        yield ids
        after = ids[-1]


def _load_range(ids: list[int], index: str, stop: threading.Event) -> int:
    """Write the products to the index; returns how many were refused."""
    with closing(connection):  # the thread's own
        snapshot = read_snapshot(ids)
        outcomes = _send([write for write in snapshot.writes if write.source], index, snapshot.with_vectors, stop)
        if missing := snapshot.without_vector:
            vectors.note_missing(missing)
        if snapshot.indices == [index]:
            # No index serves yet, so these writes are the ones that sync would make: record them.
            written = [Written(o.product_id, o.version, accepted=False) for o in outcomes if o.result is Result.DONE]
            with transaction.atomic(durable=True):
                claims.lock([row.product_id for row in written])
                claims.record_written(written, retaken=())
    return len(snapshot.unbuildable) + sum(outcome.result is Result.REFUSED for outcome in outcomes)


def _send(writes: list[Write], index: str, with_vectors: Collection[str], stop: threading.Event) -> list[Outcome]:
    """Send until OpenSearch has accepted or refused every write; it may be busy or unavailable for PATIENCE."""
    settled: list[Outcome] = []
    give_up, pause = monotonic() + PATIENCE, FIRST_PAUSE
    while writes:
        try:
            outcomes = bulk.send(writes, [index], with_vectors)
        except EngineUnavailableError:
            if monotonic() > give_up:
                raise
        else:
            if any(outcome.result is Result.NO_INDEX for outcome in outcomes):
                raise ReindexRefusedError(f"the index {index}, which was being built, is no longer in OpenSearch")
            settled += [outcome for outcome in outcomes if outcome.result is not Result.BUSY]
            busy = {outcome.product_id for outcome in outcomes if outcome.result is Result.BUSY}
            writes = [write for write in writes if write.product_id in busy]
        if writes and stop.wait(pause):
            raise EngineUnavailableError("loading was stopped")
        pause = min(pause * 2, LONGEST_PAUSE)
    return settled
