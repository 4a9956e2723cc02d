"""Loads a new index with every product, in ranges of primary keys, by several processes or threads.

Loading uses the live versions, so a document that is read here and sent late loses against a newer write of sync.
"""

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import islice
from time import monotonic
from typing import TypeAlias

from django.db import connection, transaction

from indexing import bulk, claims, forks, vectors
from indexing.bulk import Outcome, Result
from indexing.claims import Written
from indexing.errors import EngineUnavailableError, ReindexRefusedError
from indexing.models import PhysicalIndex
from indexing.progress import Progress
from indexing.snapshot import Write, read_snapshot
from products.models import Product

CHUNK = 500  # products in one range and one bulk request
AHEAD = 2  # ranges for each worker that are submitted, so that none waits for its next one
WORTH_FORKING = 5_000  # products; threads load them in about 3 s
THREADS = 2  # at most: while one waits for OpenSearch, the other builds documents
PATIENCE = 120.0  # s; how long OpenSearch may be unavailable before loading stops (`--resume` continues it)
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # s between attempts

Submit: TypeAlias = Callable[[list[int]], Future[int]]  # a range; the number of refused documents in it


def load(target: PhysicalIndex, workers: int, progress: Progress, *, may_fork: bool = False) -> int:
    """Load the products above `target.loaded_to` and advance it, so that another run can continue.

    `may_fork`: the workers may be processes. Returns the number of refused documents. Sync tries those again and
    records their errors.
    """
    left = Product.objects.filter(pk__gt=target.loaded_to).count()
    in_processes = may_fork and workers > 1 and left >= WORTH_FORKING and forks.is_safe()
    refused, ranges = 0, _ranges(target.loaded_to)
    running: deque[tuple[list[int], Future[int]]] = deque()
    with (_processes if in_processes else _threads)(workers, target.name) as submit:
        progress.phase("Loading", left)  # after the fork: a progress bar has a thread
        while True:
            running.extend((ids, submit(ids)) for ids in islice(ranges, AHEAD * workers - len(running)))
            if not running:
                return refused
            # In the order of the ranges, so every product up to `loaded_to` is loaded.
            ids, loaded = running.popleft()
            refused += loaded.result()
            target.loaded_to = ids[-1]
            target.save(update_fields=["loaded_to"])
            progress.advance(len(ids))


@contextmanager
def _processes(workers: int, index: str) -> Iterator[Submit]:
    with forks.forked(workers) as pool:
        yield lambda ids: pool.submit(_load_range, ids, index)


@contextmanager
def _threads(workers: int, index: str) -> Iterator[Submit]:
    stop = threading.Event()
    pool = ThreadPoolExecutor(min(workers, THREADS), thread_name_prefix="load")
    try:
        yield lambda ids: pool.submit(_load_in_thread, ids, index, stop)
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def _load_in_thread(ids: list[int], index: str, stop: threading.Event) -> int:
    with closing(connection):  # the thread's own
        return _load_range(ids, index=index, stop=stop)


def _ranges(after: int) -> Iterator[list[int]]:
    while ids := list(Product.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        yield ids
        after = ids[-1]


def _load_range(ids: list[int], index: str, stop: threading.Event | None = None) -> int:
    """Write the products to the index; returns how many were refused. Without `stop`, the process is ended instead."""
    snapshot = read_snapshot(ids)
    writes = [write for write in snapshot.writes if write.source]
    outcomes = _send(writes, index, snapshot.with_vectors, stop or threading.Event())
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
            if writes and monotonic() > give_up:
                raise EngineUnavailableError("OpenSearch is too busy, or its disk is full")
        if writes and stop.wait(pause):
            raise EngineUnavailableError("loading was stopped")
        pause = min(pause * 2, LONGEST_PAUSE)
    return settled
