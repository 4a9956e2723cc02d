"""Waits for the background work of a measurement, which would disturb the next one."""

import time

from opensearchpy import OpenSearch

from indexing.models import SyncState
from tools.bench.errors import BenchError

CATCH_UP_SECONDS = 120
MERGE_SECONDS = 900
STILL_SECONDS = 3.0  # without a merge: the next one begins within a second of the last


def await_quiet() -> None:
    """Return when the index has every change. Workers must be running."""
    deadline = time.monotonic() + CATCH_UP_SECONDS
    while SyncState.objects.pending().exists():
        if time.monotonic() > deadline:
            raise BenchError(f"the index did not catch up within {CATCH_UP_SECONDS} s")
        time.sleep(0.1)


def await_merged(engine: OpenSearch, index: str) -> float:
    """Wait until OpenSearch has merged the segments of a rebuild; the seconds it took."""
    began = still_since = time.monotonic()
    while time.monotonic() - still_since < STILL_SECONDS:
        if time.monotonic() - began > MERGE_SECONDS:
            raise BenchError(f"OpenSearch was still merging after {MERGE_SECONDS} s")
        time.sleep(0.1)
        merges = engine.indices.stats(index=index, metric="merge")["_all"]["total"]["merges"]
        if merges["current"]:
            still_since = time.monotonic()
    return still_since - began
