"""Waiting until what one measurement left behind is done, so that the next one does not pay for it."""

import time

from bench.errors import BenchError
from indexing.models import SyncState

CATCH_UP_SECONDS = 120


def await_quiet() -> None:
    """Return when the index has caught up with everything. Workers must be running."""
    deadline = time.monotonic() + CATCH_UP_SECONDS
    while SyncState.objects.pending().exists():
        if time.monotonic() > deadline:
            raise BenchError(f"the index did not catch up within {CATCH_UP_SECONDS} s")
        time.sleep(0.1)
