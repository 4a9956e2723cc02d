"""How soon after its commit a change is found by a search."""

import itertools
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from decimal import Decimal

import psycopg2
from opensearchpy import OpenSearch

from indexing.names import index_alias
from tools.bench.errors import BenchError
from tools.bench.figures import Measure, Series, Target, percentile
from tools.bench.load import Load
from tools.bench.orders import PLACED, order_requests, product_ranges
from tools.bench.quiet import await_quiet
from tools.bench.rig import Rig
from tools.bench.stock_changes import changing_stock

PROBES = 3  # at once, each waiting for its own change
POLL_SECONDS = 0.01  # between two searches, which must not become the load
GIVE_UP_SECONDS = 30.0
LENGTH = 8  # times the effort's seconds
ORDERS, CHANGES = 100, 200  # a second
REFRESH = 200  # ms; as fresh as an index that OpenSearch itself refreshes so often
SEED = 5


def freshness(rig: Rig) -> Iterator[Measure]:
    """The time from the commit of a new price until a search of the index shows it."""
    seconds, runs = LENGTH * rig.effort.seconds, itertools.count()
    with rig.workers():
        times_to_search(rig, rig.effort.seconds, next(runs))  # workers that have just started are slow at first
        await_quiet()
        idle = times_to_search(rig, seconds, next(runs))
        with ExitStack() as load:
            orders = Load(rig.web, order_requests(), seconds, 16, rate=ORDERS, expected=PLACED)
            load.enter_context(orders.in_background())
            load.enter_context(changing_stock(rig.database, CHANGES))
            busy = times_to_search(rig, seconds * 0.9, next(runs))
        await_quiet()
    yield from _measures("idle", idle)
    yield from _measures(f"beside {ORDERS} orders/s and {CHANGES} stock changes/s", busy)


def _measures(when: str, milliseconds: list[float]) -> Iterator[Measure]:
    ordered = sorted(milliseconds)
    details = {"p95 ms": percentile(ordered, 0.95), "max ms": ordered[-1], "changes": float(len(ordered))}
    median, tail = (Series((percentile(ordered, share),)) for share in (0.5, 0.99))
    yield Measure(f"commit to searchable, p50, {when}", "ms", median, target=Target(REFRESH))
    target = Target(REFRESH + 1000, REFRESH + 300)
    yield Measure(f"commit to searchable, p99, {when}", "ms", tail, target=target, details=details)


def times_to_search(rig: Rig, seconds: float, run: int) -> list[float]:
    """From each commit to a search that shows the change, in ms. Workers must be running.

    Each `run` makes other changes: a price that is set again to the same value would be found at
    once.
    """
    end = time.perf_counter() + seconds
    with ThreadPoolExecutor(PROBES) as pool:
        probes = [pool.submit(_probe, rig, end, number, run) for number in range(PROBES)]
        return [milliseconds for probe in probes for milliseconds in probe.result()]


def _probe(rig: Rig, end: float, number: int, run: int) -> list[float]:
    """Change prices one after the other until `end`; milliseconds until a search showed each."""
    rng, ranges = random.Random(SEED + number + PROBES * run), product_ranges()
    engine, taken = OpenSearch(rig.opensearch.split(",")), []
    with closing(psycopg2.connect(rig.database)) as database:
        database.autocommit = True
        while time.perf_counter() < end:
            low, high = rng.choice(ranges)
            # A product that no other probe changes.
            product_id = rng.randrange(low - low % PROBES + PROBES + number, high + 1, PROBES)
            price = Decimal(rng.randint(100, 10_000_000)) / 100
            query = {"query": {"ids": {"values": [str(product_id)]}}, "_source": ["price"]}
            database.cursor().execute("UPDATE products_product SET price = %s WHERE id = %s", [price, product_id])
            committed = time.perf_counter()
            while True:
                hits = engine.search(index=index_alias(), body=query)["hits"]["hits"]
                if [Decimal(str(hit["_source"]["price"])) for hit in hits] == [price]:
                    break
                if time.perf_counter() - committed > GIVE_UP_SECONDS:
                    raise BenchError(f"the new price of product {product_id} is not found after {GIVE_UP_SECONDS} s")
                time.sleep(POLL_SECONDS)
            taken.append((time.perf_counter() - committed) * 1000)
            time.sleep(rng.uniform(0, 0.05))  # so that changes do not fall into step with the refreshes
    return taken
