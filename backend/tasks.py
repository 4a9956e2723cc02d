"""House-keeping that belongs to no app."""

from importlib import import_module

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.db.models.functions import Now
from knox.models import get_token_model

from backend import redis
from foundation.circuit_breaker import CircuitOpenError

HEARTBEAT_KEPT = 3600  # seconds


def heartbeat_key(queue: str) -> str:
    return f"heartbeat:{queue}"


@shared_task
def heartbeat(queue: str) -> None:
    """Record that a task of the queue was sent by beat, carried by Redis and run by a worker just now."""
    cache.set(heartbeat_key(queue), 1, HEARTBEAT_KEPT)


@shared_task
def forget_sessions() -> None:
    """Delete sessions and tokens that have expired: nothing else does, but for one that is asked for once more."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    get_token_model().objects.filter(expiry__lt=Now()).delete()


def heartbeat_age(queue: str) -> float | None:
    """Seconds since the queue's last heartbeat, by Redis's clock; None when it was long ago, or Redis is away."""
    try:
        with redis.breaker:
            left = redis.client().pttl(cache.make_key(heartbeat_key(queue)))
    except (CircuitOpenError, *redis.UNREACHABLE):
        return None
    return HEARTBEAT_KEPT - left / 1000 if left > 0 else None
