"""What an API request asks of OpenSearch, found out by watching: the raw side of a comparison sends just that."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from django.test import Client, override_settings

from search_api.engine.curl import CurlConnection
from tools.bench.errors import BenchError
from tools.bench.wire import Request


def engine_requests(requests: Sequence[Request]) -> tuple[list[Request], list[Request]]:
    """Those API requests that ask OpenSearch once, and what each of them asks, in the same order.

    A request whose first answer is poor asks again, in other words; it has no single raw request to be compared with.
    """
    client = Client(headers={"host": "localhost"})
    simple, raw = [], []
    for request in requests:
        with _watched() as asked, override_settings(SEARCH_CACHE_SECONDS=0):
            status = client.get(request.path).status_code
        if status != 200:  # noqa: PLR2004 - HTTP's OK
            raise BenchError(f"{request.path} answered {status}")
        if len(asked) == 1:
            simple.append(request)
            raw += asked
    if not simple:
        raise BenchError("no API request asked OpenSearch exactly once: is it served from the cache, or degraded?")
    return simple, raw


@contextmanager
def _watched() -> Iterator[list[Request]]:
    """The requests that reach OpenSearch within the block."""
    asked: list[Request] = []
    perform: Callable[..., Any] = CurlConnection.perform_request

    def record(self: CurlConnection, method: str, url: str, params: Any, body: bytes | None, **options: Any) -> Any:
        asked.append(_raw(method, url, params, body))
        return perform(self, method, url, params, body, **options)

    with patch.object(CurlConnection, "perform_request", record):
        yield asked


def _raw(method: str, url: str, params: Mapping[str, Any], body: bytes | None) -> Request:
    return Request(f"{url}?{urlencode(params)}" if params else url, method=method, body=(body or b"").decode())
