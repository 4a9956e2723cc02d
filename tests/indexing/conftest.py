"""A real index of one test, and words to say what is in it."""

from collections.abc import Iterator
from typing import Any

import pytest

from indexing import indices, reindex, sync
from indexing.client import sync_client
from indexing.documents import build_documents
from indexing.models import SyncState
from indexing.names import index_alias
from indexing.reindex import Plan
from products.models import Product

Documents = dict[int, dict[str, Any]]


class SearchIndex:
    """The index that serves in this test."""

    def rebuild(self, **plan: Any) -> str:
        """Run a whole reindex; the name of the index that serves then."""
        return reindex.reindex(Plan(**plan)).index

    @property
    def name(self) -> str:
        serving = reindex.serving_index()
        assert serving is not None
        return serving.name

    def sync(self) -> sync.Totals:
        """Bring it up to date with all that is due now."""
        return sync.sync_due()

    def documents(self, index: str = "") -> Documents:
        """{id: document} as searches see them; of what the alias points at unless an index is named."""
        answer = sync_client().search(index=index or index_alias(), body={"size": 10_000})
        return {int(hit["_id"]): hit["_source"] for hit in answer["hits"]["hits"]}

    def ids(self) -> set[int]:
        return set(self.documents())

    def put(self, product_id: int, version: int, **document: Any) -> None:
        """Write a document of an old version, as a late writer would."""
        sync_client().index(
            index=self.name,
            id=str(product_id),
            body={"id": product_id, **document},
            params={"version": version, "version_type": "external", "refresh": "true"},
        )


def expected_documents() -> Documents:
    """What the index should hold, from PostgreSQL."""
    return {document["id"]: document for document in build_documents(Product.objects.values_list("pk", flat=True))}


def version_of(product_id: int) -> int:
    return SyncState.objects.get(pk=product_id).version


def delete_indices() -> None:
    for name in sync_client().indices.get(index=f"{index_alias()}*"):
        indices.delete(name)


@pytest.fixture
def index(transactional_db: None) -> Iterator[SearchIndex]:
    """An empty index that serves; sync commits, so that such a test works without a transaction around it."""
    del transactional_db
    delete_indices()
    opened = SearchIndex()
    opened.rebuild()
    yield opened
    delete_indices()
