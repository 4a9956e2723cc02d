"""Loading a new index with every product, in ranges of primary keys, by several threads.

Threads, since the time goes to PostgreSQL and OpenSearch (`docs/decisions/reindex.md` has figures). Versions are the
live ones: a document read here and sent late loses against what live sync has written meanwhile.
"""

import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic

from django.db import connection, transaction

from indexing import bulk, claims
from indexing.bulk import Outcome, Result
from indexing.claims import Written
from indexing.errors import EngineUnavailableError, ReindexRefusedError
from indexing.models import PhysicalIndex
from indexing.progress import Progress
from indexing.snapshot import Write, read_snapshot
from products.models import Product

CHUNK = 500  # products in one range and one bulk request
PATIENCE = 120.0  # s; how long OpenSearch may be away before loading gives up, to be resumed
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # s between attempts


def load(target: PhysicalIndex, workers: int, progress: Progress) -> int:
    """Load products above `target.loaded_to` and move it along, so that another run goes on where this one ended.

    Returns how many documents were refused; sync, which tries them again, says why.
    """
    refused, stop = 0, threading.Event()
    window: deque[tuple[list[int], Future[int]]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="load")
    try:
        for ids in _ranges(target.loaded_to):
            window.append((ids, pool.submit(_load_range, ids, target.name, stop)))
            if len(window) > workers * 2:
                refused += _finish(*window.popleft(), target, progress)
        while window:
            refused += _finish(*window.popleft(), target, progress)
    finally:
        stop.set()
        for _, work in window:
            work.cancel()
        _hang_up(pool, workers)
    return refused


def _hang_up(pool: ThreadPoolExecutor, workers: int) -> None:
    """End the threads. Each closes its own connection to PostgreSQL, which it kept from one range to the next."""
    all_here = threading.Barrier(workers)  # so that no thread takes the place of another

    def close() -> None:
        all_here.wait()
        connection.close()

    for _ in range(workers):
        pool.submit(close)
    pool.shutdown()


def _ranges(after: int) -> Iterator[list[int]]:
    while ids := list(Product.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        yield ids
        after = ids[-1]


def _finish(ids: list[int], work: "Future[int]", target: PhysicalIndex, progress: Progress) -> int:
    """Ranges are finished in their order, so that every product up to `loaded_to` is loaded."""
    refused = work.result()
    target.loaded_to = ids[-1]
    target.save(update_fields=["loaded_to"])
    progress.advance(len(ids))
    return refused


def _load_range(ids: list[int], index: str, stop: threading.Event) -> int:
    """How many of the products were refused."""
    snapshot = read_snapshot(ids)
    outcomes = _send([write for write in snapshot.writes if write.source], index, stop)
    if snapshot.indices == [index]:
        _record(outcomes)
    return len(snapshot.unbuildable) + sum(outcome.result is Result.REFUSED for outcome in outcomes)


def _record(outcomes: list[Outcome]) -> None:
    """With no index serving yet, what is loaded here is what sync would have to do: it is done."""
    done = [Written(o.product_id, o.version, accepted=False) for o in outcomes if o.result is Result.DONE]
    with transaction.atomic(durable=True):
        claims.lock([row.product_id for row in done])
        claims.record_written(done, retaken=())


def _send(writes: list[Write], index: str, stop: threading.Event) -> list[Outcome]:
    """Send until OpenSearch has taken or refused every write; it may be busy or away for PATIENCE."""
    settled: list[Outcome] = []
    give_up, pause = monotonic() + PATIENCE, FIRST_PAUSE
    while writes:
        try:
            outcomes = bulk.send(writes, [index])
        except EngineUnavailableError:
            if monotonic() > give_up:
                raise
        else:
            settled += [outcome for outcome in outcomes if outcome.result is not Result.BUSY]
            writes = _busy(writes, outcomes, index)
        if writes and stop.wait(pause):
            raise EngineUnavailableError("loading was stopped")
        pause = min(pause * 2, LONGEST_PAUSE)
    return settled


def _busy(writes: list[Write], outcomes: list[Outcome], index: str) -> list[Write]:
    if any(outcome.result is Result.NO_INDEX for outcome in outcomes):
        raise ReindexRefusedError(f"the index {index}, which was being built, is not in OpenSearch any more")
    busy = {outcome.product_id for outcome in outcomes if outcome.result is Result.BUSY}
    return [write for write in writes if write.product_id in busy]
