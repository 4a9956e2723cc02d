"""What devstack prints."""

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


def say(text: str) -> None:
    _write(text, sys.stdout)


def complain(text: str) -> None:
    _write(text, sys.stderr)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Print the name of a step before the block, and the time it took after it."""
    say(f"{name} ...")
    began = time.monotonic()
    yield
    say(f"  done in {time.monotonic() - began:.1f} s")


def _write(text: str, stream: TextIO) -> None:
    try:
        print(text, file=stream, flush=True)
    except OSError as error:
        if error.errno not in {errno.EPIPE, errno.EIO}:
            raise
        # In `./dev up | tee log`, Ctrl-C ends tee too, and a terminal may be closed (EIO). Neither
        # must prevent us from stopping the services.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
