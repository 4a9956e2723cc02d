"""Asking for a sync as soon as something commits. Lost requests are no harm: beat asks every second."""

import logging
import math
from typing import Any

from celery import current_app
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

KEY = "indexing:sync-queued"
LONGEST_WAIT = 5  # s; a request that waits longer than this in the queue may be joined by another


def request_sync(*, availability_changed: bool = True, **_: Any) -> None:
    """Queue a sync once the current transaction has committed, unless one waits in the queue; a signal's receiver.

    Stock that was there and still is changes no document.
    """
    if not availability_changed:
        return
    transaction.on_commit(_queue, robust=True)


def hold_requests(seconds: float) -> None:
    """Called as a sync starts that looks for more by itself for so long: requests would only fill the queue."""
    if seconds:
        cache.set(KEY, 1, timeout=math.ceil(seconds) + LONGEST_WAIT)
    else:
        allow_requests()


def allow_requests() -> None:
    """Called before the last look of a sync: what commits from now on needs another one."""
    cache.delete(KEY)


def _queue() -> None:
    # Without Redis `add` answers True and `get` nothing; queueing would only make the caller wait for a time-out.
    if not cache.add(KEY, 1, timeout=LONGEST_WAIT) or cache.get(KEY) is None:
        return
    try:
        current_app.send_task("indexing.tasks.sync_index", expires=LONGEST_WAIT)
    except (OperationalError, OSError) as error:
        logger.warning("sync could not be queued, beat will ask for it: %s", error)
