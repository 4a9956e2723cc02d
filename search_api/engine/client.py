"""OpenSearch as searches use it: short time-outs and a circuit breaker. `indexing/client.py` has the one for writes."""

import contextlib
import functools
import logging
import math
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any, TypeVar

import orjson
from django.conf import settings
from opensearchpy import JSONSerializer, OpenSearch
from opensearchpy.exceptions import ConnectionError as EngineConnectionError
from opensearchpy.exceptions import ConnectionTimeout, OpenSearchException, SerializationError, TransportError
from urllib3 import Timeout

from foundation.circuit_breaker import CircuitBreaker, CircuitOpenError
from indexing.errors import EngineUnavailableError
from indexing.names import index_alias
from search_api.engine import shards
from search_api.engine.curl import CurlConnection
from search_api.engine.node import NodeConnection
from search_api.errors import TooManyCursorsError

logger = logging.getLogger(__name__)

T = TypeVar("T")

# When a node refuses or breaks a connection, another one is tried at once. Nothing is tried after a
# time-out: a second wait would double the shopper's.
TRIES = 2
MIN_TIMEOUT = 0.02  # s; with less time left, no request is sent
# Of SEARCH_TIMEOUT. A time-out that began with less of it left says little about the engine.
FAIR_SHARE = 0.5
# Times SEARCH_TIMEOUT: for one search of several, and for all of them together.
SLOW, TOGETHER = 0.5, 2.0
# After a time-out the engine itself chooses copies of the shards for so many seconds: it avoids those on slow nodes.
ANY_COPY = 60.0
BAD_REQUEST, NOT_FOUND, TOO_MANY = 400, 404, 429  # HTTP
UNAVAILABLE = {502, 503, 504}  # HTTP; another node may still answer
_ends_at: ContextVar[float | None] = ContextVar("end of the shared timeout", default=None)


class TooLittleTimeError(OpenSearchException):
    """No answer in the time that earlier requests left: no outage, as those were answered."""


class LastTimeOut:
    """When a request of this process last timed out."""

    def __init__(self) -> None:
        self._at = -math.inf  # on the monotonic clock

    def note(self) -> None:
        self._at = time.monotonic()

    def is_recent(self) -> bool:
        return time.monotonic() - self._at < ANY_COPY


last_time_out = LastTimeOut()


class OrjsonSerializer(JSONSerializer):
    """With opensearch-py's own JSON the p50 of a search is 18 % higher (2.62 to 3.09 ms).

    It fails safe: an answer that is no JSON raises the library's own error.
    """

    def dumps(self, data: Any) -> Any:
        return data if isinstance(data, (str, bytes)) else orjson.dumps(data).decode()

    def loads(self, s: bytes | str) -> Any:
        try:
            return orjson.loads(s)
        except ValueError as error:
            raise SerializationError(s, error) from error


@functools.cache
def _client(_pid: int) -> OpenSearch:
    return OpenSearch(
        settings.OPENSEARCH_HOSTS,
        timeout=settings.SEARCH_TIMEOUT,
        max_retries=0,  # `_answer` tries again, with what is left of the time
        connection_class=NodeConnection if len(settings.OPENSEARCH_HOSTS) > 1 else CurlConnection,
        serializer=OrjsonSerializer(),
        ca_certs=settings.OPENSEARCH_CA_CERTS or None,
    )


def opensearch() -> OpenSearch:
    """The client of this process; a forked worker gets connections of its own."""
    return _client(os.getpid())


@contextlib.contextmanager
def shared_timeout(times: float = 1.0) -> Iterator[None]:
    """All requests in the body share so many times SEARCH_TIMEOUT.

    Inside another body, they also share what that one has left.
    """
    end, outer = time.monotonic() + times * settings.SEARCH_TIMEOUT, _ends_at.get()
    token = _ends_at.set(end if outer is None else min(end, outer))
    try:
        yield
    finally:
        _ends_at.reset(token)


def timeout_ends_at() -> float:
    """On the monotonic clock; outside `shared_timeout`, a whole SEARCH_TIMEOUT from now."""
    end = _ends_at.get()
    return time.monotonic() + settings.SEARCH_TIMEOUT if end is None else end


def _is_outage(error: Exception) -> bool:
    """Whether the engine is unavailable, rather than refusing this one request.

    A 429 is quick, and may be about this request alone: about memory, or a full queue. So may a
    500. Neither may degrade the searches of others.
    """
    return isinstance(error, EngineConnectionError) or (
        isinstance(error, TransportError) and error.status_code in UNAVAILABLE
    )


breaker = CircuitBreaker(
    "OpenSearch",
    probe_every=1.0,  # s
    probe=lambda: opensearch().ping(),
    is_outage=_is_outage,
    threshold=2,  # one may be a node that restarts
)


def search(body: dict[str, Any]) -> dict[str, Any]:
    """The engine's answer to a search of the serving index."""
    parameters, body = _split(body)
    return _perform(opensearch().search, index=index_alias(), body=body, params=parameters)


