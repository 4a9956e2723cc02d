"""Units that other apps took from stock. `orders` registers itself: stores may not import it."""

from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime

# (store, products or None for all, time or None for ever) -> units taken since then minus units put
# back, by product
TakenUnits = Callable[[int, Collection[int] | None, datetime | None], dict[int, int]]

_sources: list[TakenUnits] = []


def register(source: TakenUnits) -> None:
    """Include a source, once per process."""
    if source not in _sources:
        _sources.append(source)


def taken_units(store_id: int, product_ids: Collection[int] | None, since: datetime | None) -> Counter[int]:
    """Units taken from a store's stock minus those put back, over all sources, by product."""
    total: Counter[int] = Counter()
    for source in _sources:
        total.update(source(store_id, product_ids, since))
    return total
