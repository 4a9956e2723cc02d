"""`Idempotency-Key`: what a request asked for is done once and answered alike, however often it is sent.

Of a change of stock the answer's record is written in the transaction of the change and unique by user and key. Orders
keep records of their own (`orders.idempotency`).
"""

import hashlib
import json
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


def claim(key: StockKey) -> int | None:
    """The quantity answered to the key before; None to the first, which then owns it until its transaction ends.

    Waits for another that owns it; to be asked before any row is locked. Raises KeyReusedError.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_number("stock", key.user_id, key.key)])
    record = StockRequest.objects.filter(user=key.user_id, key=key.key).first()
    if record is None:
        return None
    if record.fingerprint != key.fingerprint:
        raise KeyReusedError
    return record.quantity


def remember(key: StockKey, quantity: int) -> None:
    """Record the answer, in the transaction that made it."""
    StockRequest.objects.create(user_id=key.user_id, key=key.key, fingerprint=key.fingerprint, quantity=quantity)


def forget_expired() -> int:
    """Delete records older than `KEPT_FOR`; their keys may be used anew. The number of them."""
    deleted, _ = StockRequest.objects.filter(created_at__lt=Now() - KEPT_FOR).delete()
    return deleted
