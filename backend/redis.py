"""Redis behind one circuit breaker for all uses, so that only one call waits when it hangs."""

import functools

import redis
from django.conf import settings
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

from backend.observability import metrics
from foundation.circuit_breaker import CircuitBreaker

# Redis is unavailable, as against Redis refusing one command (full, read-only). Celery raises the
# last one, for both.
UNREACHABLE = (RedisConnectionError, RedisTimeoutError, OSError, OperationalError)


def is_outage(error: Exception) -> bool:
    return isinstance(error, UNREACHABLE) and not isinstance(error.__cause__, ResponseError)


@functools.cache
def client() -> redis.Redis:
    """The client for everything but cache and broker. Use it inside `with breaker`."""
    timeout = settings.REDIS_TIMEOUT
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=timeout, socket_connect_timeout=timeout)


breaker = CircuitBreaker(
    "Redis",
    probe_every=settings.REDIS_REST,
    probe=lambda: client().ping(),
    is_outage=is_outage,
)
breaker.on_change = metrics.breaker_open.labels("redis").set
