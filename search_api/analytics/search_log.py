"""The search log: which queries were made, what they found, which hits were opened. Anonymous.

The process collects searches and sends them in batches to a task, so that no shopper waits for a
row to be written. Losing some does no harm: what cannot be queued is dropped.
"""

import dataclasses
import datetime as dt
import random
import threading
import time
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from language.normalisation import clean
from products.models import Product
from search_api.contracts import MAX_QUERY_LENGTH, SearchRequest, SearchResponse
from search_api.models import SearchClick, SearchLogEntry
from search_api.query.private_text import is_private
from search_api.signals import hit_clicked, searches_gathered

BATCH = 50  # searches
FLUSH_EVERY = 1.0  # s; with fewer than one search a second each is sent at once

Row = dict[str, Any]


@dataclasses.dataclass
class _Buffer:
    rows: list[Row] = dataclasses.field(default_factory=list)
    flushed_at: float = float("-inf")
    lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)


_buffer = _Buffer()


def record(request: SearchRequest, response: SearchResponse) -> None:
    """Log a search for words, if it is in the sample; further pages belong to the same search."""
    if request.page > 1 or request.cursor is not None or is_private(request.q) or not _in_sample():
        return
    row = {
        "q": normalise(request.q),
        "count": response.count,
        "relaxed": bool(response.relaxed),
        "degraded": response.degraded,
        "took_ms": response.took_ms,
    }
    if not row["q"]:
        return
    with _buffer.lock:
        _buffer.rows.append(row)
        due = len(_buffer.rows) >= BATCH or time.monotonic() - _buffer.flushed_at >= FLUSH_EVERY
    if due:
        flush()


def record_click(*, q: str, product_id: int, position: int) -> None:
    """Log that a hit was opened; sampled at the same rate as searches, for a true ratio."""
    if not is_private(q) and _in_sample():
        hit_clicked.send(sender=None, q=normalise(q), product_id=product_id, position=position)


def _in_sample() -> bool:
    return random.random() < float(settings.SEARCH_LOG_SAMPLE)  # noqa: S311 - a sample


def normalise(q: str) -> str:
    """One form for queries that differ only in encoding, case and spaces."""
    # Cut, because NFKC turns one character into up to eighteen.
    return clean(q).lower()[:MAX_QUERY_LENGTH]


def flush() -> None:
    with _buffer.lock:
        rows, _buffer.rows = _buffer.rows, []
        _buffer.flushed_at = time.monotonic()
    if rows:
        searches_gathered.send(sender=None, rows=rows)


def save_searches(rows: Iterable[Row]) -> int:
    """Write the rows of `searches_gathered`: the number of them."""
    return len(SearchLogEntry.objects.bulk_create(SearchLogEntry(**row) for row in rows))


def save_click(q: str, product_id: int, position: int) -> None:
    """Write a click, unless the product was deleted meanwhile."""
    if Product.objects.filter(pk=product_id).exists():
        SearchClick.objects.create(q=q, product_id=product_id, position=position)


def purge() -> int:
    """Delete searches and clicks older than SEARCH_LOG_DAYS: the number of rows."""
    too_old = Q(created_at__lt=timezone.now() - dt.timedelta(days=settings.SEARCH_LOG_DAYS))
    searches, _ = SearchLogEntry.objects.filter(too_old).delete()
    clicks, _ = SearchClick.objects.filter(too_old).delete()
    return searches + clicks
