"""`Idempotency-Key`: what a request asked for is done once and answered alike, however often it is sent.

Of a change of stock the answer's record is written in the transaction of the change and unique by user and key. Orders
keep records of their own (`orders.idempotency`).
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from stores.errors import KeyReusedError
from stores.models import StockRequest

KEPT_FOR = timedelta(hours=24)
MAX_LENGTH = 255  # characters of a key


@dataclass(frozen=True, slots=True)
class StockKey:
    """A key as sent by a user with a change of stock."""

    user_id: int
    key: str
    fingerprint: str


def fingerprint_of(body: Any) -> str:
    """The same for two bodies of the same values, however written."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def lock_number(*parts: object) -> int:
    """A number for an advisory lock, the same for the same parts."""
    digest = hashlib.sha256("\0".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def once(key: StockKey | None, change: Callable[[], int]) -> int:
    """The quantity that the change answers, or answered when it came with this key before: then nothing is changed.

    To be called in the change's transaction, before it locks any row: it waits for another of the same key.
    Raises KeyReusedError.
    """
    if key is None:
        return change()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number("stock", key.user_id, key.key)])
    record = StockRequest.objects.filter(user=key.user_id, key=key.key).first()
    if record is None:
        quantity = change()
        StockRequest.objects.create(user_id=key.user_id, key=key.key, fingerprint=key.fingerprint, quantity=quantity)
        return quantity
    if record.fingerprint != key.fingerprint:
        raise KeyReusedError
    return record.quantity


def forget_expired() -> int:
    """Delete records older than `KEPT_FOR`; their keys may be used anew. The number of them."""
    deleted, _ = StockRequest.objects.filter(created_at__lt=Now() - KEPT_FOR).delete()
    return deleted
