"""How this process meets Redis: one breaker for everything that uses it, so that a hung Redis is waited for once."""

import functools

import redis
from django.conf import settings
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from backend.observability import metrics
from foundation.circuit_breaker import CircuitBreaker

# Redis is away, as against Redis refusing one command (full, read-only). The last one is how Celery puts it.
UNREACHABLE = (RedisConnectionError, RedisTimeoutError, OSError, OperationalError)

breaker = CircuitBreaker(
    "Redis",
    probe_every=settings.REDIS_REST,
    probe=lambda: client().ping(),
    is_outage=lambda error: isinstance(error, UNREACHABLE),
)
breaker.on_change = metrics.breaker_open.labels("redis").set


@functools.cache
def pool() -> redis.ConnectionPool:
    """Connections for what is neither cache nor broker. No retries: the breaker decides when to try again."""
    return redis.ConnectionPool.from_url(
        settings.REDIS_URL, socket_timeout=settings.REDIS_TIMEOUT, socket_connect_timeout=settings.REDIS_TIMEOUT
    )


def client() -> redis.Redis:
    """A client on the pool; use it inside `with breaker`."""
    return redis.Redis(connection_pool=pool())
