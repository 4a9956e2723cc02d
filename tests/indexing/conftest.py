"""A real index for each test, and functions that read it."""

from collections.abc import Iterator
from time import sleep
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from indexing import claims, indices, reindex, sync
from indexing.client import sync_client
from indexing.documents import build_documents, mapping
from indexing.models import PhysicalIndex, SyncState
from indexing.names import index_alias, new_index_name, write_alias
from indexing.reindex import Plan
from products.models import Product
from tests.factories import make_product

Documents = dict[int, dict[str, Any]]
STORES = "available_store_ids"
CLOCK_TICK = 0.4  # s; OpenSearch tells the age of a deletion by a clock that moves every 0.2 s
LEASE = 300.0  # s; a busy machine must not end leases that a test does not end itself


class SearchIndex:
    """The index that serves in this test."""

    def rebuild(self, **plan: Any) -> str:
        """Run a whole reindex; returns the name of the new serving index."""
        return reindex.reindex(Plan(**plan)).index

    @property
    def name(self) -> str:
        serving = reindex.serving_index()
        assert serving is not None
        return serving.name

    def sync(self) -> sync.Totals:
        """Write everything that is due now."""
        return sync.sync_due()

    def documents(self, index: str = "") -> Documents:
        """{id: document} as searches see them; of the index that the alias points at unless another is named."""
        body = {"size": 10_000, "docvalue_fields": [STORES]}
        hits = sync_client().search(index=index or index_alias(), body=body)["hits"]["hits"]
        return {int(hit["_id"]): {**hit["_source"], STORES: hit.get("fields", {}).get(STORES, [])} for hit in hits}

    def ids(self) -> set[int]:
        return set(self.documents())

    def forget_deletions(self, index: str = "") -> None:
        """Make OpenSearch forget the versions of deletions, as a restart does."""
        client = sync_client()
        client.indices.put_settings(index=index or self.name, body={"index.gc_deletes": "0ms"})
        sleep(CLOCK_TICK)
        client.indices.refresh(index=index or self.name)


def expected_documents() -> Documents:
    """What of each document the index should give back, from PostgreSQL."""
    documents = build_documents(Product.objects.values_list("pk", flat=True))
    return {document["id"]: given_back(document) for document in documents}


def given_back(document: dict[str, Any]) -> dict[str, Any]:
    """The fields that can be read from the index, and are not only searched."""
    return {field: document[field] for field in (*mapping()["_source"]["includes"], STORES)}


def version_of(product_id: int) -> int:
    return SyncState.objects.get(pk=product_id).version


def unbuildable_product() -> Product:
    """A product with a date that PostgreSQL accepts and Python cannot read."""
    product = make_product()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE products_product SET created_at = '0044-03-15 BC' WHERE id = %s", [product.pk])
    return product


def narrow_mapping() -> dict[str, Any]:
    """A mapping that refuses a popularity above 127, as one of an earlier release might."""
    narrow = mapping()
    narrow["properties"]["popularity"] = {"type": "byte"}
    return narrow


def another_session_waits_for_a_lock() -> bool:
    """Whether another session waits for an advisory lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
        return bool(cursor.fetchone()[0])


def delete_indices() -> None:
    for name in sync_client().indices.get(index=f"{index_alias()}*"):
        indices.delete(name)


def make_serving_index() -> None:
    """The same index as after a reindex of an empty catalogue, by one request."""
    name = new_index_name()
    sync_client().indices.create(
        index=name, body=indices.body() | {"aliases": {index_alias(): {}, write_alias(name): {}}}
    )
    PhysicalIndex.objects.create(
        name=name, state=PhysicalIndex.State.SERVING, mapping=indices.fingerprint(), serving_since=timezone.now()
    )


@pytest.fixture
def index(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[SearchIndex]:
    """An empty index that serves. Sync commits, so the test has no transaction around it."""
    del transactional_db
    monkeypatch.setattr(claims, "LEASE", LEASE)
    delete_indices()
    make_serving_index()
    yield SearchIndex()
    delete_indices()


def segments(name: str) -> int:
    found = sync_client().indices.stats(index=name, metric="segments")
    return int(found["_all"]["primaries"]["segments"]["count"])
