"""Bodies that come in chunks, and requests without the last slash, by the production web server."""

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client, override_settings

from orders.models import Order
from stores.models import Store
from tests.factories import make_stocked
from tests.orders.web import web_server
from tools.devstack.services import Web

LIMIT = 1024 * 1024  # bytes
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def web(transactional_db: None) -> Iterator[Web]:
    del transactional_db
    with web_server(processes=1) as server:
        yield server


def send(web: Web, path: str, chunks: list[bytes], method: str = "POST") -> tuple[int, Any]:
    """Status and body of the response to a body in these chunks."""
    with closing(HTTPConnection(urlsplit(web.url).netloc, timeout=60)) as connection:
        connection.request(method, path, iter(chunks), {**JSON, "Transfer-Encoding": "chunked"}, encode_chunked=True)
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"null")


def order_of(store: Store) -> bytes:
    lamp = make_stocked(store, 5)
    return json.dumps({"store_id": store.pk, "items": [{"product_id": lamp.pk, "quantity": 1}]}).encode()


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_chunked_bodies(web: Web, store: Store) -> None:
    body = order_of(store)
    assert send(web, "/orders/", [body])[0] == 201
    assert send(web, "/orders/", [body[place : place + 7] for place in range(0, len(body), 7)])[0] == 201
    assert Order.objects.count() == 2
    assert send(web, "/search/clicks/", [b'{"q": "lamp", ', b'"product_id": 1, "position": 1}'])[0] == 202
    assert send(web, "/auth/token/", [])[1]["title"] == "Bad Request"
    padded = body + b" " * (LIMIT - len(body))
    assert send(web, "/orders/", [padded])[0] == 201
    for chunks in ([padded, b" "], [b" " * 4096] * 300):
        status, problem = send(web, "/orders/", chunks)
        assert (status, problem["title"]) == (413, "Request Entity Too Large")
    assert Order.objects.count() == 3
    # Its view takes more, and reads no body of a caller who may not write.
    assert send(web, "/products/bulk/", [padded, b" "])[0] == 401
    assert send(web, "/products/bulk/", [b" " * LIMIT] * 8 + [b" "])[0] == 413


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_malformed_chunks_are_refused(web: Web) -> None:
    host = urlsplit(web.url)
    head = f"POST /orders/ HTTP/1.1\r\nHost: {host.netloc}\r\nContent-Type: application/json\r\n".encode()
    for chunks in (
        b"zz\r\n",  # no size
        b"-1\r\n",
        b"2\r\n{}no end\r\n",
        b"2;a=\r1\r\n{}\r\n0\r\n\r\n",  # a bad extension
        b"2\r\n{}\r\n0\r\nbad trailer\r\n\r\n",
        b"f" * 9000,
    ):
        with closing(socket.create_connection((str(host.hostname), host.port or 80), timeout=60)) as connection:
            connection.sendall(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks)
            connection.shutdown(socket.SHUT_WR)
            response = HTTPResponse(connection)
            response.begin()
            assert (response.status, json.loads(response.read())["type"]) == (400, "/problems/malformed-request")


@pytest.mark.service
@pytest.mark.django_db
def test_body_of_which_the_web_server_passes_nothing_on_is_too_large(client: Client) -> None:
    nothing: dict[str, Any] = {"CONTENT_LENGTH": "20000001", "wsgi.input": BytesIO()}
    response = client.generic("POST", "/orders/", b"{}", "application/json", **nothing)
    assert (response.status_code, response["Content-Type"]) == (413, "application/problem+json")


@pytest.mark.service
@pytest.mark.django_db
def test_chunks_that_the_web_server_does_not_join_are_refused(client: Client) -> None:
    response = client.post("/orders/", {}, content_type="application/json", headers={"Transfer-Encoding": "chunked"})
    assert (response.status_code, response["Content-Type"]) == (411, "application/problem+json")


@pytest.mark.service
@pytest.mark.django_db
@pytest.mark.parametrize("debug", [False, True])
def test_missing_slash_leaves_the_method_as_it_is(client: Client, store: Store, debug: bool) -> None:  # noqa: FBT001
    body = order_of(store)
    with override_settings(DEBUG=debug):
        redirect = client.post("/orders", body, content_type="application/json")
        placed = client.post("/orders", body, content_type="application/json", follow=True)
    assert (redirect.status_code, redirect["Location"], placed.status_code) == (308, "/orders/", 201)
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)("/stores/1/inventory/1?q=1").status_code == 308
    assert client.get("/stores?page=1").status_code == 301
