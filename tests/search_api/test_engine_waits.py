"""A cluster of which one node fails, and the one wait that all requests of a search share."""

import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from search_api import deadline, engine
from search_api.errors import EngineUnavailableError
from tests.search_api.conftest import Shop

pytestmark = pytest.mark.django_db

BREAKS_OFF = b""
UNWILLING = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Node:
    """Reads the beginning of each request, says what it has to say, and closes the connection."""

    def __init__(self, says: bytes) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:{1}".format(*self.listening.getsockname())
        self.says = says
        self.asked = 0

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with connection:
                self.asked += 1
                connection.recv(65536)
                connection.sendall(self.says)


@pytest.fixture(params=[BREAKS_OFF, UNWILLING], ids=["breaks connections", "is unwilling"])
def failing_node(request: pytest.FixtureRequest) -> Iterator[Node]:
    node = Node(request.param)
    thread = threading.Thread(target=node.serve)
    thread.start()
    yield node
    node.listening.shutdown(socket.SHUT_RDWR)
    node.listening.close()
    thread.join()


def test_node_that_fails_is_left_for_another(
    shop: Shop, failing_node: Node, engine_at: Callable[..., None], settings: Settings
) -> None:
    shop.sells("Oak chair")
    engine_at(failing_node.url, *settings.OPENSEARCH_HOSTS)
    found = [shop.names(f"oak chair {' ' * n}") for n in range(4)]
    assert found == [["Oak chair"]] * 4
    assert failing_node.asked
    assert not engine.breaker.is_open


def test_node_that_refuses_is_left_for_another(shop: Shop, engine_at: Callable[..., None], settings: Settings) -> None:
    shop.sells("Oak chair")
    engine_at("http://127.0.0.1:1", *settings.OPENSEARCH_HOSTS)
    assert [shop.names(f"oak chair {' ' * n}") for n in range(4)] == [["Oak chair"]] * 4


def test_waits_within_a_wait_end_with_it(settings: Settings) -> None:
    with deadline.one_wait():
        end = deadline.ends_at()
        settings.SEARCH_TIMEOUT *= 2
        with deadline.one_wait():
            assert deadline.ends_at() == end
        assert deadline.ends_at() == end
    assert deadline.ends_at() > end


def test_nothing_is_asked_when_the_time_is_used_up(
    shop: Shop, failing_node: Node, engine_at: Callable[..., None], settings: Settings
) -> None:
    del shop
    engine_at(failing_node.url)
    settings.SEARCH_TIMEOUT = engine.LEAST / 2
    with pytest.raises(EngineUnavailableError, match="took all the time"):
        engine.search({})
    assert failing_node.asked == 0
    assert not engine.breaker.is_open
