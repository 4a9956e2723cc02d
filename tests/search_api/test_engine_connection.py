"""The connection to a node of OpenSearch: what it returns, and the error for each way to fail."""

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opensearchpy.exceptions import ConnectionError as NoConnectionError
from opensearchpy.exceptions import ConnectionTimeout, NotFoundError, SSLError
from urllib3 import Timeout

from search_api.engine.curl import CurlConnection
from tests.certificates import self_signed

pytestmark = pytest.mark.unit

HANGS = "/hangs"
Requests = list[tuple[str, str, str, bytes]]


class Node(ThreadingHTTPServer):
    """Records requests; answers /404 with 404, /hangs with nothing, and any other path with JSON."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: Requests = []
        self.connections = 0
        self.released = threading.Event()

    @property
    def port(self) -> int:
        return self.server_port


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Node

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.requests.append((self.command, self.path, self.headers.get("Authorization", ""), body))
        if self.path == HANGS:
            self.server.released.wait(30)
        content = b'{"error": "gone"}' if self.path == "/404" else b'{"found": 1}'
        self.send_response(404 if self.path == "/404" else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content if self.command != "HEAD" else b"")

    do_GET = do_POST = do_HEAD = answer  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture
def node() -> Iterator[Node]:
    with _serving(Node()) as serving:
        yield serving


class _serving:  # noqa: N801 - used like a function
    def __init__(self, node: Node) -> None:
        self.node = node
        self.thread = threading.Thread(target=node.serve_forever)

    def __enter__(self) -> Node:
        self.thread.start()
        return self.node

    def __exit__(self, *_: object) -> None:
        self.node.released.set()
        self.node.shutdown()
        self.thread.join()
        self.node.server_close()


def to(node: Node, **options: Any) -> CurlConnection:
    return CurlConnection(host="127.0.0.1", port=node.port, timeout=5, **options)


def test_response_is_status_content_type_and_content(node: Node) -> None:
    answer = to(node).perform_request("POST", "/i/_search", params={"size": 2}, body=b'{"a": 1}')
    assert answer == (200, {"content-type": "application/json"}, b'{"found": 1}')
    assert node.requests == [("POST", "/i/_search?size=2", "", b'{"a": 1}')]


def test_proxy_of_the_environment_is_not_used(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    assert to(node).perform_request("GET", "/")[0] == 200


def test_connection_is_reused_for_any_method(node: Node) -> None:
    connection = to(node)
    for method in ("POST", "HEAD", "GET", "POST"):
        connection.perform_request(method, "/", body=b"{}" if method == "POST" else None)
    assert [(method, body) for method, _, _, body in node.requests] == [
        ("POST", b"{}"),
        ("HEAD", b""),
        ("GET", b""),
        ("POST", b"{}"),
    ]
    assert node.connections == 1


def test_each_thread_has_a_connection(node: Node) -> None:
    connection = to(node)
    threads = [threading.Thread(target=connection.perform_request, args=["GET", "/"]) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert node.connections == 3


@pytest.mark.parametrize("password", [("shop", "pass:word"), "shop:pass:word"])
def test_password_is_sent(node: Node, password: object) -> None:
    to(node, http_auth=password).perform_request("GET", "/")
    assert node.requests[0][2] == "Basic c2hvcDpwYXNzOndvcmQ="


def test_error_status_is_raised_with_the_message_of_the_engine(node: Node) -> None:
    with pytest.raises(NotFoundError) as caught:
        to(node).perform_request("GET", "/404")
    assert (caught.value.status_code, caught.value.error) == (404, "gone")
    assert to(node).perform_request("GET", "/404", ignore=(404,))[0] == 404


def test_slow_node_is_a_time_out(node: Node) -> None:
    with pytest.raises(ConnectionTimeout):
        to(node).perform_request("GET", HANGS, timeout=Timeout(connect=5, total=0.1))
    assert to(node).perform_request("GET", "/")[0] == 200


def test_node_that_refuses_is_not_a_time_out(node: Node) -> None:
    port = node.port
    node.server_close()
    with pytest.raises(NoConnectionError) as caught:
        CurlConnection(host="127.0.0.1", port=port, timeout=5).perform_request("GET", "/")
    assert not isinstance(caught.value, ConnectionTimeout)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return self_signed(tmp_path)


@pytest.fixture
def node_with_tls(certificate: Path) -> Iterator[Node]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    node = Node()
    node.socket = context.wrap_socket(node.socket, server_side=True)
    with _serving(node) as serving:
        yield serving


def test_certificate_is_checked(node_with_tls: Node, certificate: Path) -> None:
    trusting = to(node_with_tls, use_ssl=True, ca_certs=str(certificate))
    assert trusting.perform_request("GET", "/")[0] == 200
    with pytest.raises(SSLError):
        to(node_with_tls, use_ssl=True).perform_request("GET", "/")
