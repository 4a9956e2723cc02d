"""The one place that talks to OpenSearch: short time-outs, few retries, behind a circuit breaker."""

import functools
import logging
import os
from typing import Any

import orjson
from django.conf import settings
from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConnectionError as EngineConnectionError
from opensearchpy.exceptions import OpenSearchException, TransportError
from opensearchpy.serializer import JSONSerializer

from indexing.documents import index_alias
from search_api.breaker import CircuitBreaker
from search_api.errors import EngineUnavailableError

logger = logging.getLogger(__name__)

MAX_RETRIES = 1  # on a broken connection, never after a time-out: a second wait would double the shopper's
CONNECTIONS = 20  # kept open per process
GONE, TOO_MANY, SERVER_ERROR = 404, 429, 500  # HTTP


class _OrjsonSerializer(JSONSerializer):
    """opensearch-py's serializer with orjson in place of json: a page with facets is some 15 kB."""

    def loads(self, s: Any) -> Any:
        return orjson.loads(s)

    def dumps(self, data: Any) -> Any:
        return data if isinstance(data, str) else orjson.dumps(data).decode()


@functools.cache
def _client(_pid: int) -> OpenSearch:
    return OpenSearch(
        settings.OPENSEARCH_HOSTS,
        timeout=settings.SEARCH_TIMEOUT,
        max_retries=MAX_RETRIES,
        retry_on_timeout=False,
        pool_maxsize=CONNECTIONS,
        serializer=_OrjsonSerializer(),
        ca_certs=settings.OPENSEARCH_CA_CERTS or None,
    )


def client() -> OpenSearch:
    """The client of this process; a forked worker gets connections of its own."""
    return _client(os.getpid())


def _probe() -> bool:
    return bool(client().ping())


breaker = CircuitBreaker(_probe)


def search(body: dict[str, Any], **params: Any) -> dict[str, Any]:
    """The engine's answer to a search of the serving index."""
    return _perform("POST", f"/{index_alias()}/_search", body, params)


def multi_search(bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answers to several searches, in order, for one round trip."""
    lines = b"\n".join(line for body in bodies for line in (b"{}", orjson.dumps(body))) + b"\n"
    answers: list[dict[str, Any]] = _perform("POST", f"/{index_alias()}/_msearch", lines.decode(), {})["responses"]
    if any("error" in answer for answer in answers):
        raise EngineUnavailableError("a search of several failed")
    return answers


def open_point_in_time(keep_alive: str) -> str:
    """The id of a view of the index as it is now, that later changes do not alter."""
    path = f"/{index_alias()}/_search/point_in_time"
    return str(_perform("POST", path, None, {"keep_alive": keep_alive})["pit_id"])


def search_point_in_time(body: dict[str, Any]) -> dict[str, Any] | None:
    """The engine's answer to a search of the view that the body names; None when the view has expired."""
    try:
        return _perform("POST", "/_search", body, {})
    except EngineUnavailableError as error:
        if getattr(error.__cause__, "status_code", None) == GONE:
            return None
        raise


def _perform(method: str, path: str, body: Any, params: dict[str, Any]) -> dict[str, Any]:
    def request() -> dict[str, Any]:
        answer: dict[str, Any] = client().transport.perform_request(method, path, params=params, body=body)
        return answer

    try:
        return breaker.call(request, is_outage=_is_outage)
    except OpenSearchException as error:
        logger.warning("no answer from OpenSearch: %s", error)
        raise EngineUnavailableError(str(error)) from error


def _is_outage(error: Exception) -> bool:
    """Whether the engine is away or overloaded, rather than unwilling to answer this one request."""
    if isinstance(error, EngineConnectionError):
        return True
    status = error.status_code if isinstance(error, TransportError) else None
    return isinstance(status, int) and (status >= SERVER_ERROR or status == TOO_MANY)
