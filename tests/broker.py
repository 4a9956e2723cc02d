"""The tasks in a queue of the broker."""

import json

import redis
from django.conf import settings


class BrokerQueue:
    """One queue of Celery, emptied when this object is made."""

    def __init__(self, name: str) -> None:
        self._redis = redis.from_url(settings.REDIS_URL)
        self._key = f"{settings.CELERY_BROKER_TRANSPORT_OPTIONS['global_keyprefix']}{name}"
        self.clear()

    def tasks(self) -> list[str]:
        """Names of the tasks, the oldest first."""
        messages = self._redis.lrange(self._key, 0, -1)
        return [json.loads(message)["headers"]["task"] for message in reversed(messages)]

    def clear(self) -> None:
        self._redis.delete(self._key)
