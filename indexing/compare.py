"""Comparing an index with PostgreSQL: every id and version, streamed in id order on both sides, in constant memory.

Both sides move while they are read. A difference is therefore only a suspect: it is looked at again, PostgreSQL first
and then the document itself, and what sync still has to do is not wrong but pending.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from heapq import merge
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from django.db.models import OuterRef, Subquery

from indexing.client import engine_errors, sync_client
from indexing.models import SyncState
from indexing.progress import Progress
from indexing.snapshot import one_moment
from products.models import Product

PAGE = 5000  # rows and hits at a time
SUSPECTS = 500  # looked at again in one go
LOOKS = 5  # a document that is newer than PostgreSQL was a moment ago is looked at this often
KEEP_ALIVE = "5m"

Pair = tuple[int, int]  # product id, version


class Fault(Enum):
    """How a document differs from its product."""

    MISSING = "missing"
    STALE = "stale"  # another version than PostgreSQL's
    EXTRA = "extra"  # of a product that is hidden or gone


@dataclass(frozen=True, slots=True)
class Difference:
    """A product that the index has wrong. `found` is the version in the index, None when it is missing."""

    product_id: int
    fault: Fault
    found: int | None


@dataclass(slots=True)
class Seen:
    """How much was compared, and how many suspects were found to be pending."""

    products: int = 0
    documents: int = 0
    pending: int = 0


def differences(index: str, seen: Seen, progress: Progress) -> Iterator[Difference]:
    """What is wrong in the index, in id order; `seen` is filled along the way."""
    with engine_errors(), _documents(index) as documents:
        suspects = _suspects(_products(seen, progress), _counted(documents, seen))
        while ids := list(islice(suspects, SUSPECTS)):
            yield from look_again(ids, index, seen)


def look_again(product_ids: Sequence[int], index: str, seen: Seen) -> list[Difference]:
    """What is wrong with these products right now."""
    wrong: list[Difference] = []
    for look in range(LOOKS):
        expected, pending = _expected(product_ids)
        found = _found(product_ids, index)
        product_ids, ahead = [], product_ids
        for product_id in ahead:
            want, have = expected[product_id], found.get(product_id)
            if want == have:
                continue
            if product_id in pending:
                seen.pending += 1
            elif look < LOOKS - 1 and have is not None and have > (want or 0):
                product_ids.append(product_id)  # written since PostgreSQL was asked
            else:
                wrong.append(Difference(product_id, _fault(want, have), have))
        if not product_ids:
            break
    return wrong


def _fault(want: int | None, have: int | None) -> Fault:
    if have is None:
        return Fault.MISSING
    return Fault.EXTRA if want is None else Fault.STALE


def _expected(product_ids: Sequence[int]) -> tuple[dict[int, int | None], set[int]]:
    """The version that each product's document should have, None for no document; and those that sync has yet to do.

    A searchable product without a row in SyncState, made while triggers were off, has version 0: no document has that.
    """
    with one_moment():
        states = SyncState.objects.filter(pk__in=product_ids)
        versions = dict(states.values_list("product_id", "version"))
        pending = set(states.pending().values_list("product_id", flat=True))
        searchable = set(Product.objects.searchable().filter(pk__in=product_ids).values_list("pk", flat=True))
    return {key: versions.get(key, 0) if key in searchable else None for key in product_ids}, pending


def _found(product_ids: Sequence[int], index: str) -> dict[int, int]:
    """The versions of the documents themselves, whether searches see them yet or not."""
    with engine_errors():
        answer = sync_client().mget(index=index, body={"ids": [str(key) for key in product_ids]}, _source=False)
    return {int(doc["_id"]): doc["_version"] for doc in answer["docs"] if doc.get("found")}


def _products(seen: Seen, progress: Progress) -> Iterator[Pair]:
    """(id, version) of every searchable product in id order, 0 where there is no version."""
    version = SyncState.objects.filter(pk=OuterRef("pk")).values("version")
    rows = Product.objects.searchable().order_by("pk").annotate(version=Subquery(version))
    after = 0
    while page := list(rows.filter(pk__gt=after).values_list("pk", "version")[:PAGE]):
        yield from ((key, found or 0) for key, found in page)
        after = page[-1][0]
        seen.products += len(page)
        progress.advance(len(page))


def _counted(documents: Iterable[Pair], seen: Seen) -> Iterator[Pair]:
    for pair in documents:
        seen.documents += 1
        yield pair


@contextmanager
def _documents(index: str) -> Iterator[Iterator[Pair]]:
    """(id, version) of every document that searches see, in id order, all of one moment."""
    client = sync_client()
    opened = client.create_pit(index=index, params={"keep_alive": KEEP_ALIVE})
    try:
        yield _pages(opened["pit_id"])
    finally:
        client.delete_pit(body={"pit_id": [opened["pit_id"]]})


def _pages(pit: str) -> Iterator[Pair]:
    query: dict[str, Any] = {
        "size": PAGE,
        "sort": [{"id": "asc"}],
        "_source": False,
        "version": True,
        "track_total_hits": False,
        "pit": {"id": pit, "keep_alive": KEEP_ALIVE},
    }
    path = "hits.hits._id,hits.hits._version"
    while hits := sync_client().search(body=query, params={"filter_path": path}).get("hits", {}).get("hits"):
        yield from ((int(hit["_id"]), hit["_version"]) for hit in hits)
        query["search_after"] = [int(hits[-1]["_id"])]


def _suspects(products: Iterator[Pair], documents: Iterator[Pair]) -> Iterator[int]:
    """Ids that are not on both sides with the same version."""
    for product_id, pairs in groupby(merge(products, documents), key=itemgetter(0)):
        versions = [version for _, version in pairs]
        if versions != [versions[0]] * 2:
            yield product_id
