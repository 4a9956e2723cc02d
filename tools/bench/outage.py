"""Writing during an outage of OpenSearch: the backlog is bounded, orders are as fast."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import psycopg2

from indexing.models import SyncState
from products.models import Product
from tools.bench.errors import BenchError
from tools.bench.figures import Measure, Series, Target
from tools.bench.load import Load
from tools.bench.orders import PLACED, order_requests
from tools.bench.quiet import await_quiet
from tools.bench.rig import Rig

DOWN = {"OPENSEARCH_URL": "http://127.0.0.1:9"}  # the port of 'discard': connections are refused
PRODUCTS, BATCH = 1_000, 20  # products that are changed over and over; per transaction
CHANGES, QUICK_CHANGES = 200_000, 2_000
TRANSACTIONS = 200  # a second
ORDERS = 50  # a second, at a fixed rate
MOST_SLOWER = Target(1.2)
CHANGE = "UPDATE products_product SET price = price + 0.01 WHERE id = ANY(%s)"


def outage(rig: Rig) -> Iterator[Measure]:
    """The workers of one side cannot reach OpenSearch; all else is the same."""
    changes = QUICK_CHANGES if rig.effort.quick else CHANGES
    with rig.workers():
        _orders(rig, rig.effort.seconds)  # the first ones are slower
        await_quiet()
        calm_before = _orders(rig, 8 * rig.effort.seconds)
        before = _orders_beside_changes(rig, changes)
        await_quiet()
    with rig.workers_with(DOWN):
        during = _orders_beside_changes(rig, changes)
        calm_during = _orders(rig, 8 * rig.effort.seconds)
        pending, rows = SyncState.objects.pending().count(), SyncState.objects.count()
    if pending < min(PRODUCTS, changes // BATCH):
        raise BenchError(f"only {pending} products wait for OpenSearch: could the workers reach it?")
    with rig.workers():
        await_quiet()
    yield from _compared("after", calm_during, calm_before, changes)
    yield from _compared("beside", during, before, changes)
    yield Measure(
        f"rows of SyncState / products, after {changes:,} changes with OpenSearch down",
        "rows",
        ours=Series((float(rows),)),
        limit=Series((float(Product.objects.count()),)),
        limit_name="products",
        target=Target(1.0),
        details={"products that wait": float(pending)},
    )


def _compared(when: str, down: dict[str, float], up: dict[str, float], changes: int) -> Iterator[Measure]:
    yield Measure(
        f"POST /orders/ p95 {when} {changes:,} changes to {PRODUCTS:,} products, OpenSearch down / up",
        "ms",
        ours=Series((down["p95"],)),
        limit=Series((up["p95"],)),
        limit_name="OpenSearch up",
        target=MOST_SLOWER,
        details={"p50 ms": down["p50"], "p50 ms, OpenSearch up": up["p50"]},
    )


def _orders(rig: Rig, seconds: float) -> dict[str, float]:
    return Load(rig.web, order_requests(), seconds, 16, rate=ORDERS, expected=PLACED).run_figures()


def _orders_beside_changes(rig: Rig, changes: int) -> dict[str, float]:
    with _changing(rig.database, changes):
        return _orders(rig, changes / BATCH / TRANSACTIONS)


@contextmanager
def _changing(url: str, changes: int) -> Iterator[None]:
    """Make the changes beside the block, at a steady rate; it ends when all are made."""
    with ThreadPoolExecutor(1) as pool:
        changing = pool.submit(_change, url, changes // BATCH)
        yield
        changing.result()


def _change(url: str, transactions: int) -> None:
    ids = list(Product.objects.order_by("pk").values_list("pk", flat=True)[:PRODUCTS])
    start = time.perf_counter()
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        for number in range(transactions):
            time.sleep(max(0.0, start + number / TRANSACTIONS - time.perf_counter()))
            first = number * BATCH % len(ids)
            cursor.execute(CHANGE, [ids[first : first + BATCH]])
