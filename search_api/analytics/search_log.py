"""The search log: what was looked for and how much was found, by nobody in particular.

Searches are gathered in the process and handed on in batches to a task, so that no shopper waits for a row to be
written. Nothing in here is precious: what cannot be queued is forgotten.
"""

import random
import threading
import time
from typing import Any

from django.conf import settings

from search_api.contracts import MAX_QUERY_LENGTH, SearchRequest, SearchResponse
from search_api.query.parsing import clean
from search_api.signals import hit_clicked, searches_gathered

BATCH = 50
FLUSH_EVERY = 1.0  # s; on a quiet day every search is handed on at once

Row = dict[str, Any]


class _Gathered:
    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.flushed_at = float("-inf")
        self.lock = threading.Lock()


_gathered = _Gathered()


def record(request: SearchRequest, response: SearchResponse) -> None:
    """Note a search for words, if it is in the sample; further pages are the same search."""
    if request.page > 1 or request.cursor is not None or random.random() >= settings.SEARCH_LOG_SAMPLE:  # noqa: S311
        return
    if q := normalise(request.q):
        _gather({"q": q, **_outcome(response)})


def _outcome(response: SearchResponse) -> Row:
    return {
        "count": response.count,
        "relaxed": bool(response.relaxed),
        "degraded": response.degraded,
        "took_ms": response.took_ms,
    }


def _gather(row: Row) -> None:
    with _gathered.lock:
        _gathered.rows.append(row)
        due = len(_gathered.rows) >= BATCH or time.monotonic() - _gathered.flushed_at >= FLUSH_EVERY
    if due:
        flush()


def record_click(*, q: str, product_id: int, position: int) -> None:
    """Note that a hit was opened; sampled like the searches, so that rates stay true."""
    if random.random() >= settings.SEARCH_LOG_SAMPLE:  # noqa: S311 - a sample
        return
    hit_clicked.send(sender=None, q=normalise(q), product_id=product_id, position=position)


def normalise(q: str) -> str:
    """One spelling for queries that differ in case and spaces only; cut, as one character may become eighteen."""
    return clean(q).lower()[:MAX_QUERY_LENGTH]


def flush() -> None:
    """Hand on what was gathered."""
    with _gathered.lock:
        rows, _gathered.rows = _gathered.rows, []
        _gathered.flushed_at = time.monotonic()
    if rows:
        searches_gathered.send(sender=None, rows=rows)
