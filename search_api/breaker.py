"""A circuit breaker: when OpenSearch is dead, shoppers do not wait to find out again and again.

Closed: calls go through. After `THRESHOLD` failures in a row it opens: calls are refused at once. While it is open a
thread of its own probes (half-open) every `PROBE_INTERVAL`; the first answer closes it. No shopper's request is ever a
probe. The state belongs to the process: it needs no Redis, which may be away as well.
"""

import logging
import threading
from collections.abc import Callable
from typing import TypeVar

from search_api.errors import EngineUnavailableError

logger = logging.getLogger(__name__)

T = TypeVar("T")

THRESHOLD = 2  # failures in a row: one may be a node that restarts
PROBE_INTERVAL = 1.0  # s


class CircuitBreaker:
    """`probe` returns whether the engine answers again; it is only called from the breaker's own thread."""

    def __init__(
        self, probe: Callable[[], bool], *, threshold: int = THRESHOLD, probe_interval: float = PROBE_INTERVAL
    ) -> None:
        self._probe = probe
        self._threshold = threshold
        self._probe_interval = probe_interval
        self._failures = 0
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._closed.set()

    @property
    def is_open(self) -> bool:
        return not self._closed.is_set()

    def call(self, operation: Callable[[], T], *, is_outage: Callable[[Exception], bool]) -> T:
        """What the operation returns or raises; EngineUnavailableError at once while the breaker is open."""
        if self.is_open:
            raise EngineUnavailableError("the circuit breaker is open")
        try:
            answer = operation()
        except Exception as error:
            if is_outage(error):
                self._failed(error)
            raise
        self._failures = 0
        return answer

    def wait_until_closed(self, timeout: float) -> bool:
        """Whether it is closed, at the latest after the time-out."""
        return self._closed.wait(timeout)

    def _failed(self, error: Exception) -> None:
        with self._lock:
            self._failures += 1
            if self._failures < self._threshold or self.is_open:
                return
            self._closed.clear()
        logger.warning("OpenSearch is away, answering from PostgreSQL: %s", error)
        threading.Thread(target=self._probe_until_closed, name="search-engine-probe", daemon=True).start()

    def _probe_until_closed(self) -> None:
        while not self._answers():
            threading.Event().wait(self._probe_interval)
        self._failures = 0
        self._closed.set()
        logger.warning("OpenSearch answers again")

    def _answers(self) -> bool:
        try:
            return self._probe()
        except Exception:  # noqa: BLE001 - whatever it is, the engine is not back
            return False
