"""The parts of the benchmark by name, in the order in which they run.

A part is 'module:function' of this package: a function of a `Rig` that yields measures. Modules are
imported when their part runs, because most of them need Django.
"""

from collections.abc import Callable, Iterable
from importlib import import_module

from tools.bench.errors import BenchError
from tools.bench.figures import Measure
from tools.bench.rig import Rig

Part = Callable[[Rig], Iterable[Measure]]

PARTS = {
    "search": "search:search",
    "suggest": "search:suggest",
    "engine_time": "search:engine_time",
    "cached": "search:cached",
    "facets": "search:facets",
    "store_filter": "search:store_filter",
    "open_loop": "search:open_loop",
    "under_sync": "under_sync:under_sync",
    "orders": "orders:service",
    "orders_http": "orders:http",
    "rebuilding": "indexing:rebuilding",
    "freshness": "freshness:freshness",
    "outage": "outage:outage",
    "triggers": "indexing:triggers",
    "lists": "lists:lists",
    "importing": "importing:importing",
    "startup": "startup:startup",
    "memory": "memory:memory",
}


# Run only when named: what `scale.py` measures at each size.
POINT = {"point": "point:point"}


def part(name: str) -> Part:
    module, _, function = (PARTS | POINT)[name].partition(":")
    loaded: Part = getattr(import_module(f"{__package__}.{module}"), function)
    return loaded


def selected(names: list[str]) -> list[str]:
    """The parts named, or all; in running order."""
    unknown = [name for name in names if name not in PARTS | POINT]
    if unknown:
        raise BenchError(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    return [name for name in PARTS | POINT if name in (names or PARTS)]
