"""The parts of the benchmark by name, in the order in which they run.

A part is 'module:function', a function of a `Rig` that yields measures. Modules are imported when their part runs: most
need Django.
"""

from collections.abc import Callable, Iterable
from importlib import import_module

from bench.errors import BenchError
from bench.figures import Measure
from bench.rig import Rig

Part = Callable[[Rig], Iterable[Measure]]

PARTS = {
    "search": "bench.search:search",
    "suggest": "bench.search:suggest",
    "engine_time": "bench.search:engine_time",
    "cached": "bench.search:cached",
    "facets": "bench.search:facets",
    "store_filter": "bench.search:store_filter",
    "open_loop": "bench.search:open_loop",
    "under_sync": "bench.under_sync:under_sync",
    "orders": "bench.orders:service",
    "orders_http": "bench.orders:http",
    "rebuilding": "bench.indexing:rebuilding",
    "freshness": "bench.freshness:freshness",
    "outage": "bench.outage:outage",
    "triggers": "bench.indexing:triggers",
    "lists": "bench.lists:lists",
    "importing": "bench.importing:importing",
    "startup": "bench.startup:startup",
    "memory": "bench.memory:memory",
}


# Run only when named: what `scale.py` measures at each size.
POINT = {"point": "bench.point:point"}


def part(name: str) -> Part:
    module, _, function = (PARTS | POINT)[name].partition(":")
    loaded: Part = getattr(import_module(module), function)
    return loaded


def chosen(names: list[str]) -> list[str]:
    """The parts named, or all; in running order."""
    unknown = [name for name in names if name not in PARTS | POINT]
    if unknown:
        raise BenchError(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return [name for name in PARTS | POINT if name in (names or PARTS)]
