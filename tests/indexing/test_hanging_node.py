"""A node of a cluster that accepts connections and answers nothing."""

import socket
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from indexing import client
from indexing.errors import EngineUnavailableError


@pytest.fixture
def hanging_node() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield "http://127.0.0.1:{1}".format(*listening.getsockname())


@pytest.fixture
def _beside_the_engine(hanging_node: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.OPENSEARCH_HOSTS = [hanging_node, *settings.OPENSEARCH_HOSTS]
    monkeypatch.setattr(client, "TIMEOUT", 1.0)
    client.sync_client.cache_clear()
    yield
    client.sync_client.cache_clear()


@pytest.mark.usefixtures("_beside_the_engine")
def test_sync_leaves_out_a_node_that_did_not_answer() -> None:
    failed = 0
    for _ in range(6):
        try:
            client.sync_client().cluster.health()
        except EngineUnavailableError:
            failed += 1
    assert failed == 1
