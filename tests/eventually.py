"""Waits for asynchronous results."""

import time
from collections.abc import Callable

PAUSE = 0.02  # s


def eventually(condition: Callable[[], bool], within: float = 30.0) -> None:
    """Return as soon as the condition is true; fail when it is not within so many seconds."""
    end = time.monotonic() + within
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not within {within:g} s")
        time.sleep(PAUSE)
