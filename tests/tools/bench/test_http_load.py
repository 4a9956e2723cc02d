"""The two kinds of load of the load generator, on a real server in a thread."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tools.bench.errors import BenchError
from tools.bench.load import Load
from tools.bench.wire import Request

pytestmark = pytest.mark.unit


class Handler(BaseHTTPRequestHandler):
    """/missing answers 404, /stall is slow once, /chunked has chunks, /close ends the connection."""

    protocol_version = "HTTP/1.1"
    stalls = 0

    def do_GET(self) -> None:
        if self.path == "/stall" and Handler.stalls > 0:
            Handler.stalls -= 1
            time.sleep(0.3)
        self.send_response(404 if self.path == "/missing" else 200)
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"2\r\nok\r\n0\r\n\r\n")
            return
        if self.path == "/close":
            self.send_header("Connection", "close")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201 if body == b'{"a": 1}' else 400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the parent's signature
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_port}/"
        serving.shutdown()


@pytest.mark.parametrize("path", ["/", "/chunked", "/close"])
def test_closed_loop_counts_every_response(server: str, path: str) -> None:
    outcome = Load(server, [Request(path)], seconds=0.2, connections=2).run()
    figures = outcome.figures()
    assert len(outcome.milliseconds) > 2
    assert 0 < figures["p50"] <= figures["p95"] <= figures["p99"] <= figures["max"]


def test_posts_its_body(server: str) -> None:
    request = Request("/", method="POST", body='{"a": 1}')
    assert Load(server, [request], seconds=0.1, expected={201}).run().milliseconds


def test_fixed_rate_sends_as_many_as_fall_due(server: str) -> None:
    assert len(Load(server, [Request("/")], seconds=0.5, connections=4, rate=100).run().milliseconds) == 50


def test_stall_counts_for_every_request_that_it_delays(server: str) -> None:
    Handler.stalls = 1
    outcome = Load(server, [Request("/stall")], seconds=0.4, connections=1, rate=50).run()
    late = [ms for ms in outcome.milliseconds if ms > 100]
    assert len(late) >= 8  # a closed loop would have seen one


def test_unexpected_status_is_an_error(server: str) -> None:
    with pytest.raises(BenchError, match=r"missing.*404"):
        Load(server, [Request("/missing")], seconds=0.1).run()


def test_background_load_fails_its_block(server: str) -> None:
    with pytest.raises(BenchError, match="404"), Load(server, [Request("/missing")], seconds=0.1).in_background():
        pass
