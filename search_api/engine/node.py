"""The connection to one of several nodes. A node that hangs costs only the searches under way: then it is left out."""

from typing import Any

from opensearchpy.exceptions import ConnectionError as NoConnectionError
from opensearchpy.exceptions import ConnectionTimeout

from foundation.circuit_breaker import CircuitBreaker, CircuitOpenError
from search_api.engine.curl import CurlConnection

PROBE_EVERY, PROBE_TIMEOUT = 1.0, 0.5  # s


class NodeConnection(CurlConnection):
    """Refuses requests to a node that did not answer in time, until it answers: another node is tried at once."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._breaker = CircuitBreaker(
            f"the OpenSearch node {self.host}",
            probe_every=PROBE_EVERY,
            probe=lambda: super(NodeConnection, self).perform_request("HEAD", "/", timeout=PROBE_TIMEOUT),
            is_outage=lambda error: isinstance(error, ConnectionTimeout),
            threshold=2,  # one may be about a shard on another node
        )

    def perform_request(self, *arguments: Any, **options: Any) -> tuple[int, dict[str, str], bytes]:
        try:
            with self._breaker:
                return super().perform_request(*arguments, **options)
        except CircuitOpenError as error:
            raise NoConnectionError("N/A", str(error), error) from error
