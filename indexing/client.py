"""The way to OpenSearch for sync, reindex and check. Searches, which do not wait, have another in `search_api`."""

import functools
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from opensearchpy import ConnectionError as NoConnection
from opensearchpy import OpenSearch, TransportError

from indexing.errors import EngineUnavailableError

TIMEOUT = 30.0  # s; a bulk request on a busy cluster may take that long
PING_TIMEOUT = 2.0  # s
CONNECTIONS = 16  # kept open by a process: as many as threads that may use them at once
UNAVAILABLE = {429, 502, 503, 504}

# Every refused connection would be logged with its traceback, once a second for as long as OpenSearch is away.
logging.getLogger("opensearch").setLevel(logging.ERROR)
# It would write out every request, bulk requests of megabytes among them, wherever the root logger takes INFO.
logging.getLogger("opensearchpy.trace").setLevel(logging.WARNING)


@functools.cache
def sync_client() -> OpenSearch:
    """The one client of a process: patient, and with no retries of its own, since its users have theirs."""
    return OpenSearch(
        hosts=settings.OPENSEARCH_HOSTS,
        ca_certs=settings.OPENSEARCH_CA_CERTS or None,
        timeout=TIMEOUT,
        max_retries=0,
        retry_on_timeout=False,
        pool_maxsize=CONNECTIONS,
        http_compress=False,  # both ends are on one network; compressing costs more than it saves
    )


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
