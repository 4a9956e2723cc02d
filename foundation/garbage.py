"""When Python looks for objects that only refer to one another."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """For work that makes many objects and keeps them: looking at each again and again finds nothing to free.

    Only for work of bounded size. Objects that nothing refers to are freed all the same.
    """
    was_running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_running:  # else another thread began first, and ends the pause
            gc.enable()
