"""OpenSearch restarts, and so forgets deletions, between a deletion and a late write."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from indexing import claims, client, sync
from indexing.errors import EngineUnavailableError
from indexing.models import SyncState
from products.models import Product
from tests.factories import make_product
from tests.indexing.conftest import LEASE, SearchIndex, delete_indices, make_serving_index
from tests.indexing.test_sync_order import let_late_writers_end, let_leases_end
from tests.indexing.workers import Worker
from tools.devstack.services import OpenSearch, State

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def opensearch() -> Iterator[OpenSearch]:
    """A node for these tests only."""
    state = State.throwaway()
    node = OpenSearch(state, nodes=1, fast_start=True)
    try:
        node.launch()
        node.wait_ready()
        yield node
    finally:
        node.stop()
        state.remove()


@pytest.fixture
def index(opensearch: OpenSearch, transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[SearchIndex]:
    del transactional_db
    monkeypatch.setattr(claims, "LEASE", LEASE)
    with override_settings(OPENSEARCH_HOSTS=[opensearch.url]):
        client.sync_client.cache_clear()
        delete_indices()
        make_serving_index()
        yield SearchIndex()
    client.sync_client.cache_clear()


def restart(opensearch: OpenSearch) -> None:
    opensearch.stop()
    opensearch.start()


def deleted_while_a_worker_sleeps() -> Worker:
    """Delete a product and sync it, while a slow worker still has to send its document."""
    make_product()
    slow = Worker().claim().read()
    let_leases_end()
    Product.objects.all().delete()
    Worker().claim().read().send().record()
    return slow


def test_a_late_write_after_a_restart_is_noticed_and_undone(opensearch: OpenSearch, index: SearchIndex) -> None:
    slow = deleted_while_a_worker_sleeps()
    restart(opensearch)

    slow.send().record()
    assert len(index.ids()) == 1, "OpenSearch still knew the deletion, so this test proves nothing"

    index.sync()
    assert index.ids() == set()


def test_a_late_write_after_a_restart_by_a_worker_that_died_is_undone(
    opensearch: OpenSearch, index: SearchIndex
) -> None:
    slow = deleted_while_a_worker_sleeps()
    restart(opensearch)

    slow.send()
    assert len(index.ids()) == 1, "OpenSearch still knew the deletion, so this test proves nothing"

    let_late_writers_end()
    index.sync()
    assert index.ids() == set()


def test_while_opensearch_is_down_everything_stays_due(opensearch: OpenSearch, index: SearchIndex) -> None:
    product = make_product()
    opensearch.stop()
    try:
        with pytest.raises(EngineUnavailableError):
            sync.sync_due()
        assert SyncState.objects.get(pk=product.pk).attempts == 0
    finally:
        opensearch.start()

    index.sync()
    assert index.ids() == {product.pk}


def test_batch_is_due_again_when_opensearch_stops_during_a_sync(
    opensearch: OpenSearch, index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = make_product()
    monkeypatch.setattr(sync, "ping", lambda: None)
    opensearch.stop()
    try:
        with pytest.raises(EngineUnavailableError):
            sync.sync_due()
    finally:
        opensearch.start()

    index.sync()
    assert index.ids() == {product.pk}
    assert SyncState.objects.get(pk=product.pk).attempts == 0
