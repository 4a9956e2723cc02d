"""Ctrl-C, a polite kill and a closed terminal mean the same: end what was begun, and do not stop half-way in that."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# SIGINT too: a shell that starts a command in the background has it ignored, and Python then leaves it so.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def listen() -> None:
    for number in SIGNALS:
        signal.signal(number, _interrupt)


@contextmanager
def held_off() -> Iterator[None]:
    """No second Ctrl-C cuts short what the first one asked for. Signals reach the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = [signal.signal(number, signal.SIG_IGN) for number in SIGNALS]
    try:
        yield
    finally:
        for number, handler in zip(SIGNALS, before, strict=True):
            signal.signal(number, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
