"""How often one caller may ask: counted for the user, or for the address of who is not signed in.

Counts are kept in Redis by one atomic step each, so that a limit is exact over all processes and threads, whatever
arrives at once; a window begins with a caller's first request (`window_counts.py`). With Redis away each process counts
for itself, so the limit holds per process.
"""

import functools
import ipaddress
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from backend.api.window_counts import Count, PendingCount
from backend.observability import metrics
from backend.redis import breaker
from foundation.circuit_breaker import CircuitOpenError

if TYPE_CHECKING:  # at run time it would go in a circle: views load the throttles
    from rest_framework.views import APIView

Answer = TypeVar("Answer")
logger = structlog.get_logger(__name__)

OFF = "off"
DEFAULT_SCOPE = "api"
KEPT_ADDRESSES = 10_000


class ScopedThrottle(BaseThrottle):
    """Applies the rate named by the view's `throttle_scope`; 'api' for a view that names none.

    A view that has something else to do first may call `start`, and is not kept waiting for Redis in vain.
    """

    def __init__(self) -> None:
        self._wait: float | None = None
        self._started: Hit | None = None

    def start(self, request: Request | HttpRequest, view: "APIView") -> None:
        """Count the request now; `allow_request` is to follow."""
        self._started = _hit_of(request, view)

    def allow_request(self, request: Request, view: "APIView") -> bool:
        self._wait = (self._started or _hit_of(request, view)).wait()
        return self._wait is None

    def wait(self) -> float | None:
        return self._wait


def _hit_of(request: Request | HttpRequest, view: "APIView") -> "Hit":
    return Hit(getattr(view, "throttle_scope", DEFAULT_SCOPE), caller(request))


def caller(request: Request | HttpRequest) -> str:
    """Who is counted: the user, or else the address."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    return address(request)


def address(request: Request | HttpRequest) -> str:
    """The client's address; of IPv6 the /64, since that is what one customer of a provider has."""
    return _counted_as(request.META.get("REMOTE_ADDR", ""))


@functools.lru_cache(KEPT_ADDRESSES)
def _counted_as(text: str) -> str:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return "address:unknown"
    if found.version == 6:  # noqa: PLR2004 - the version
        found = ipaddress.ip_network((found, 64), strict=False).network_address
    return f"address:{found}"


def hit(scope: str, who: str) -> float | None:
    """Count one request; None when it is within the rate, else the seconds after which to try again."""
    return Hit(scope, who).wait()


class Hit:
    """One request that is being counted: by Redis, and while Redis is away by the process."""

    def __init__(self, scope: str, who: str) -> None:
        rate = settings.THROTTLE_RATES[scope]
        self._scope, self._who = scope, who
        self._limit = None if rate == OFF else _limit(rate)
        self._pending = None if self._limit is None else _sent(self._limit, scope, who)

    def wait(self) -> float | None:
        """None when it is within the rate, else the seconds after which to try again. To be asked once."""
        if self._limit is None:
            return None
        count = self._pending and _unless_away(self._pending.result)
        wait = _wait(self._limit, count) if count else _wait_by_own(self._limit, self._scope, self._who)
        if wait is not None:
            metrics.throttled.labels(self._scope).inc()
        return wait


def _sent(limit: RateLimitItem, scope: str, who: str) -> PendingCount | None:
    name = f"{settings.CACHES['default']['KEY_PREFIX']}:throttle:{limit.key_for(scope, who)}"
    return _unless_away(PendingCount, name, limit.get_expiry())


def _unless_away(ask: Callable[..., Answer], *arguments: Any) -> Answer | None:
    """What Redis is asked for; None while it is away."""
    try:
        with breaker:
            return ask(*arguments)
    except CircuitOpenError:
        pass
    except (RedisError, OSError) as error:
        logger.warning("throttles count per process", error=str(error))
    return None


def _wait(limit: RateLimitItem, count: Count) -> float | None:
    return None if count.number <= limit.amount else max(1.0, count.ends_in)


def _wait_by_own(limit: RateLimitItem, scope: str, who: str) -> float | None:
    if _own().hit(limit, scope, who):
        return None
    resets_at, _ = _own().get_window_stats(limit, scope, who)
    return max(1.0, math.ceil(resets_at - time.time()))


@functools.cache
def _limit(rate: str) -> RateLimitItem:
    return parse(rate)


@functools.cache
def _own() -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(MemoryStorage())
