"""The one place that talks to OpenSearch: short time-outs, few retries, behind a circuit breaker."""

import functools
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import orjson
from django.conf import settings
from opensearchpy import OpenSearch
from opensearchpy.exceptions import ConnectionError as EngineConnectionError
from opensearchpy.exceptions import ConnectionTimeout, OpenSearchException, TransportError

from foundation.circuit_breaker import CircuitBreaker, CircuitOpenError
from indexing.documents import index_alias
from indexing.errors import EngineUnavailableError
from search_api.engine.curl import CurlConnection, Within

logger = logging.getLogger(__name__)

# A node that refuses, or that breaks a connection, is left for another one at once. Nothing is tried after a time-out:
# a second wait would double the shopper's.
TRIES = max(2, len(settings.OPENSEARCH_HOSTS))
LEAST = 0.02  # s; with less left a request would only be in vain
FAIR_SHARE = 0.5  # of SEARCH_TIMEOUT; that a request with less of it gets no answer in time says little of the engine
GONE, TOO_MANY, SERVER_ERROR = 404, 429, 500  # HTTP
_ends_at: ContextVar[float | None] = ContextVar("end of the shared timeout", default=None)
OF_ONE_NODE = {502, 503, 504}  # HTTP, too: what another node may still answer


class TooLittleTimeError(OpenSearchException):
    """No answer within what the requests before had left: no sign of an outage, since they were answered."""


@functools.cache
def _client(_pid: int) -> OpenSearch:
    return OpenSearch(
        settings.OPENSEARCH_HOSTS,
        timeout=settings.SEARCH_TIMEOUT,
        max_retries=0,
        connection_class=CurlConnection,
        ca_certs=settings.OPENSEARCH_CA_CERTS or None,
    )


def opensearch() -> OpenSearch:
    """The client of this process; a forked worker gets connections of its own."""
    return _client(os.getpid())


@contextmanager
def shared_timeout() -> Iterator[None]:
    """All requests in the body share one SEARCH_TIMEOUT; in a body within another one, the outer one's."""
    token = _ends_at.set(timeout_ends_at())
    try:
        yield
    finally:
        _ends_at.reset(token)


def timeout_ends_at() -> float:
    """On the monotonic clock; outside `shared_timeout`, a whole SEARCH_TIMEOUT from now."""
    end = _ends_at.get()
    return time.monotonic() + settings.SEARCH_TIMEOUT if end is None else end


def _is_outage(error: Exception) -> bool:
    """Whether the engine is away or overloaded, rather than unwilling to answer this one request."""
    if isinstance(error, EngineConnectionError):
        return True
    status = error.status_code if isinstance(error, TransportError) else None
    return isinstance(status, int) and (status >= SERVER_ERROR or status == TOO_MANY)


breaker = CircuitBreaker(
    "OpenSearch",
    rest=1.0,  # s
    probe=lambda: opensearch().ping(),
    is_outage=_is_outage,
    threshold=2,  # one may be a node that restarts
)


def search(body: dict[str, Any], **params: Any) -> dict[str, Any]:
    """The engine's answer to a search of the serving index."""
    return _perform("POST", f"/{index_alias()}/_search", body, params)


def multi_search(bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The answers to several searches, in order, for one round trip."""
    lines = b"\n".join(line for body in bodies for line in (b"{}", orjson.dumps(body))) + b"\n"
    answers: list[dict[str, Any]] = _perform("POST", f"/{index_alias()}/_msearch", lines, {})["responses"]
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
    content = body if isinstance(body, bytes) else body and orjson.dumps(body)
    ask = functools.partial(_answer_of_a_node, method, path, params, content)
    end = timeout_ends_at()
    if end - time.monotonic() < LEAST:
        raise EngineUnavailableError("the requests before this one took all the time there is")
    try:
        with breaker:
            answer: dict[str, Any] = _answer_in_time(ask, end)
    except CircuitOpenError as error:
        raise EngineUnavailableError(str(error)) from error
    except OpenSearchException as error:
        logger.warning("no answer from OpenSearch: %s", error)
        raise EngineUnavailableError(str(error)) from error
    else:
        return answer


def _answer_in_time(ask: Callable[[Within], Any], end: float) -> Any:
    hurried = end - time.monotonic() < FAIR_SHARE * settings.SEARCH_TIMEOUT
    try:
        return _first_answer(ask, end)
    except ConnectionTimeout as error:
        if hurried:
            raise TooLittleTimeError(str(error)) from error
        raise


def _answer_of_a_node(method: str, path: str, params: dict[str, Any], body: bytes | None, within: Within) -> Any:
    """Its answer. As in opensearch-py's transport, a node that fails is passed over for a while.

    What else that does, options and forms of content, costs 0.2 ms and is of no use here (`docs/bench/README.md`).
    """
    nodes = opensearch().transport.connection_pool
    node = nodes.get_connection()
    try:
        _, _, answer = node.perform_request(method, path, params, body, within)
    except TransportError as error:
        if _is_of_one_node(error):
            nodes.mark_dead(node)
        raise
    nodes.mark_live(node)
    return orjson.loads(answer)


def _first_answer(ask: Callable[[Within], Any], end: float, tries: int = TRIES) -> Any:
    """That of the first node which gives one; the client passes over a node that failed a moment ago.

    A machine that is gone does not even refuse: connecting to it gets a share of the time alone.
    """
    left = max(end - time.monotonic(), LEAST)
    try:
        return ask(Within(connect=left / tries, total=left))
    except TransportError as error:
        if tries == 1 or not _is_of_one_node(error) or end - time.monotonic() < LEAST:
            raise
    return _first_answer(ask, end, tries - 1)


def _is_of_one_node(error: TransportError) -> bool:
    """Whether another node may answer."""
    if isinstance(error, EngineConnectionError):
        return not isinstance(error, ConnectionTimeout)
    return error.status_code in OF_ONE_NODE
