"""Queueing a task: into its queue, or an error at once; and a worker whose acknowledgement was not heard."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from kombu.asynchronous import Hub, set_event_loop
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError as RedisConnectionError

from backend import redis
from backend.celery import app
from backend.delivery import Delivery
from backend.tasks import heartbeat

pytestmark = pytest.mark.service


def queued(queue: str) -> int:
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
    length = redis.client().llen(f"{prefix}{queue}")
    assert isinstance(length, int)
    return length


@pytest.fixture
def _redis_away() -> Iterator[None]:
    with pytest.raises(ConnectionError), redis.breaker.guard(ConnectionError):
        raise ConnectionError
    yield
    redis.breaker.reset()


def test_task_goes_into_its_queue() -> None:
    before = queued("orders")
    heartbeat.apply_async(("orders",), queue="orders", expires=1)
    assert queued("orders") == before + 1


@pytest.mark.usefixtures("_redis_away")
def test_without_redis_the_caller_is_told_at_once() -> None:
    with pytest.raises(OperationalError, match="heartbeat was not queued: Redis did not answer"):
        heartbeat.delay("orders")
    with pytest.raises(OperationalError, match="was not queued"):
        app.send_task("backend.tasks.heartbeat", ["orders"])


@pytest.mark.parametrize("heard", [True, False])
def test_worker_connects_anew_when_an_acknowledgement_was_not_heard(*, heard: bool) -> None:
    """Else the message would count as being worked on for ever, and with a prefetch of one no other would come."""
    loop: Any = Hub()
    set_event_loop(loop)
    held: Any = Delivery.__new__(Delivery)
    held.acknowledged, held._on_ack, held._connection_errors = False, lambda *_: None, ()  # noqa: SLF001
    held._message = SimpleNamespace(acknowledged=heard)  # noqa: SLF001
    held.acknowledge()
    callbacks = loop._ready  # noqa: SLF001 - what the worker's loop would do next
    try:
        assert bool(callbacks) is not heard
        if not heard:
            with pytest.raises(RedisConnectionError, match="did not take an acknowledgement"):
                callbacks.pop()()
    finally:
        set_event_loop(None)
        loop.close()
