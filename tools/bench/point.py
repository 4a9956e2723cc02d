"""The figures of one size of catalogue; `scale.py` compares the sizes."""

import random
import time
from collections.abc import Iterator

from django.core.management import call_command
from django.db import connection
from opensearchpy import OpenSearch

from indexing.names import index_alias
from products.models import Product
from tools.bench.figures import Measure, Series, percentile
from tools.bench.freshness import times_to_search
from tools.bench.load import Load
from tools.bench.orders import PLACED, order_requests
from tools.bench.queries import prefixes, search_requests, suggest_requests
from tools.bench.quiet import await_merged, await_quiet
from tools.bench.rig import Rig
from tools.bench.search import CONNECTIONS
from tools.bench.system import UNCACHED

QUERIES = 100
LAG_LENGTH = 8  # times the effort's seconds
SEED = 11
MB = 1_000_000


def point(rig: Rig) -> Iterator[Measure]:
    """Times, rates and sizes, each without a limit beside it."""
    engine = OpenSearch([rig.opensearch])
    began = time.perf_counter()
    call_command("reindex")
    yield Measure("reindex", "s", Series((time.perf_counter() - began,)))
    yield Measure("merging after a reindex", "s", Series((await_merged(engine, index_alias()),)))
    stats = engine.indices.stats(index=index_alias())
    yield Measure("index size", "MB", Series((stats["_all"]["primaries"]["store"]["size_in_bytes"] / MB,)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        yield Measure("PostgreSQL size", "MB", Series((cursor.fetchone()[0] / MB,)))
    with rig.web_with(UNCACHED) as web:
        products = _sample()
        # A brand and a kind of product: a large generated catalogue has as many brands as a small
        # one.
        kinds = [f"{product.brand} {product.name.split()[-3]}" for product in products]
        # The name of a series: it has about eight products, whatever the size of the catalogue.
        series = [product.name.split()[1] for product in products]
        for name, texts in (("share of the catalogue", kinds), ("number of hits", series)):
            load = Load(web, search_requests(texts), 2 * rig.effort.seconds)
            for figure in ("p50", "p95"):
                yield _rounds(rig, f"search, like {name}, {figure}", "ms", load, figure)
        suggestions = Load(web, suggest_requests(prefixes(QUERIES)), 2 * rig.effort.seconds)
        yield _rounds(rig, "suggest p50", "ms", suggestions, "p50")
    orders = Load(rig.web, order_requests(), 2 * rig.effort.seconds, CONNECTIONS, expected=PLACED)
    yield _rounds(rig, "POST /orders/, 8 clients", "1/s", orders, "per_second")
    with rig.workers():
        times_to_search(rig, rig.effort.seconds, run=0)
        await_quiet()
        lag = sorted(times_to_search(rig, LAG_LENGTH * rig.effort.seconds, run=1))
    for figure, share in (("p50", 0.5), ("p99", 0.99)):
        yield Measure(f"commit to searchable, {figure}", "ms", Series((percentile(lag, share),)))


def _rounds(rig: Rig, name: str, unit: str, load: Load, figure: str) -> Measure:
    load.run()
    return Measure(name, unit, Series(tuple(load.run_figures()[figure] for _ in range(rig.effort.rounds))))


def _sample() -> list[Product]:
    rng = random.Random(SEED)
    last = Product.objects.order_by("-id")[0].pk
    ids = [rng.randrange(1, last + 1) for _ in range(2 * QUERIES)]
    return list(Product.objects.filter(id__in=ids)[:QUERIES])
