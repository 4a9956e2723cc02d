"""What devstack prints: one line per step, and a counter that is rewritten in place on a terminal."""

import os
import sys
import time
from types import TracebackType
from typing import Self, TextIO


def say(text: str) -> None:
    _write(text, sys.stdout)


def complain(text: str) -> None:
    _write(text, sys.stderr)


def _write(text: str, stream: TextIO) -> None:
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:
        # In `./dev up | tee log`, Ctrl-C ends tee too. What nobody reads must not keep us from stopping what runs.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


class Counter:
    """Progress of a step whose size is known: `with Counter("jars", 91) as counter: counter.advance()`.

    A terminal shows every advance in one line; a log file gets a line every two seconds.
    """

    LOG_EVERY_SECONDS = 2.0

    def __init__(self, label: str, total: int) -> None:
        self.label = label
        self.total = total
        self.done = 0
        self._live = sys.stdout.isatty()
        self._last_line = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            sys.stdout.write("\n")
            sys.stdout.flush()
        elif error is None:
            say(self._line())

    def advance(self, detail: str = "") -> None:
        self.done += 1
        if self._live:
            sys.stdout.write(f"\r\033[K{self._line()} {detail}"[:118])
            sys.stdout.flush()
        elif time.monotonic() - self._last_line > self.LOG_EVERY_SECONDS:
            self._last_line = time.monotonic()
            say(self._line())

    def _line(self) -> str:
        return f"  {self.label}: {self.done} of {self.total}"
