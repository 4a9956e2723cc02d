"""The brands and categories of all products, cached in the process to complete text from.

The engine counts them once in MAX_AGE seconds: a search for those with a prefix took half of a
completion's time.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterable

from foundation.expiring_cache import ExpiringValue
from indexing import generation
from language.prefix_match import NameIndex
from products.attribute_values import value_key
from products.paths import own_name
from search_api.engine import client

MAX_AGE = 10.0  # s; a new brand is completed after this
MAX_VALUES = 10_000  # brands, and categories: those with most products
REQUEST = {
    "size": 0,
    "aggs": {
        "brand": {"terms": {"field": "brand_name", "size": MAX_VALUES}},
        "category": {"terms": {"field": "category_paths", "size": MAX_VALUES}},
    },
}


@dataclasses.dataclass(frozen=True, slots=True)
class KnownValues:
    """Brands, and category paths by their own names, in the order in which they are offered."""

    brands: NameIndex
    categories: NameIndex
    generation: str | None  # of the index, from before the values were read: they are at least as new


def known_values(
    brands: Iterable[str] = (), category_paths: Iterable[str] = (), *, under_generation: str | None = None
) -> KnownValues:
    return KnownValues(_index(_each_once(brands), str), _index(_each_once(category_paths), own_name), under_generation)


def _each_once(values: Iterable[str]) -> tuple[str, ...]:
    """The first spelling of each value, as facets have one value for all spellings."""
    found: dict[str, str] = {}
    for value in values:
        found.setdefault(value_key(value), value)
    return tuple(found.values())


# To index 10,000 names takes 30 ms, and they rarely differ from those of the read before.
@functools.lru_cache(maxsize=4)
def _index(values: tuple[str, ...], name_of: Callable[[str], str]) -> NameIndex:
    return NameIndex(values, name_of)


def _read() -> KnownValues:
    current = generation.read()
    counts = client.search(REQUEST)["aggregations"]
    brands, paths = ([bucket["key"] for bucket in counts[kind]["buckets"]] for kind in ("brand", "category"))
    return known_values(brands, paths, under_generation=current)


# EngineUnavailableError is raised: without the engine there are no completions from it either.
cached = ExpiringValue("brands and categories", _read, max_age=MAX_AGE)
