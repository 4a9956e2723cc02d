"""The two ways to OpenSearch: one for shoppers, who do not wait, and one for the work behind them."""

import functools
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from opensearchpy import ConnectionError as NoConnection
from opensearchpy import OpenSearch, TransportError

from indexing.errors import EngineUnavailableError

SYNC_TIMEOUT = 30.0  # s; a bulk request on a busy cluster may take that long
PING_TIMEOUT = 2.0  # s
CONNECTIONS = 16  # kept open by a process: as many as threads that may use them at once
UNAVAILABLE = {429, 502, 503, 504}

# Every refused connection would be logged with its traceback, once a second for as long as OpenSearch is away.
logging.getLogger("opensearch").setLevel(logging.ERROR)
# It would write out every request, bulk requests of megabytes among them, wherever the root logger takes INFO.
logging.getLogger("opensearchpy.trace").setLevel(logging.WARNING)


def _client(timeout: float, retries: int) -> OpenSearch:
    return OpenSearch(
        hosts=settings.OPENSEARCH_HOSTS,
        ca_certs=settings.OPENSEARCH_CA_CERTS or None,
        timeout=timeout,
        max_retries=retries,
        retry_on_timeout=False,
        pool_maxsize=CONNECTIONS,
        http_compress=False,  # both ends are on one network; compressing costs more than it saves
    )


@functools.cache
def search_client() -> OpenSearch:
    """For searches: a short time-out and one retry on another connection, never after a time-out."""
    return _client(settings.SEARCH_TIMEOUT, retries=1)


@functools.cache
def sync_client() -> OpenSearch:
    """For sync, reindex and check: patient, and with no retries of its own, since they have theirs."""
    return _client(SYNC_TIMEOUT, retries=0)


@contextmanager
def engine_errors() -> Iterator[None]:
    """Turn 'no answer' and 'not now' into EngineUnavailableError; other answers pass as they are."""
    try:
        yield
    except NoConnection as error:
        raise EngineUnavailableError(f"OpenSearch at {_address()} does not answer: {error.error}") from error
    except TransportError as error:
        if error.status_code in UNAVAILABLE:
            raise EngineUnavailableError(f"OpenSearch at {_address()} cannot now: {error.error}") from error
        raise


def engine_answers() -> bool:
    """Whether OpenSearch answers at all; asked before work is taken that could not be done."""
    return bool(sync_client().ping(request_timeout=PING_TIMEOUT))


def _address() -> str:
    """The address without the password that it may hold."""
    return ", ".join(host.rsplit("@", maxsplit=1)[-1] for host in settings.OPENSEARCH_HOSTS)
