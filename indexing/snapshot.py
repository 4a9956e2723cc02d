"""Documents and their versions, read in one database snapshot."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import orjson
from django.db import connection, transaction

from indexing.claims import Failure
from indexing.documents import build_documents
from indexing.models import PhysicalIndex, SyncState

logger = logging.getLogger(__name__)

LIVE_STATES = (PhysicalIndex.State.SERVING, PhysicalIndex.State.BUILDING)


@dataclass(frozen=True, slots=True)
class Write:
    """The state of a product at a version: its document as JSON, or None when the index must not have it."""

    product_id: int
    version: int
    source: bytes | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The writes for a batch of products, and the indices that receive live changes, the serving one first.

    The indices are read in the same snapshot: every change after a new index was registered reaches it.
    """

    writes: list[Write]
    indices: list[str]
    unbuildable: list[Failure] = field(default_factory=list)


@contextmanager
def repeatable_read() -> Iterator[None]:
    """A read-only transaction in which all queries see the same state of the database."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def read_snapshot(product_ids: Sequence[int]) -> Snapshot:
    """Build the documents of the products. One that cannot be built is reported and does not stop the others."""
    with repeatable_read():
        versions = dict(SyncState.objects.filter(pk__in=product_ids).values_list("product_id", "version"))
        names = dict(PhysicalIndex.objects.filter(state__in=LIVE_STATES).values_list("state", "name"))
        sources, failed = _build(product_ids)
    writes = [
        Write(product_id, versions[product_id], sources.get(product_id))
        for product_id in product_ids
        if product_id in versions and product_id not in failed
    ]
    unbuildable = [Failure(product_id, versions.get(product_id, 0), error) for product_id, error in failed.items()]
    return Snapshot(writes, [names[state] for state in LIVE_STATES if state in names], unbuildable)


def _build(product_ids: Sequence[int]) -> tuple[dict[int, bytes], dict[int, str]]:
    """Documents as JSON and errors, both by product id. A batch that fails is halved down to the products that fail."""
    try:
        with transaction.atomic():  # a savepoint: after a failed query the rest of the snapshot can still be read
            return {document["id"]: orjson.dumps(document) for document in build_documents(product_ids)}, {}
    except Exception as error:
        if len(product_ids) == 1:
            logger.exception("the document of product %s could not be built", product_ids[0])
            return {}, {product_ids[0]: f"{type(error).__name__}: {error}"}
    middle = len(product_ids) // 2
    first, first_failed = _build(product_ids[:middle])
    second, second_failed = _build(product_ids[middle:])
    return first | second, first_failed | second_failed
