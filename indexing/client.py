"""The OpenSearch client of sync, reindex and check. Searches, which must not wait, have their own in `search_api`."""

import functools
import logging
from typing import Any

from django.conf import settings
from opensearchpy import ConnectionError as NoConnection
from opensearchpy import OpenSearch, Transport, TransportError

from indexing.errors import EngineUnavailableError

TIMEOUT = 30.0  # s; a bulk request on a busy cluster may take that long
PING_TIMEOUT = 2.0  # s
CONNECTIONS = 16  # per process: as many as threads that may use them at once
UNAVAILABLE = {429, 502, 503, 504}

# Without this, every refused connection is logged with a traceback, once a second during an outage.
logging.getLogger("opensearch").setLevel(logging.ERROR)
# It logs whole requests, bulk requests of megabytes included, whenever the root logger accepts INFO.
logging.getLogger("opensearchpy.trace").setLevel(logging.WARNING)


class SyncTransport(Transport):
    """Raises a missing answer and an overload as EngineUnavailableError, and other errors as they are."""

    def perform_request(self, *args: Any, **options: Any) -> Any:
        try:
            return super().perform_request(*args, **options)
        except TransportError as error:
            silent = isinstance(error, NoConnection)
            if not silent and error.status_code not in UNAVAILABLE:
                raise
            # The address without the password that it may contain.
            address = ", ".join(host.rsplit("@", maxsplit=1)[-1] for host in settings.OPENSEARCH_HOSTS)
            state = "does not answer" if silent else "is unavailable"
            raise EngineUnavailableError(f"OpenSearch at {address} {state}: {error.error}") from error


@functools.cache
def sync_client() -> OpenSearch:
    """The client of this process. It has a long time-out and does not retry: its callers do.

    Every call raises EngineUnavailableError when OpenSearch does not answer or is overloaded.
    """
    return OpenSearch(
        hosts=settings.OPENSEARCH_HOSTS,
        transport_class=SyncTransport,
        ca_certs=settings.OPENSEARCH_CA_CERTS or None,
        timeout=TIMEOUT,
        max_retries=0,
        retry_on_timeout=True,  # without a retry: a node that did not answer is left out for a minute and longer
        pool_maxsize=CONNECTIONS,
        http_compress=False,  # on one network, compression costs more than it saves
    )


def ping() -> None:
    """Raise EngineUnavailableError unless OpenSearch answers within PING_TIMEOUT."""
    if not sync_client().ping(request_timeout=PING_TIMEOUT):
        raise EngineUnavailableError("OpenSearch does not answer")
