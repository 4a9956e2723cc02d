"""A server before OpenSearch that refuses large requests, as nginx refuses more than 1 MB by default."""

import threading
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_django import Settings

from indexing import sync
from indexing.client import sync_client
from indexing.models import SyncState
from tests.factories import make_product
from tests.indexing.conftest import SearchIndex, expected_documents

MOST = 20_000  # bytes of a request
TOO_LARGE = b"too large"


class Proxy(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, host: str, port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = (host, port)
        self.refused = 0


class _Handler(BaseHTTPRequestHandler):
    server: Proxy
    protocol_version = "HTTP/1.1"

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if len(body) > MOST:
            self.server.refused += 1
            self.answer(413, "text/plain", TOO_LARGE)
            return
        engine = HTTPConnection(*self.server.target, timeout=30)
        try:
            engine.request(self.command, self.path, body, dict(self.headers))
            response = engine.getresponse()
            self.answer(response.status, response.headers.get("Content-Type", ""), response.read())
        finally:
            engine.close()

    def answer(self, status: int, kind: str, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = pass_on  # noqa: N815 - the names that http.server looks for

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def proxy(index: SearchIndex, settings: Settings) -> Iterator[Proxy]:
    """Sync reaches the index through it."""
    del index
    hosts = settings.OPENSEARCH_HOSTS
    engine = urlsplit(hosts[0])
    assert engine.scheme == "http"
    with Proxy(str(engine.hostname), int(engine.port or 0)) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        address = f"127.0.0.1:{server.server_port}"
        login, at, _ = engine.netloc.rpartition("@")
        settings.OPENSEARCH_HOSTS = [f"http://{login}{at}{address}"]
        sync_client.cache_clear()
        yield server
        server.shutdown()
    settings.OPENSEARCH_HOSTS = hosts
    sync_client.cache_clear()


def test_batch_that_is_too_large_for_a_request_is_sent_in_parts(index: SearchIndex, proxy: Proxy) -> None:
    for _ in range(5):
        make_product(description="a large lamp " * 500)
    assert index.sync() == sync.Totals(synced=5)
    assert proxy.refused > 0
    assert index.documents() == expected_documents()


def test_product_that_is_too_large_for_a_request_is_parked_and_the_others_are_indexed(
    index: SearchIndex, proxy: Proxy
) -> None:
    fine = [make_product(), make_product()]
    large = make_product(description="a large lamp " * 2000)
    fine.append(make_product())
    assert index.sync() == sync.Totals(synced=3, refused=1)
    assert proxy.refused > 0
    state = SyncState.objects.get(pk=large.pk)
    assert "413" in state.error
    assert list(SyncState.objects.parked()) == [state]
    assert index.ids() == {product.pk for product in fine}
