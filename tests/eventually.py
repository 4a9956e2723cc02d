"""Waiting for what happens in its own time."""

import time
from collections.abc import Callable

PAUSE = 0.02  # s


def eventually(holds: Callable[[], bool], within: float = 30.0) -> None:
    """Return as soon as it holds; fail when it has not after so many seconds."""
    end = time.monotonic() + within
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"not within {within:g} s")
        time.sleep(PAUSE)
