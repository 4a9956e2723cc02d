"""The OpenSearch client of sync, reindex and check. Searches, which must not wait, have their own in `search_api`."""

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
CONNECTIONS = 16  # per process: as many as threads that may use them at once
UNAVAILABLE = {429, 502, 503, 504}

# Without this, every refused connection is logged with a traceback, once a second during an outage.
logging.getLogger("opensearch").setLevel(logging.ERROR)
# It logs whole requests, bulk requests of megabytes included, whenever the root logger accepts INFO.
logging.getLogger("opensearchpy.trace").setLevel(logging.WARNING)


@functools.cache
def sync_client() -> OpenSearch:
    """The client of this process. It has a long time-out and does not retry: its callers do."""
    return OpenSearch(
        hosts=settings.OPENSEARCH_HOSTS,
        ca_certs=settings.OPENSEARCH_CA_CERTS or None,
        timeout=TIMEOUT,
        max_retries=0,
        retry_on_timeout=False,
        pool_maxsize=CONNECTIONS,
        http_compress=False,  # on one network, compression costs more than it saves
    )


@contextmanager
def engine_errors() -> Iterator[None]:
    """Turn a missing answer and an overload into EngineUnavailableError; let other errors pass."""
    # The address without the password that it may contain.
    address = ", ".join(host.rsplit("@", maxsplit=1)[-1] for host in settings.OPENSEARCH_HOSTS)
    try:
        yield
    except NoConnection as error:
        raise EngineUnavailableError(f"OpenSearch at {address} does not answer: {error.error}") from error
    except TransportError as error:
        if error.status_code in UNAVAILABLE:
            raise EngineUnavailableError(f"OpenSearch at {address} is unavailable: {error.error}") from error
        raise


def engine_answers() -> bool:
    """Whether OpenSearch answers. Checked before products are claimed that could not be written."""
    return bool(sync_client().ping(request_timeout=PING_TIMEOUT))
