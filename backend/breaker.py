"""Spares callers the wait for a service that does not answer."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class RestingError(Exception):
    """The call was not tried: the service failed a moment ago."""


class Breaker:
    """After a failure, refuses every call until the service answers `probe`, which a thread asks every `rest` seconds.

    A service that hangs so costs its time-out to the calls under way at that moment, and later ones nothing: no caller
    is ever the one who finds out whether it is back. `probe` may raise anything, which is no answer.
    """

    def __init__(
        self,
        name: str,
        *,
        rest: float,
        probe: Callable[[], object],
        on_change: Callable[[bool], object] = lambda _open: None,
    ) -> None:
        self.name = name
        self._rest, self._probe, self._on_change = rest, probe, on_change
        self._start_anew()
        os.register_at_fork(after_in_child=self._start_anew)  # a forked process has no thread that probes

    @property
    def is_open(self) -> bool:
        """Whether the service has failed and has not answered since."""
        return not self._closed.is_set()

    @contextmanager
    def guard(self, *failures: type[Exception]) -> Iterator[None]:
        """Run the body unless the service rests (RestingError). Only `failures` count against the service."""
        if self.is_open:
            raise RestingError(f"{self.name} did not answer a moment ago and is left alone for now")
        try:
            yield
        except failures:
            self._open()
            raise

    def reset(self) -> None:
        """Forget past failures."""
        with self._lock:
            was_open = self.is_open
            self._closed.set()
        if was_open:
            self._on_change(False)  # noqa: FBT003 - the one thing that it is told

    def wait_until_closed(self, timeout: float) -> bool:
        """Whether it is closed, at the latest after so many seconds."""
        return self._closed.wait(timeout)

    def _open(self) -> None:
        with self._lock:
            if self.is_open:
                return
            self._closed.clear()
        self._on_change(True)  # noqa: FBT003 - likewise
        threading.Thread(target=self._probe_until_answered, name=f"{self.name}-probe", daemon=True).start()

    def _probe_until_answered(self) -> None:
        while not self._closed.wait(self._rest):
            if self._answers():
                self.reset()

    def _answers(self) -> bool:
        try:
            self._probe()
        except Exception:  # noqa: BLE001 - whatever it is, the service is not back
            return False
        return True

    def _start_anew(self) -> None:
        self._lock, self._closed = threading.Lock(), threading.Event()
        self._closed.set()
