"""`Idempotency-Key`: a request makes one change and gets one answer, however often it is sent.

    if (answer := claim("orders", key)) is None:
        answer = ...
        remember("orders", key, answer)

Both calls belong to the transaction of the change. The record is unique by scope, caller and key,
so a change never exists without its record, and never twice. Only PostgreSQL takes part.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection
from django.db.models.functions import Now
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from foundation.errors import KeyReusedError, RequestInProgressError
from foundation.models import IdempotencyRecord

KEPT_FOR = timedelta(hours=24)
MAX_LENGTH = 255  # characters of a key
HEADER = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="Any text of 1 to 255 characters, such as a UUID, that the caller makes up for this request.",
)

# The advisory lock shows whether another request with this key is running. It is taken after the
# snapshot of the statement, so a record committed in between is not visible here; it violates the
# unique constraint later.
_CLAIM = """
    SELECT pg_try_advisory_xact_lock(%(lock)s), record.fingerprint, record.answer
    FROM (SELECT) AS always
    LEFT JOIN foundation_idempotencyrecord AS record
        ON record.scope = %(scope)s AND record.caller = %(caller)s AND record.key = %(key)s
"""


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A key, its caller ('user:7', 'guest:192.0.2.1') and the fingerprint of the request body."""

    caller: str
    key: str
    fingerprint: str


def key_of(request: Request, body: Any) -> IdempotencyKey | None:
    """The request's key or None. `body` is the validated request body. Raises ValidationError."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > MAX_LENGTH:
        raise ValidationError({"Idempotency-Key": [f"Ensure this field has no more than {MAX_LENGTH} characters."]})
    user = request.user
    caller = f"user:{user.pk}" if user.is_authenticated else f"guest:{request.META['REMOTE_ADDR']}"
    return IdempotencyKey(caller, key, fingerprint_of(body)) if key else None


def fingerprint_of(body: Any) -> str:
    """The same for two bodies of the same values, whatever their order of keys and white space."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def claim(scope: str, key: IdempotencyKey, *, wait: bool = False) -> Any:
    """The recorded answer. None for the first request, which owns the key until it ends.

    While another request owns the key this waits for its end, or raises RequestInProgressError. It
    must wait before the transaction locks any row. Raises KeyReusedError for a key that came with
    another body.
    """
    digest = hashlib.sha256(f"{scope}\0{key.caller}\0{key.key}".encode()).digest()
    lock = int.from_bytes(digest[:8], signed=True)
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])
        cursor.execute(_CLAIM, {"lock": lock, "scope": scope, "caller": key.caller, "key": key.key})
        owned, fingerprint, answer = cursor.fetchone()
    if fingerprint is None:
        if not owned:
            raise RequestInProgressError
        return None
    if fingerprint != key.fingerprint:
        raise KeyReusedError
    return json.loads(answer)


def remember(scope: str, key: IdempotencyKey, answer: Any) -> None:
    """Record the answer, a JSON value other than null, in the transaction of the change."""
    IdempotencyRecord.objects.create(
        scope=scope, caller=key.caller, key=key.key, fingerprint=key.fingerprint, answer=answer
    )


def answered_meanwhile(error: DatabaseError) -> bool:
    """Whether the error says that another transaction recorded an answer to the same key first."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) == "foundation_idempotency_once"


def forget_expired() -> int:
    """Delete records older than `KEPT_FOR`; their keys can be used again. Returns the number."""
    deleted, _ = IdempotencyRecord.objects.filter(created_at__lt=Now() - KEPT_FOR).delete()
    return deleted
