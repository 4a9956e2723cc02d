import time

from celery import shared_task
from django.core.cache import cache

HEARTBEAT_KEPT = 3600  # seconds


def heartbeat_key(queue: str) -> str:
    return f"heartbeat:{queue}"


@shared_task
def heartbeat(queue: str) -> None:
    """Record that a task of the queue was sent by beat, carried by Redis and run by a worker just now."""
    cache.set(heartbeat_key(queue), time.time(), HEARTBEAT_KEPT)


def heartbeat_age(queue: str) -> float | None:
    """Seconds since the queue's last heartbeat; None when there was none for long, or Redis is away."""
    beaten = cache.get(heartbeat_key(queue))
    return None if beaten is None else max(0.0, time.time() - beaten)
