"""Compares an index with PostgreSQL: every id and version, streamed in id order from both sides in constant memory.

Both sides change while they are read. So a difference is first a suspect, which is looked up again: PostgreSQL
first, then the document. A product that sync has not written yet is pending, not wrong.
"""

from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from enum import Enum
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from django.db.models import OuterRef, Subquery

from foundation.transactions import repeatable_read
from indexing.client import sync_client
from indexing.models import SyncState
from indexing.progress import Progress
from indexing.repair import renew
from products.models import Product

PAGE = 5000  # rows and hits per request
SUSPECTS = 500  # looked up again in one batch
EXAMPLES = 10
LOOKUPS = 5  # how often a document that is newer than PostgreSQL was a moment ago is looked up
KEEP_ALIVE = "5m"

IdVersion = tuple[int, int]


class Fault(Enum):
    MISSING = "missing"
    STALE = "stale"  # another version than PostgreSQL's
    EXTRA = "extra"  # its product is hidden or deleted


@dataclass(frozen=True, slots=True)
class Difference:
    """A product whose document is wrong. `found`: the version in the index, None when it is missing."""

    product_id: int
    fault: Fault
    found: int | None


@dataclass(slots=True)
class Comparison:
    """Numbers of compared products and documents, and of products that are pending or wrong.

    `examples`: the first wrong ones, in id order.
    """

    products: int = 0
    documents: int = 0
    pending: int = 0
    faults: Counter[Fault] = field(default_factory=Counter)
    examples: list[Difference] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        return self.faults.total()


def compare(index: str, progress: Progress, *, repair: bool = False) -> Comparison:
    """Compare the index with PostgreSQL. With `repair`, give wrong products a new version, for sync to write."""
    progress.phase("Comparing", Product.objects.searchable().count())
    comparison = Comparison()
    with closing(_documents(index, comparison)) as documents:
        suspects = _suspects(_products(comparison, progress), documents)
        while ids := list(islice(suspects, SUSPECTS)):
            wrong = _look_again(ids, index, comparison)
            comparison.faults.update(difference.fault for difference in wrong)
            comparison.examples += wrong[: EXAMPLES - len(comparison.examples)]
            if repair and wrong:
                highest = max(difference.found or 0 for difference in wrong)
                renew([difference.product_id for difference in wrong], above=highest)
    return comparison


def _look_again(product_ids: Sequence[int], index: str, comparison: Comparison) -> list[Difference]:
    wrong: list[Difference] = []
    for attempt in range(LOOKUPS):
        expected, pending = _expected(product_ids)
        answer = sync_client().mget(index=index, body={"ids": [str(key) for key in product_ids]}, _source=False)
        found = {int(doc["_id"]): doc["_version"] for doc in answer["docs"] if doc.get("found")}
        product_ids, looked_up = [], product_ids
        for product_id in looked_up:
            want, have = expected[product_id], found.get(product_id)
            if want == have:
                continue
            if product_id in pending:
                comparison.pending += 1
            elif attempt < LOOKUPS - 1 and have is not None and have > (want or 0):
                product_ids.append(product_id)  # written after PostgreSQL was read
            elif have is None:
                wrong.append(Difference(product_id, Fault.MISSING, have))
            else:
                wrong.append(Difference(product_id, Fault.EXTRA if want is None else Fault.STALE, have))
        if not product_ids:
            break
    return wrong


def _expected(product_ids: Sequence[int]) -> tuple[dict[int, int | None], set[int]]:
    """The version that each product's document should have, None for no document; and the pending products.

    A searchable product without a row in SyncState, created while triggers were off, has version 0, which no
    document has.
    """
    with repeatable_read():
        states = SyncState.objects.filter(pk__in=product_ids)
        versions = dict(states.values_list("product_id", "version"))
        pending = set(states.pending().values_list("product_id", flat=True))
        searchable = set(Product.objects.searchable().filter(pk__in=product_ids).values_list("pk", flat=True))
    return {key: versions.get(key, 0) if key in searchable else None for key in product_ids}, pending


def _products(comparison: Comparison, progress: Progress) -> Iterator[IdVersion]:
    """Every searchable product in id order, with version 0 where there is none."""
    version = SyncState.objects.filter(pk=OuterRef("pk")).values("version")
    rows = Product.objects.searchable().order_by("pk").annotate(version=Subquery(version))
    after = 0
    while page := list(rows.filter(pk__gt=after).values_list("pk", "version")[:PAGE]):
        yield from ((key, found or 0) for key, found in page)
        after = page[-1][0]
        comparison.products += len(page)
        progress.advance(len(page))


def _documents(index: str, comparison: Comparison) -> Generator[IdVersion, None, None]:
    """Every document that searches see, in id order, from one point in time. Close it, to free that in OpenSearch."""
    client = sync_client()
    pit = client.create_pit(index=index, params={"keep_alive": KEEP_ALIVE})["pit_id"]
    query: dict[str, Any] = {
        "size": PAGE,
        "sort": [{"id": "asc"}],
        "_source": False,
        "version": True,
        "track_total_hits": False,
        "pit": {"id": pit, "keep_alive": KEEP_ALIVE},
    }
    path = "hits.hits._id,hits.hits._version"
    try:
        while hits := client.search(body=query, params={"filter_path": path}).get("hits", {}).get("hits"):
            comparison.documents += len(hits)
            yield from ((int(hit["_id"]), hit["_version"]) for hit in hits)
            query["search_after"] = [int(hits[-1]["_id"])]
    finally:
        client.delete_pit(body={"pit_id": [pit]})


def _suspects(products: Iterator[IdVersion], documents: Iterator[IdVersion]) -> Iterator[int]:
    for product_id, pairs in groupby(merge(products, documents), key=itemgetter(0)):
        versions = [version for _, version in pairs]
        if versions != [versions[0]] * 2:
            yield product_id
