"""Waiting until what one measurement left behind is done, so that the next one does not pay for it."""

import time

from opensearchpy import OpenSearch

from indexing.models import SyncState
from tools.bench.errors import BenchError

CATCH_UP_SECONDS = 120
MERGE_SECONDS = 900
STILL_SECONDS = 3.0  # without a merge: the next one begins within a second of the last


def await_quiet() -> None:
    """Return when the index has caught up with everything. Workers must be running."""
    deadline = time.monotonic() + CATCH_UP_SECONDS
    while SyncState.objects.pending().exists():
        if time.monotonic() > deadline:
            raise BenchError(f"the index did not catch up within {CATCH_UP_SECONDS} s")
        time.sleep(0.1)


def await_merged(engine: OpenSearch, index: str) -> float:
    """Return when the engine has put together what a rebuild wrote, which takes a core for as long: the seconds."""
    began = still_since = time.monotonic()
    while time.monotonic() - still_since < STILL_SECONDS:
        if time.monotonic() - began > MERGE_SECONDS:
            raise BenchError(f"the engine was still merging after {MERGE_SECONDS} s")
        time.sleep(0.1)
        merges = engine.indices.stats(index=index, metric="merge")["_all"]["total"]["merges"]
        if merges["current"]:
            still_since = time.monotonic()
    return still_since - began
