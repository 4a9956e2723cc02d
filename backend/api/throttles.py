"""How often one caller may send requests: counted by user, or by address for anonymous callers.

Redis counts in one atomic step, so a limit is exact over all processes and threads. A window begins
with the caller's first request. While Redis is unavailable each process counts for itself, so the
limit then holds per process.
"""

import functools
import math
import time
from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItem
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import FixedWindowRateLimiter
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from backend import redis
from backend.observability import metrics
from foundation import callers
from foundation.circuit_breaker import CircuitOpenError

if TYPE_CHECKING:  # an import cycle at run time: views load the throttles
    from rest_framework.views import APIView

logger = structlog.get_logger(__name__)

DEFAULT_SCOPE = "api"


class ScopedThrottle(BaseThrottle):
    """Applies the rate named by the view's `throttle_scope`; 'api' for a view that names none."""

    def __init__(self) -> None:
        self._wait: float | None = None

    def allow_request(self, request: Request, view: "APIView") -> bool:
        self._wait = hit(getattr(view, "throttle_scope", DEFAULT_SCOPE), caller(request))
        return self._wait is None

    def wait(self) -> float | None:
        return self._wait


def caller(request: Request | HttpRequest) -> str:
    """Who is counted: the user, or else the address."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return callers.user(user.pk)
    return callers.address(request)


def hit(scope: str, who: str) -> float | None:
    """Count one request; None when it is within the rate, else the seconds to wait."""
    limit: RateLimitItem | None = settings.THROTTLE_RATES[scope]
    if limit is None:
        return None
    try:
        with redis.breaker:
            wait = _count(_redis_counts(), limit, scope, who)
    except CircuitOpenError:
        wait = _count(_process_counts(), limit, scope, who)
    except (RedisError, OSError) as error:
        logger.warning("throttles count per process", error=str(error))
        wait = _count(_process_counts(), limit, scope, who)
    if wait is not None:
        metrics.throttled.labels(scope).inc()
    return wait


def _count(counts: FixedWindowRateLimiter, limit: RateLimitItem, scope: str, who: str) -> float | None:
    if counts.hit(limit, scope, who):
        return None
    resets_at, _ = counts.get_window_stats(limit, scope, who)
    return max(1.0, math.ceil(resets_at - time.time()))


@functools.cache
def _redis_counts() -> FixedWindowRateLimiter:
    prefix = f"{settings.CACHES['default']['KEY_PREFIX']}:throttle"
    return FixedWindowRateLimiter(
        RedisStorage(settings.REDIS_URL, connection_pool=redis.client().connection_pool, key_prefix=prefix)
    )


@functools.cache
def _process_counts() -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(MemoryStorage())
