"""OpenSearch comes back without the k-NN plugin, and so cannot open the index with vectors."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from indexing import ensure, indices, sync, vectors
from indexing.client import sync_client
from indexing.models import PhysicalIndex
from indexing.reindex import Plan, reindex
from indexing.tasks import encode_vectors
from search_api.contracts import SearchRequest
from search_api.engine import client
from search_api.services import search
from tests.environment import SENTENCE_MODEL
from tests.eventually import eventually
from tests.factories import make_product
from tools.devstack.services import OpenSearch, State, opensearch
from tools.devstack.services.health import http_answers
from tools.devstack.services.opensearch_distribution import distribution

pytestmark = [
    pytest.mark.faults,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not SENTENCE_MODEL, reason="SEMANTIC_MODEL_PATH names no model"),
]


@pytest.fixture
def own_engine(settings: Settings) -> Iterator[OpenSearch]:
    """An OpenSearch of this test, which everything uses."""
    state = State.throwaway()
    engine = OpenSearch(state)
    engine.start()
    settings.OPENSEARCH_HOSTS = [engine.url]
    clear_clients()
    yield engine
    engine.stop()
    state.remove()
    clear_clients()


def clear_clients() -> None:
    sync_client.cache_clear()
    client._client.cache_clear()  # noqa: SLF001 - made once per process
    client.breaker.reset()


@pytest.fixture
def without_plugin(own_engine: OpenSearch, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Uninstalls the plugin: the next start is of a distribution without it."""

    def uninstall() -> None:
        home = distribution(own_engine.state)
        without = own_engine.state.folder / "without-plugin"
        shutil.copytree(home, without, copy_function=lambda source, target: Path(target).hardlink_to(source))
        shutil.rmtree(without / "plugins" / vectors.PLUGIN)
        monkeypatch.setattr(opensearch, "distribution", lambda _: without)

    return uninstall


def test_index_is_rebuilt_without_vectors(
    own_engine: OpenSearch, without_plugin: Callable[[], None], settings: Settings
) -> None:
    settings.SEMANTIC_MODEL_PATH = SENTENCE_MODEL
    lamp = make_product("Table lamp")
    reindex(Plan())
    vectors.encode_missing()
    sync.sync_due()
    encode_vectors()
    assert vectors.usable()

    own_engine.stop()
    without_plugin()
    own_engine.launch()
    eventually(lambda: http_answers(own_engine.url), within=90)
    client.breaker.reset()
    assert search(SearchRequest(q="lamp")).degraded

    ensure.ensure_index()
    client.breaker.reset()
    # What words name is not read again for a second after it could not be.
    eventually(lambda: not search(SearchRequest(q="lamp")).degraded)
    found = search(SearchRequest(q="lamp"))
    assert [hit["id"] for hit in found.results] == [lamp.pk]
    assert PhysicalIndex.objects.get().vectors == ""
    assert own_engine.answers()  # no index is left that cannot be opened
    assert indices.count(PhysicalIndex.objects.get().name) == 1
