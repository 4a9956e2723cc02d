"""Making, revoking and using keys."""

import datetime as dt
import logging
import secrets
import time
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from api_keys import selectors
from api_keys.models import BEGINNING_LENGTH, ApiKey

logger = logging.getLogger(__name__)

PREFIXES = {ApiKey.Kind.PUBLISHABLE: "pub_", ApiKey.Kind.SERVER: "srv_"}
RANDOM_BYTES = 32
USE_RECORDED_EVERY = 60.0  # s, by each process

_recorded_at: dict[int, float] = {}  # of existing keys, so they are few


def make_key(
    *, name: str, kind: str, origins: Sequence[str] = (), caller_rate: str = "", total_rate: str = ""
) -> tuple[ApiKey, str]:
    """A new key and its text, which is stored nowhere. ValidationError."""
    text = PREFIXES[ApiKey.Kind(kind)] + secrets.token_urlsafe(RANDOM_BYTES)
    key = ApiKey(
        name=name,
        kind=kind,
        beginning=text[:BEGINNING_LENGTH],
        digest=selectors.digest_of(text),
        origins=list(origins),
        caller_rate=caller_rate,
        total_rate=total_rate,
    )
    key.full_clean()
    key.save()
    transaction.on_commit(selectors.forget)
    return key, text


def revoke(keys: QuerySet[ApiKey]) -> int:
    """Revoke the active ones and return their number. Other processes refuse them within selectors.MAX_AGE."""
    revoked = keys.filter(revoked_at=None).update(revoked_at=timezone.now())
    transaction.on_commit(selectors.forget)
    return revoked


def record_use(key_id: int) -> None:
    """Record that the key is in use, to the minute. Without PostgreSQL it is not recorded."""
    now = time.monotonic()
    if now - _recorded_at.get(key_id, float("-inf")) < USE_RECORDED_EVERY:
        return
    _recorded_at[key_id] = now
    minute_ago = timezone.now() - dt.timedelta(seconds=USE_RECORDED_EVERY)
    unrecorded = ApiKey.objects.filter(Q(last_used_at=None) | Q(last_used_at__lt=minute_ago), pk=key_id)
    try:
        unrecorded.update(last_used_at=timezone.now())
    except selectors.OUTAGES:
        logger.warning("the use of an API key could not be recorded", exc_info=True)
