"""A task's message as a worker holds it, settled even when Redis did not hear of it.

Celery logs an acknowledgement that failed and goes on, with the message still counted as being worked on. With a
prefetch of one that worker would never be given another task (seen: Redis hung for 3 s, and a worker sat idle from then
on). So the worker connects anew, and what it held goes back to the queue.
"""

from typing import Any, NoReturn

from celery.worker.request import Request
from kombu.asynchronous import get_event_loop
from redis.exceptions import ConnectionError as RedisConnectionError


class Delivery(Request):
    def acknowledge(self) -> None:
        super().acknowledge()
        self._connect_anew_unless_settled()

    def reject(self, requeue: Any = False) -> None:  # noqa: FBT002 - Celery's signature
        super().reject(requeue)
        self._connect_anew_unless_settled()

    def _connect_anew_unless_settled(self) -> None:
        loop = get_event_loop()
        if loop is not None and not self.message.acknowledged:
            loop.call_soon(_lose_connection)


def _lose_connection() -> NoReturn:
    """Raised in the worker's loop, where it is a lost connection like any other."""
    raise RedisConnectionError("Redis did not take an acknowledgement")
