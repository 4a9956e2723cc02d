"""Documents and their versions, read in one database snapshot."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

import orjson
from django.db import transaction

from foundation.any_of import AnyOf
from foundation.garbage import collector_paused
from foundation.transactions import repeatable_read
from indexing import vectors
from indexing.claims import Failure
from indexing.documents import build_documents
from indexing.models import PhysicalIndex, SyncState

logger = logging.getLogger(__name__)

LIVE_STATES = (PhysicalIndex.State.SERVING, PhysicalIndex.State.BUILDING)


@dataclass(frozen=True, slots=True)
class Write:
    """The state of a product at a version: its document as JSON, or None when the index must not have it.

    `vector`: its vector as JSON, for the indices that map one; empty while it has none.
    """

    product_id: int
    version: int
    source: bytes | None
    vector: bytes = b""

    def document(self, *, with_vector: bool) -> bytes | None:
        if not (self.source and self.vector and with_vector):
            return self.source
        return b'%b,"%b":%b}' % (self.source[:-1], vectors.FIELD.encode(), self.vector)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The writes for a batch of products, and the indices that receive live changes, the serving one first.

    The indices are read in the same snapshot: every change after a new index was registered reaches it.
    `with_vectors`: those of them that map vectors of this process's model.
    """

    writes: list[Write]
    indices: list[str]
    unbuildable: list[Failure] = field(default_factory=list)
    with_vectors: frozenset[str] = frozenset()

    @property
    def without_vector(self) -> list[int]:
        """Products whose documents should have a vector and have none yet."""
        return [write.product_id for write in self.writes if self.with_vectors and write.source and not write.vector]


def read_snapshot(product_ids: Sequence[int]) -> Snapshot:
    """Build the documents of the products. One that cannot be built is reported and does not stop the others."""
    with repeatable_read():
        versions = dict(SyncState.objects.filter(AnyOf("pk", product_ids)).values_list("product_id", "version"))
        live = list(PhysicalIndex.objects.filter(state__in=LIVE_STATES).values_list("state", "name", "vectors"))
        model = vectors.current_model()
        with_vectors = frozenset(name for _, name, its_model in live if model and its_model == model)
        texts = vectors.read_texts(product_ids) if with_vectors else []
        sources, failed = _build(product_ids)
    names = {state: name for state, name, _ in live}
    made = {text.product_id: vectors.as_json(text.vector) for text in texts if text.vector is not None}
    writes = [
        Write(product_id, versions[product_id], sources.get(product_id), made.get(product_id, b""))
        for product_id in product_ids
        if product_id in versions and product_id not in failed
    ]
    unbuildable = [Failure(product_id, versions.get(product_id, 0), error) for product_id, error in failed.items()]
    indices = [names[state] for state in LIVE_STATES if state in names]
    return Snapshot(writes, indices, unbuildable, with_vectors)


def _build(product_ids: Sequence[int]) -> tuple[dict[int, bytes], dict[int, str]]:
    """Documents as JSON and errors, both by product id. A batch that fails is halved down to the products that fail."""
    try:
        # A savepoint: after a failed query the rest of the snapshot can still be read.
        with transaction.atomic(), collector_paused():
            return {document["id"]: orjson.dumps(document) for document in build_documents(product_ids)}, {}
    except Exception as error:
        if len(product_ids) == 1:
            logger.exception("the document of product %s could not be built", product_ids[0])
            return {}, {product_ids[0]: f"{type(error).__name__}: {error}"}
    middle = len(product_ids) // 2
    first, first_failed = _build(product_ids[:middle])
    second, second_failed = _build(product_ids[middle:])
    return first | second, first_failed | second_failed
