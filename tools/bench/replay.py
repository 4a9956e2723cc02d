"""Finds the requests that the API sends to OpenSearch, to measure them without the API."""

from collections.abc import Sequence
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from django.test import Client, override_settings

from search_api.engine.client import opensearch
from tools.bench.errors import BenchError
from tools.bench.wire import Request


def engine_requests(requests: Sequence[Request]) -> tuple[list[Request], list[Request]]:
    """The API requests that send one request to OpenSearch, and that request, in the same order.

    A search with poor results sends a second, relaxed request: there is no single raw request to
    compare it with.
    """
    sent: list[Request] = []
    connection_class = type(opensearch().transport.get_connection())
    perform = connection_class.perform_request

    def record(connection: Any, method: str, url: str, *options: Any, **named: Any) -> Any:
        params, body, *_ = [*options, None, None]
        path = f"{url}?{urlencode(params)}" if params else url
        sent.append(Request(path, method=method, body=(body or b"").decode()))
        return perform(connection, method, url, *options, **named)

    api = Client(headers={"host": "localhost"})
    simple, raw = [], []
    with patch.object(connection_class, "perform_request", record), override_settings(SEARCH_CACHE_SECONDS=0):
        for request in requests:
            sent.clear()
            status = api.get(request.path).status_code
            if status != 200:  # noqa: PLR2004 - HTTP's OK
                raise BenchError(f"{request.path} answered {status}")
            if len(sent) == 1:
                simple.append(request)
                raw += sent
    if not simple:
        raise BenchError("no API request sent exactly one request to OpenSearch: is the result cached, or degraded?")
    return simple, raw
