from celery import shared_task
from django.core.cache import cache

from backend import redis
from circuit_breaker import RestingError

HEARTBEAT_KEPT = 3600  # seconds


def heartbeat_key(queue: str) -> str:
    return f"heartbeat:{queue}"


@shared_task
def heartbeat(queue: str) -> None:
    """Record that a task of the queue was sent by beat, carried by Redis and run by a worker just now."""
    cache.set(heartbeat_key(queue), 1, HEARTBEAT_KEPT)


def heartbeat_age(queue: str) -> float | None:
    """Seconds since the queue's last heartbeat, by Redis's clock; None when it was long ago, or Redis is away."""
    try:
        with redis.breaker:
            left = redis.client().pttl(cache.make_key(heartbeat_key(queue)))
    except (RestingError, *redis.UNREACHABLE):
        return None
    return HEARTBEAT_KEPT - left / 1000 if left > 0 else None
