"""How often one caller may send requests: counted by user, or by address for anonymous callers.

Redis counts in one atomic step, so a limit is exact over all processes and threads. A window begins
with the caller's first request. While Redis is unavailable each process counts for itself, so the
limit then holds per process.
"""

import dataclasses
import functools
import math
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.http import HttpRequest
from limits import RateLimitItem
from limits.storage import MemoryStorage
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from api_keys.selectors import KnownKey
from backend import redis
from backend.observability import metrics
from foundation import callers
from foundation.circuit_breaker import CircuitOpenError

if TYPE_CHECKING:  # an import cycle at run time: views load the throttles
    from rest_framework.views import APIView

logger = structlog.get_logger(__name__)

DEFAULT_SCOPE = "api"
KEY_SCOPE = "key"
# The limits library's own script, but with the window's end, which costs it a second round trip.
COUNT = """
local count = redis.call('incrby', KEYS[1], ARGV[2])
if count == tonumber(ARGV[2]) then
    redis.call('expire', KEYS[1], ARGV[1])
end
return {count, redis.call('pttl', KEYS[1])}
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Usage:
    """What a caller has used of a limit in the present window, including this request."""

    limit: int
    count: int
    resets_in: float  # s

    @property
    def wait(self) -> float | None:
        """The seconds to wait when the request is above the limit, else None."""
        return max(1.0, math.ceil(self.resets_in)) if self.count > self.limit else None

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.count)

    def headers(self) -> dict[str, str]:
        """The three headers that clients read; hardly any reads the single one of the IETF's later drafts."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(math.ceil(max(0.0, self.resets_in))),
        }


class ScopedThrottle(BaseThrottle):
    """Applies the rate named by the view's `throttle_scope`; 'api' for a view that names none.

    An API key may have other rates. A view whose requests are worth several has `throttle_costs`:
    how many, by scope. The headers of the response are about the limit that is reached first.
    """

    _wait: float | None = None

    def allow_request(self, request: Request, view: "APIView") -> bool:
        costs = getattr(view, "throttle_costs", None)
        by_scope = costs(request) if costs else {getattr(view, "throttle_scope", DEFAULT_SCOPE): 1}
        key = getattr(request, "api_key", None)
        who = caller(request)
        if key is None:
            counted = [count(scope, who, cost) for scope, cost in by_scope.items()]
        else:
            counted = _count_with_key(key, who, by_scope)
        if usages := [usage for usage in counted if usage]:
            nearest = min(usages, key=lambda usage: (usage.wait is None, usage.remaining, -usage.resets_in))
            view.headers |= nearest.headers()
            self._wait = nearest.wait
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
    """Count a request; None when it is within the rate, else the seconds to wait."""
    usage = count(scope, who)
    return usage.wait if usage else None


def count(scope: str, who: str, cost: int = 1) -> Usage | None:
    """Count a request, or several; None when the scope has no limit."""
    return _count(settings.THROTTLE_RATES[scope], scope, who, cost)


def _count_with_key(key: KnownKey, who: str, by_scope: Mapping[str, int]) -> list[Usage | None]:
    """Count for the caller, by the key's rate if it has one, and for all callers with the key together.

    A request above the caller's own limit is not counted for the others, whom one caller could shut out by it.
    """
    own = key.caller_rate
    counted = [
        _count(own, scope, f"key:{key.pk}:{who}", cost) if own else count(scope, who, cost)
        for scope, cost in by_scope.items()
    ]
    if any(usage and usage.wait is not None for usage in counted):
        return counted
    return [*counted, _count(key.total_rate, KEY_SCOPE, f"key:{key.pk}", sum(by_scope.values()))]


def _count(limit: RateLimitItem | None, scope: str, who: str, cost: int) -> Usage | None:
    if limit is None:
        return None
    key = limit.key_for(scope, who)
    try:
        with redis.breaker:
            redis_key = f"{settings.CACHES['default']['KEY_PREFIX']}:throttle:{key}"
            counted, milliseconds = _redis_counts()(keys=[redis_key], args=[limit.get_expiry(), cost])
            usage = Usage(limit.amount, counted, milliseconds / 1000)
    except CircuitOpenError:
        usage = _count_in_process(limit, key, cost)
    except (RedisError, OSError) as error:
        logger.warning("throttles count per process", error=str(error))
        usage = _count_in_process(limit, key, cost)
    if usage.wait is not None:
        metrics.throttled.labels(scope).inc()
    return usage


def _count_in_process(limit: RateLimitItem, key: str, cost: int) -> Usage:
    counts = _process_counts()
    counted = counts.incr(key, limit.get_expiry(), amount=cost)
    return Usage(limit.amount, counted, counts.get_expiry(key) - time.time())


@functools.cache
def _redis_counts() -> Any:
    return redis.client().register_script(COUNT)


@functools.cache
def _process_counts() -> MemoryStorage:
    return MemoryStorage()
