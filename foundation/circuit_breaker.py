"""Spares callers the wait for a service that does not answer."""

import logging
import os
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)


class CircuitOpenError(Exception):
    """The call was not tried, because the service failed and has not answered since."""


class CircuitBreaker:
    """`with breaker:` runs the body; while the circuit is open it raises CircuitOpenError instead.

    After `threshold` outages in a row the circuit opens, and a thread calls `probe` every
    `probe_every` seconds until it returns a true value; then the circuit closes. Callers never test
    whether the service is back, so one that hangs costs its time-out only to the calls that were
    running when the circuit opened.

    `is_outage` judges the errors that leave a body; an error that is not an outage counts as an answer.
    `probe` may raise, which counts as no answer. `on_change` receives whether the circuit is open.
    The state belongs to the process: it needs no other service.
    """

    def __init__(
        self,
        name: str,
        *,
        probe_every: float,
        probe: Callable[[], object],
        is_outage: Callable[[Exception], bool],
        threshold: int = 1,
    ) -> None:
        self.name = name
        self._failures: int
        self.on_change: Callable[[bool], object] = lambda _open: None
        self._probe_every, self._probe, self._is_outage, self._threshold = probe_every, probe, is_outage, threshold
        self._initialize()
        os.register_at_fork(after_in_child=self._initialize)  # a forked process has no probing thread

    @property
    def is_open(self) -> bool:
        return not self._closed.is_set()

    def __enter__(self) -> None:
        if not self._closed.is_set():
            raise CircuitOpenError(f"{self.name} did not answer a moment ago; the circuit is open")

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if not (isinstance(error, Exception) and self._is_outage(error)):
            if self._failures:
                self._failures = 0
            return
        with self._lock:
            self._failures += 1
            if self._failures < self._threshold or self.is_open:
                return
            self._closed.clear()
        logger.warning("%s is unavailable, the circuit is open until it answers: %r", self.name, error)
        self.on_change(True)  # noqa: FBT003 - its one argument
        threading.Thread(target=self._probe_until_answered, name=f"{self.name}-probe", daemon=True).start()

    def reset(self) -> None:
        with self._lock:
            was_open = self.is_open
            self._failures = 0
            self._closed.set()
        if was_open:
            logger.warning("%s answers again", self.name)
            self.on_change(False)  # noqa: FBT003 - its one argument

    def wait_until_closed(self, timeout: float) -> bool:
        return self._closed.wait(timeout)

    def _probe_until_answered(self) -> None:
        # Wait first: a service too busy to answer calls in time may still have time for a probe.
        while not self._closed.wait(self._probe_every):
            try:
                if self._probe():
                    self.reset()
            except Exception:  # noqa: BLE001, S112 - whatever the error is, the service is not back
                continue

    def _initialize(self) -> None:
        self._lock, self._closed, self._failures = threading.Lock(), threading.Event(), 0
        self._closed.set()
