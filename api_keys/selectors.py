"""Which key a request was sent with, without a query."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

import limits
from django.db import InterfaceError, OperationalError
from limits import RateLimitItem

from api_keys.models import ApiKey
from foundation.expiring_cache import ExpiringValue

MAX_AGE = 30.0  # s; a key that another process made or revoked is known after this
OUTAGES = (OperationalError, InterfaceError)


class KnownKey(NamedTuple):
    pk: int
    is_server: bool
    origins: tuple[str, ...]
    caller_rate: RateLimitItem | None
    total_rate: RateLimitItem | None


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def find(key: str) -> KnownKey | None:
    """The active key; None when there is none. OUTAGES, when this process has never read the keys."""
    return _active.get().get(digest_of(key))


def forget() -> None:
    _active.forget()


def _read() -> Mapping[str, KnownKey]:
    # All of them, since a shop has few: an unknown key, sent a thousand times, costs no query.
    return {
        key.digest: KnownKey(
            key.pk,
            key.kind == ApiKey.Kind.SERVER,
            tuple(key.origins),
            limits.parse(key.caller_rate) if key.caller_rate else None,
            limits.parse(key.total_rate) if key.total_rate else None,
        )
        for key in ApiKey.objects.filter(revoked_at=None).order_by()
    }


_active: ExpiringValue[Mapping[str, KnownKey]] = ExpiringValue("the API keys", _read, max_age=MAX_AGE, outages=OUTAGES)
