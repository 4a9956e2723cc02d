"""Queueing a task: into its queue, or an error immediately; and a failed acknowledgement."""

from typing import Any

import pytest
from django.conf import settings
from kombu.exceptions import OperationalError
from kombu.message import Message
from redis.exceptions import ConnectionError as RedisConnectionError

from backend import redis
from backend.celery.application import app
from backend.celery.delivery import Delivery
from backend.tasks import heartbeat

pytestmark = pytest.mark.service


def queued(queue: str) -> int:
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"]
    length = redis.client().llen(f"{prefix}{queue}")
    assert isinstance(length, int)
    return length


def test_task_goes_into_its_queue() -> None:
    before = queued("orders")
    heartbeat.apply_async(("orders",), queue="orders", expires=1)
    assert queued("orders") == before + 1


@pytest.mark.usefixtures("redis_unavailable")
def test_queueing_without_redis_fails_immediately() -> None:
    with pytest.raises(OperationalError, match="heartbeat was not queued: Redis did not answer"):
        heartbeat.delay("orders")
    with pytest.raises(OperationalError, match="was not queued"):
        app.send_task("backend.tasks.heartbeat", ["orders"])


class Hanging:
    """A channel to a Redis that hangs."""

    no_ack_consumers = None

    def basic_ack(self, *_: Any, **__: Any) -> None:
        raise RedisConnectionError("Timeout reading from socket")

    basic_reject = basic_ack


@pytest.mark.parametrize("settled", ["acknowledge", "reject"])
def test_failed_acknowledgement_reaches_the_worker(settled: str) -> None:
    """Otherwise the message would stay in progress, and the worker would receive no other."""
    headers = {"task": heartbeat.name, "id": "1"}
    message = Message(
        channel=Hanging(), delivery_tag="1", headers=headers, body="[[], {}, {}]", content_type="application/json"
    )
    delivery = Delivery(
        message,
        app=app,
        task=heartbeat,
        on_ack=message.ack_log_error,
        on_reject=message.reject_log_error,
        connection_errors=(RedisConnectionError,),
    )
    with pytest.raises(RedisConnectionError):
        getattr(delivery, settled)()
