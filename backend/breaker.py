"""Spares callers the wait for a service that does not answer."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class RestingError(Exception):
    """The call was not tried: the service failed a moment ago."""


class Breaker:
    """After a failure, refuses every call for `rest` seconds; then lets one through at a time until one succeeds.

    A service that hangs so costs its time-out to the calls under way at that moment, then to one call every `rest`
    seconds in each process.
    """

    def __init__(self, name: str, *, rest: float, on_change: Callable[[bool], object] = lambda _open: None) -> None:
        self.name = name
        self._rest = rest
        self._on_change = on_change
        self._lock = threading.Lock()
        self._closed = True
        self._next_try = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the service was failing when it was last tried."""
        return not self._closed

    @contextmanager
    def guard(self, *failures: type[Exception]) -> Iterator[None]:
        """Run the body unless the service rests (RestingError). Only `failures` count against the service."""
        if not self._admits():
            raise RestingError(f"{self.name} did not answer a moment ago and is left alone for now")
        try:
            yield
        except failures:
            self._note(works=False)
            raise
        self._note(works=True)

    def _admits(self) -> bool:
        if self._closed:
            return True
        with self._lock:
            now = time.monotonic()
            if self._closed or now >= self._next_try:
                self._next_try = now + self._rest
                return True
            return False

    def _note(self, *, works: bool) -> None:
        if works and self._closed:
            return
        with self._lock:
            changed = works != self._closed
            self._closed = works
            self._next_try = time.monotonic() + self._rest
        if changed:
            self._on_change(not works)

    def reset(self) -> None:
        """Forget past failures."""
        self._note(works=True)
