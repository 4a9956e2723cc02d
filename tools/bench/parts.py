"""The parts of the benchmark by name, in the order in which they run.

A part is 'module:function', a function of a `Rig` that yields measures. Modules are imported when their part runs: most
need Django.
"""

from collections.abc import Callable, Iterable
from importlib import import_module

from tools.bench.errors import BenchError
from tools.bench.figures import Measure
from tools.bench.rig import Rig

Part = Callable[[Rig], Iterable[Measure]]

PARTS = {
    "search": "tools.bench.search:search",
    "suggest": "tools.bench.search:suggest",
    "engine_time": "tools.bench.search:engine_time",
    "cached": "tools.bench.search:cached",
    "facets": "tools.bench.search:facets",
    "store_filter": "tools.bench.search:store_filter",
    "open_loop": "tools.bench.search:open_loop",
    "under_sync": "bench.under_sync:under_sync",
    "orders": "tools.bench.orders:service",
    "orders_http": "tools.bench.orders:http",
    "rebuilding": "tools.bench.indexing:rebuilding",
    "freshness": "bench.freshness:freshness",
    "outage": "bench.outage:outage",
    "triggers": "tools.bench.indexing:triggers",
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
