"""Units that left stock by way of other apps: `orders` registers its sales here, as stores do not know orders."""

from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime

# (store, products or None for all, since or None for ever) -> units taken since then less units put back, by product
TakenUnits = Callable[[int, Collection[int] | None, datetime | None], dict[int, int]]

_sources: list[TakenUnits] = []


def register(source: TakenUnits) -> None:
    """Count what `source` knows of, once per process."""
    if source not in _sources:
        _sources.append(source)


def taken_units(store_id: int, product_ids: Collection[int] | None, since: datetime | None) -> Counter[int]:
    """Units taken from a store's stock, less those put back, over all sources."""
    total: Counter[int] = Counter()
    for source in _sources:
        total.update(source(store_id, product_ids, since))
    return total
