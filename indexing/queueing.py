"""Queues a sync as soon as a change commits. A lost request does no harm: beat queues a sync every second."""

import logging
import math
from typing import Any

from celery import current_app
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

KEY = "indexing:sync-queued"
LONGEST_WAIT = 5  # s; when a request waits longer than this, another may be queued beside it


def request_sync(*, availability_changed: bool = True, **_: Any) -> None:
    """Signal receiver: queue a sync after the commit, unless one is queued already."""
    # A sale that leaves stock behind changes no document.
    if availability_changed:
        transaction.on_commit(_queue, robust=True)


def hold_requests(seconds: float) -> None:
    """Suppress requests while a running sync keeps looking for changes for so many seconds."""
    if seconds:
        cache.set(KEY, 1, timeout=math.ceil(seconds) + LONGEST_WAIT)
    else:
        allow_requests()


def allow_requests() -> None:
    """Called before the last look of a sync: what commits from now on needs another sync."""
    cache.delete(KEY)


def _queue() -> None:
    # Without Redis `add` returns True and `get` None; queueing would then only wait for a time-out.
    if not cache.add(KEY, 1, timeout=LONGEST_WAIT) or cache.get(KEY) is None:
        return
    try:
        current_app.send_task("indexing.tasks.sync_index", expires=LONGEST_WAIT)
    except (OperationalError, OSError) as error:
        logger.warning("sync was not queued, beat will queue it: %s", error)
