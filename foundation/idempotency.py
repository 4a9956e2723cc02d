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

from foundation.advisory_locks import lock_until_commit, number_of
from foundation.errors import KeyReusedError, RequestInProgressError
from foundation.models import IdempotencyRecord

KEPT_FOR = timedelta(hours=24)
MAX_LENGTH = 255  # characters of a key
GUEST = "guest"  # the caller of all of them
GUEST_LENGTH, GUEST_DISTINCT = 32, 8  # characters: of 128 random bits, in hexadecimal
TOO_SIMPLE = "Without signing in, send a UUID or at least 32 random characters: others could use a simpler key too."
HEADER = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=(
        "Any text of 1 to 255 characters, such as a UUID, that the caller makes up for this request. Without signing "
        "in, the key is all that shows who repeats a request: then it is a UUID, or 32 random characters or more."
    ),
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
    """A key, its caller ('user:7', 'guest') and the fingerprint of the request body."""

    caller: str
    key: str
    fingerprint: str


def key_of(request: Request, body: Any) -> IdempotencyKey | None:
    """The request's key or None. `body` is the validated request body. Raises ValidationError.

    A guest's key does not depend on the address, which changes with the network. It must be one
    that no other guest thinks of, and only its digest is stored.
    """
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > MAX_LENGTH:
        raise ValidationError({"Idempotency-Key": [f"Ensure this field has no more than {MAX_LENGTH} characters."]})
    if not key:
        return None
    if request.user.is_authenticated:
        return IdempotencyKey(f"user:{request.user.pk}", key, fingerprint_of(body))
    if len(key) < GUEST_LENGTH or len(set(key)) < GUEST_DISTINCT:
        raise ValidationError({"Idempotency-Key": [TOO_SIMPLE]})
    return IdempotencyKey(GUEST, hashlib.sha256(key.encode()).hexdigest(), fingerprint_of(body))


def fingerprint_of(body: Any) -> str:
    """The same for two bodies of the same values, whatever their order of keys and white space."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()


def claim(scope: str, key: IdempotencyKey, *, wait: bool = False) -> Any:
    """The recorded answer. None for the first request, which owns the key until it ends.

    While another request owns the key this waits for its end, or raises RequestInProgressError. It
    must wait before the transaction locks any row. Raises KeyReusedError for a key that came with
    another body.
    """
    lock = number_of(scope, key.caller, key.key)
    if wait:
        lock_until_commit(lock)
    with connection.cursor() as cursor:
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
