"""SIGINT, SIGTERM and a closed terminal all interrupt a command, which then stops its work."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# SIGINT too: a shell ignores it for commands in the background, and Python does not change that.
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# A closed terminal sends SIGHUP twice; the second one must not interrupt what the first one stops.
REPEATED_SECONDS = 1.0


def listen() -> None:
    last = -REPEATED_SECONDS

    def interrupt(number: int, _frame: FrameType | None) -> None:
        nonlocal last
        repeated, last = time.monotonic() - last < REPEATED_SECONDS, time.monotonic()
        if not repeated:
            raise KeyboardInterrupt(signal.Signals(number))

    for number in SIGNALS:
        signal.signal(number, interrupt)


@contextmanager
def held_off() -> Iterator[None]:
    """Ignore signals during the block, so that a second Ctrl-C does not interrupt the first."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = [signal.signal(number, signal.SIG_IGN) for number in SIGNALS]
    try:
        yield
    finally:
        for number, handler in zip(SIGNALS, before, strict=True):
            signal.signal(number, handler)


def wait_for(process: "subprocess.Popen[bytes]") -> int:
    """Wait for a child that ends by itself after an interrupt; its exit code."""
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt as interrupt:
            # A terminal sends Ctrl-C to the child as well, but no other signal.
            sent_to_both = signal.SIGINT in interrupt.args and sys.stdin.isatty()
            if process.poll() is None and not sent_to_both:
                process.terminate()