def multi_search(bodies: list[dict[str, Any]], *, at_most: float = math.inf) -> list[dict[str, Any]]:
    """The answers to several searches, in order, in one round trip, within `at_most` seconds."""

    def call(**timeout: Any) -> list[dict[str, Any]]:
        answers = _send_several(bodies, **timeout)
        for answer in answers:
            if "error" in answer:
                raise TransportError(answer["status"], answer["error"]["type"], answer)
        return answers

    return _perform(call, at_most=at_most)


def search_each(bodies: list[dict[str, Any]]) -> list[dict[str, Any] | None]:
    """The answers to several searches that do not depend on each other, in order, in one round trip.

    None for one that the engine refused, or that took too long: the others do not wait for it.
    """
    limit = {"timeout": f"{SLOW * settings.SEARCH_TIMEOUT * 1000:.0f}ms"}
    with shared_timeout(TOGETHER):
        try:
            answers = _perform(functools.partial(_send_several, [{**body, **limit} for body in bodies]))
        except EngineUnavailableError as error:
            if getattr(error.__cause__, "status_code", None) != BAD_REQUEST or len(bodies) == 1:
                raise
            # The engine refuses all searches for one that it cannot parse.
            return [_search_or_none(body) for body in bodies]
    return [None if "error" in answer or answer["timed_out"] else answer for answer in answers]


def _search_or_none(body: dict[str, Any]) -> dict[str, Any] | None:
    try:
        return search(body)
    except EngineUnavailableError:
        return None


def _send_several(bodies: list[dict[str, Any]], **timeout: Any) -> list[dict[str, Any]]:
    lines = [line for body in bodies for line in _split(body)]
    answers: list[dict[str, Any]] = opensearch().msearch(index=index_alias(), body=lines, **timeout)["responses"]
    return answers


def _split(body: dict[str, Any]) -> tuple[dict[str, str], dict[str, Any]]:
    parameters, body = shards.split(body)
    return _reachable(parameters), body


def _reachable(parameters: Mapping[str, str]) -> dict[str, str]:
    """Without certain copies while a node may hang: then an answer matters more than pages that agree."""
    any_copy = last_time_out.is_recent()
    return {name: value for name, value in parameters.items() if not (any_copy and name == shards.PREFERENCE)}


def open_point_in_time(keep_alive: str, parameters: Mapping[str, str]) -> str:
    """The id of a view of the index as it is now, which later changes do not alter.

    Raises TooManyCursorsError when the engine has no room for another one.
    """
    try:
        parameters = {"keep_alive": keep_alive, **_reachable(parameters)}
        return str(_perform(opensearch().create_pit, index=index_alias(), params=parameters)["pit_id"])
    except EngineUnavailableError as error:
        if getattr(error.__cause__, "status_code", None) == TOO_MANY:
            raise TooManyCursorsError from error
        raise


def close_point_in_time(view: str) -> None:
    """Close a view. One that cannot be closed now expires by itself."""
    with contextlib.suppress(EngineUnavailableError):
        _perform(opensearch().delete_pit, body={"pit_id": [view]})


def search_point_in_time(body: dict[str, Any]) -> dict[str, Any] | None:
    """The answer to a search of the view that the body names; None when the view has expired."""
    parameters, body = shards.split(body)
    try:
        answer: dict[str, Any] = _perform(opensearch().search, body=body, params=parameters)
    except EngineUnavailableError as error:
        if getattr(error.__cause__, "status_code", None) == NOT_FOUND:
            return None
        raise
    return answer


def _perform(call: Callable[..., T], *, at_most: float = math.inf, **arguments: Any) -> T:
    """The answer to a call of opensearch-py; EngineUnavailableError."""
    end = min(timeout_ends_at(), time.monotonic() + at_most)
    if end - time.monotonic() < MIN_TIMEOUT:
        raise EngineUnavailableError("earlier requests took all the time that there was")
    try:
        with breaker:
            return _answer(functools.partial(call, **arguments), end)
    except CircuitOpenError as error:
        raise EngineUnavailableError(str(error)) from error
    except OpenSearchException as error:
        logger.warning("no answer from OpenSearch: %s", error)
        raise EngineUnavailableError(str(error)) from error


def _answer(call: Callable[..., T], end: float) -> T:
    """The first answer of at most TRIES nodes. opensearch-py skips a node that failed recently."""
    short_of_time = end - time.monotonic() < FAIR_SHARE * settings.SEARCH_TIMEOUT
    tries = TRIES
    while True:
        left = max(end - time.monotonic(), MIN_TIMEOUT)
        try:
            # A machine that is gone does not refuse a connection: to connect may take a share of
            # the time only.
            return call(request_timeout=Timeout(connect=left / tries, total=left))
        except ConnectionTimeout as error:
            if short_of_time:
                raise TooLittleTimeError(str(error)) from error
            last_time_out.note()
            raise
        except TransportError as error:
            tries -= 1
            is_of_node = isinstance(error, EngineConnectionError) or error.status_code in UNAVAILABLE
            if not tries or not is_of_node or end - time.monotonic() < MIN_TIMEOUT:
                raise
