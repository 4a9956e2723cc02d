"""A cluster of which one node fails, and the time-out that all requests of a search share."""

import contextlib
import socket
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pytest_django import Settings

from indexing.errors import EngineUnavailableError
from search_api.contracts import SearchRequest
from search_api.engine import client
from search_api.services import search
from tests.factories import make_product
from tests.search_api.conftest import Shop

pytestmark = pytest.mark.django_db

BREAKS_CONNECTION = b""
NO_JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>"
UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Node:
    """Reads the beginning of each request, sends a fixed response, and closes the connection."""

    def __init__(self, response: bytes) -> None:
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:{1}".format(*self.listening.getsockname())
        self.response = response
        self.requests = 0

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listening.accept()
            except OSError:
                return
            with connection:
                self.requests += 1
                connection.recv(65536)
                connection.sendall(self.response)


class Relay(ThreadingHTTPServer):
    """A proxy to a node that leaves requests to some paths without a response."""

    daemon_threads = True

    def __init__(self, node: str) -> None:
        super().__init__(("127.0.0.1", 0), _Relaying)
        self.node = node
        self.hangs_at = "nowhere"
        self.answers_before = 0  # requests to that path that are still answered
        self.released = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Relaying(BaseHTTPRequestHandler):
    server: Relay

    def answer(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.endswith(self.server.hangs_at):
            self.server.answers_before -= 1
            if self.server.answers_before < 0:
                self.server.released.wait(30)
                return
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.server.node + self.path, content or None, headers, method=self.command)
        with urllib.request.urlopen(request) as answer:
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(answer.read())

    do_GET = do_HEAD = do_POST = answer  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def relay(engine_at: Callable[..., None], settings: Settings) -> Iterator[Relay]:
    """A proxy between searches and the engine."""
    relay = Relay(settings.OPENSEARCH_HOSTS[0])
    thread = threading.Thread(target=relay.serve_forever)
    thread.start()
    engine_at(relay.url)
    yield relay
    relay.released.set()
    relay.hangs_at = "nowhere"
    assert client.breaker.wait_until_closed(30)  # its probes come through this proxy
    relay.shutdown()
    thread.join()
    relay.server_close()


@contextlib.contextmanager
def serving(response: bytes) -> Iterator[Node]:
    node = Node(response)
    thread = threading.Thread(target=node.serve)
    thread.start()
    try:
        yield node
    finally:
        node.listening.shutdown(socket.SHUT_RDWR)
        node.listening.close()
        thread.join()


@pytest.fixture(params=[BREAKS_CONNECTION, UNAVAILABLE], ids=["breaks connections", "is unavailable"])
def failing_node(request: pytest.FixtureRequest) -> Iterator[Node]:
    with serving(request.param) as node:
        yield node


def test_another_node_is_tried_when_one_fails(
    shop: Shop, failing_node: Node, engine_at: Callable[..., None], settings: Settings
) -> None:
    shop.sells("Oak chair")
    engine_at(failing_node.url, *settings.OPENSEARCH_HOSTS)
    found = [shop.names(f"oak chair {' ' * n}") for n in range(4)]
    assert found == [["Oak chair"]] * 4
    assert failing_node.requests
    assert not client.breaker.is_open


def test_another_node_is_tried_when_one_refuses_connections(
    shop: Shop, engine_at: Callable[..., None], settings: Settings
) -> None:
    shop.sells("Oak chair")
    engine_at("http://127.0.0.1:1", *settings.OPENSEARCH_HOSTS)
    assert [shop.names(f"oak chair {' ' * n}") for n in range(4)] == [["Oak chair"]] * 4


@pytest.fixture
def gone_node() -> Iterator[str]:
    """A machine that does not even refuse connections: this one's queue for them is full."""
    with contextlib.ExitStack() as sockets:
        listening = sockets.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = sockets.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(listening.getsockname())
        yield "http://127.0.0.1:{1}".format(*listening.getsockname())


def test_another_node_is_tried_when_one_is_gone(
    shop: Shop, gone_node: str, engine_at: Callable[..., None], settings: Settings
) -> None:
    shop.sells("Oak chair")
    settings.SEARCH_TIMEOUT = 3.0
    engine_at(gone_node, *settings.OPENSEARCH_HOSTS)
    started = time.monotonic()
    assert [shop.names(f"oak chair {' ' * n}") for n in range(4)] == [["Oak chair"]] * 4
    assert settings.SEARCH_TIMEOUT / client.TRIES <= time.monotonic() - started < settings.SEARCH_TIMEOUT


def test_shared_timeout_inside_another_ends_with_the_outer_one(settings: Settings) -> None:
    with client.shared_timeout():
        end = client.timeout_ends_at()
        settings.SEARCH_TIMEOUT *= 2
        with client.shared_timeout():
            assert client.timeout_ends_at() == end
        assert client.timeout_ends_at() == end
    assert client.timeout_ends_at() > end


def test_answer_that_is_no_json_is_no_answer(engine_at: Callable[..., None]) -> None:
    with serving(NO_JSON) as node:
        engine_at(node.url)
        with pytest.raises(EngineUnavailableError):
            client.search({})


def test_no_request_is_sent_when_the_time_is_used_up(
    shop: Shop, failing_node: Node, engine_at: Callable[..., None], settings: Settings
) -> None:
    del shop
    engine_at(failing_node.url)
    settings.SEARCH_TIMEOUT = client.MIN_TIMEOUT / 2
    with pytest.raises(EngineUnavailableError, match="took all the time"):
        client.search({})
    assert failing_node.requests == 0
    assert not client.breaker.is_open


def test_hits_with_some_words_are_returned_when_the_count_of_their_facets_times_out(shop: Shop, relay: Relay) -> None:
    shop.sells("Oak chair", "Pine table")
    relay.hangs_at = "/_search"
    response = shop.search("oak table")
    assert sorted(hit["name"] for hit in response.results) == ["Oak chair", "Pine table"]
    assert (response.unfinished, response.facets["availability"]) == (True, [])


def test_hits_of_an_unfinished_search_are_not_cached(shop: Shop, relay: Relay) -> None:
    shop.sells("Oak chair", "Pine table")
    relay.hangs_at = "/_search"
    assert shop.search("oak table").unfinished
    relay.hangs_at = "nowhere"
    assert not shop.search("oak table").unfinished


def test_postgresql_answers_when_nothing_is_found_and_the_search_for_more_times_out(shop: Shop, relay: Relay) -> None:
    shop.sells("Oak chair", "Pine table")
    make_product("Oak tabel")  # not indexed yet: only PostgreSQL has it
    relay.hangs_at, relay.answers_before = "/_msearch", 1
    response = search(SearchRequest(q="tabel"))
    assert (response.degraded, [hit["name"] for hit in response.results]) == (True, ["Oak tabel"])


def test_time_out_in_the_rest_of_a_shared_timeout_is_no_outage(relay: Relay, settings: Settings) -> None:
    relay.hangs_at = "/_search"
    whole = settings.SEARCH_TIMEOUT
    for _ in range(2):
        settings.SEARCH_TIMEOUT = whole * client.FAIR_SHARE / 2
        with client.shared_timeout():
            settings.SEARCH_TIMEOUT = whole
            with pytest.raises(EngineUnavailableError):
                client.search({})
    assert not client.breaker.is_open


def test_time_out_of_a_whole_timeout_is_an_outage(relay: Relay) -> None:
    relay.hangs_at = "/_search"
    for _ in range(2):
        with pytest.raises(EngineUnavailableError):
            client.search({})
    assert client.breaker.is_open
