"""The one wait that a shopper has for OpenSearch, however many requests to it an answer takes.

Each request gets what those before it have left of SEARCH_TIMEOUT, and so does another try at another node.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings

_end: ContextVar[float | None] = ContextVar("end of the wait for OpenSearch", default=None)


@contextmanager
def one_wait() -> Iterator[None]:
    """All requests to the engine in the body share one time-out. Inside another such body, that one's goes on."""
    token = _end.set(ends_at())
    try:
        yield
    finally:
        _end.reset(token)


def ends_at() -> float:
    """When waiting for the engine must end (monotonic clock); outside a shared wait, a whole time-out from now."""
    end = _end.get()
    return time.monotonic() + settings.SEARCH_TIMEOUT if end is None else end
