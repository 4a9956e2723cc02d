"""Documents and their versions, read at one moment."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection, transaction

from indexing.claims import Refused
from indexing.documents import build_documents
from indexing.models import PhysicalIndex, SyncState

logger = logging.getLogger(__name__)

LIVE_STATES = (PhysicalIndex.State.SERVING, PhysicalIndex.State.BUILDING)


@dataclass(frozen=True, slots=True)
class Write:
    """What the index should hold of a product at a version: a document as JSON, or nothing (None)."""

    product_id: int
    version: int
    source: bytes | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What to write for a batch of products, and the names of the indices that live changes go to, serving one first.

    A building index is read here, with the documents: whatever changes after it was registered reaches it too.
    """

    writes: list[Write]
    indices: list[str]
    unbuildable: list[Refused] = field(default_factory=list)


@contextmanager
def one_moment() -> Iterator[None]:
    """A read-only transaction in which every query sees the database as it was at the first one."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def read_snapshot(product_ids: Sequence[int]) -> Snapshot:
    """Build the documents of the products. One that cannot be built is reported; it does not stop the others."""
    with one_moment():
        versions = dict(SyncState.objects.filter(pk__in=product_ids).values_list("product_id", "version"))
        names = dict(PhysicalIndex.objects.filter(state__in=LIVE_STATES).values_list("state", "name"))
        sources, failed = _sources(product_ids)
    writes = [
        Write(product_id, versions[product_id], sources.get(product_id))
        for product_id in product_ids
        if product_id in versions and product_id not in failed
    ]
    unbuildable = [Refused(product_id, versions.get(product_id, 0), error) for product_id, error in failed.items()]
    return Snapshot(writes, [names[state] for state in LIVE_STATES if state in names], unbuildable)


def _sources(product_ids: Sequence[int]) -> tuple[dict[int, bytes], dict[int, str]]:
    try:
        return _build(product_ids), {}
    except Exception as error:
        if len(product_ids) == 1:
            logger.exception("product %s cannot be made a document", product_ids[0])
            return {}, {product_ids[0]: f"{type(error).__name__}: {error}"}
        return _halved(product_ids)


def _halved(product_ids: Sequence[int]) -> tuple[dict[int, bytes], dict[int, str]]:
    """Each half by itself, and so on down to the products that fail."""
    middle = len(product_ids) // 2
    first, first_failed = _sources(product_ids[:middle])
    second, second_failed = _sources(product_ids[middle:])
    return first | second, first_failed | second_failed


def _build(product_ids: Sequence[int]) -> dict[int, bytes]:
    with transaction.atomic():  # a savepoint: after a failed query the rest of the snapshot can still be read
        return {
            document["id"]: orjson.dumps(document, default=_as_json, option=orjson.OPT_NON_STR_KEYS)
            for document in build_documents(product_ids)
        }


def _as_json(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON")
