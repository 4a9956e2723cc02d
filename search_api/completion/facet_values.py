"""The brands and categories that products have, kept in the process to be completed from there.

The engine counts them once in MAX_AGE seconds. To have it find them for every completion, among all products that have
a brand or category which starts so, took half of a completion's time (`docs/bench/README.md`).
"""

import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any

from indexing import generation
from language.prefix_match import NamesByStart
from products.paths import own_name
from search_api.engine import client

MAX_AGE = 10.0  # s; a new brand is completed after this
MAX_VALUES = 10_000  # of each kind, those of most products
BODY = {
    "size": 0,
    "aggs": {
        "brand": {"terms": {"field": "brand_name", "size": MAX_VALUES}},
        "category": {"terms": {"field": "category_paths", "size": MAX_VALUES}},
    },
}


class Groups:
    """Brands and category paths, those of most products first; and the latest generation that they were read under."""

    def __init__(self, brands: Iterable[str] = (), paths: Iterable[str] = ()) -> None:
        self.generation: str | None = None
        self._brands, self._paths = tuple(brands), tuple(paths)
        self._by_brand = NamesByStart(self._brands)
        self._by_own_name = NamesByStart(map(own_name, self._paths))

    def starting(self, text: str) -> tuple[list[str], list[str]]:
        """The brands, and the paths of categories, whose own name has words that start as those of the text."""
        brands = [self._brands[place] for place in self._by_brand.places(text)]
        return brands, [self._paths[place] for place in self._by_own_name.places(text)]

    def are(self, brands: Iterable[str], paths: Iterable[str]) -> bool:
        """Whether these are the same, in the same order."""
        return (self._brands, self._paths) == (tuple(brands), tuple(paths))


class _Held:
    groups = Groups()
    read_at = float("-inf")
    lock = threading.Lock()


def current() -> Groups:
    """Those of the serving index, at most some seconds old; EngineUnavailableError when they have never been read."""
    if time.monotonic() - _Held.read_at > MAX_AGE:
        # One thread reads; the others go on with what there is, if there is something.
        never = _Held.read_at == float("-inf")
        if _Held.lock.acquire(blocking=never):
            try:
                _read()
            finally:
                _Held.lock.release()
    return _Held.groups


def forget() -> None:
    """Read them again when they are next asked for."""
    _Held.read_at = float("-inf")


def _read() -> None:
    under = generation.read()
    found = client.search(BODY)["aggregations"]
    brands, paths = _values(found["brand"]), _values(found["category"])
    groups = _Held.groups if _Held.groups.are(brands, paths) else Groups(brands, paths)
    groups.generation = under
    _Held.groups = groups
    _Held.read_at = time.monotonic()


def _values(terms: Mapping[str, Any]) -> list[str]:
    return [bucket["key"] for bucket in terms["buckets"]]
