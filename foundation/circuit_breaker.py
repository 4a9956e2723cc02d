"""Spares callers the wait for a service that does not answer."""

import logging
import os
import threading
from collections.abc import Callable

logger = logging.getLogger(__name__)


class CircuitOpenError(Exception):
    """The call was not tried: the service failed a moment ago."""


class CircuitBreaker:
    """`with breaker:` runs the body; while the service rests it raises CircuitOpenError instead.

    Closed: bodies run. After `threshold` outages in a row it opens: none runs, and a thread asks `probe` every `rest`
    seconds, until a true answer closes it. No caller ever finds out whether the service is back, so that one which
    hangs costs its time-out to the calls under way when it opens, and later ones nothing.

    `is_outage` judges the errors that leave a body: one that is none is an answer. `probe` may raise, which is no
    answer. `on_change` is told whether it is open. The state is the process's own: it needs no service that may fail.
    """

    def __init__(
        self,
        name: str,
        *,
        rest: float,
        probe: Callable[[], object],
        is_outage: Callable[[Exception], bool],
        threshold: int = 1,
    ) -> None:
        self.name = name
        self._failures: int
        self.on_change: Callable[[bool], object] = lambda _open: None
        self._rest, self._probe, self._is_outage, self._threshold = rest, probe, is_outage, threshold
        self._start_anew()
        os.register_at_fork(after_in_child=self._start_anew)  # a forked process has no thread that probes

    @property
    def is_open(self) -> bool:
        """Whether the service has failed and has not answered since."""
        return not self._closed.is_set()

    def __enter__(self) -> None:
        if not self._closed.is_set():
            raise CircuitOpenError(f"{self.name} did not answer a moment ago and is left alone for now")

    def __exit__(self, _kind: object, error: BaseException | None, _traceback: object) -> None:
        if isinstance(error, Exception) and self._is_outage(error):
            self._failed(error)
        elif self._failures:
            self._failures = 0

    def reset(self) -> None:
        """Forget past failures."""
        with self._lock:
            was_open = self.is_open
            self._failures = 0
            self._closed.set()
        if was_open:
            logger.warning("%s answers again", self.name)
            self.on_change(False)  # noqa: FBT003 - the one thing that it is told

    def wait_until_closed(self, timeout: float) -> bool:
        """Whether it is closed, at the latest after so many seconds."""
        return self._closed.wait(timeout)

    def _failed(self, error: Exception) -> None:
        with self._lock:
            self._failures += 1
            if self._failures < self._threshold or self.is_open:
                return
            self._closed.clear()
        logger.warning("%s is away and left alone until it answers: %r", self.name, error)
        self.on_change(True)  # noqa: FBT003 - likewise
        threading.Thread(target=self._probe_until_answered, name=f"{self.name}-probe", daemon=True).start()

    def _probe_until_answered(self) -> None:
        # A rest comes first: a service too busy to answer in time may still have time for a probe.
        while not self._closed.wait(self._rest):
            if self._answers():
                self.reset()

    def _answers(self) -> bool:
        try:
            return bool(self._probe())
        except Exception:  # noqa: BLE001 - whatever it is, the service is not back
            return False

    def _start_anew(self) -> None:
        self._lock, self._closed, self._failures = threading.Lock(), threading.Event(), 0
        self._closed.set()
