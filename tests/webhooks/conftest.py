"""Receivers on this machine, and subscriptions to events for them."""

import ipaddress
from collections.abc import Iterator
from typing import Any, Protocol

import pytest
from pytest_django import Settings

from tests.webhooks.receiver import Receiver, running
from webhooks.models import Delivery, Event, Kind, Subscription
from webhooks.services import create_subscription

LOCAL = ipaddress.ip_network("127.0.0.1/32")


@pytest.fixture(autouse=True)
def _quick_local_deliveries(settings: Settings) -> None:
    """Only 127.0.0.1 may be sent to: 127.0.0.2 is an address that is refused."""
    settings.WEBHOOK_ALLOWED_NETWORKS = [LOCAL]
    settings.WEBHOOK_RETRY_SECONDS = 60.0  # a test lets that time pass
    settings.WEBHOOK_TIMEOUT = 1.0


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running(Receiver()) as started:
        yield started


class Subscribe(Protocol):
    def __call__(self, *kinds: str, **fields: Any) -> Subscription: ...


@pytest.fixture
def subscribe(receiver: Receiver) -> Subscribe:
    """A subscription of the receiver to kinds of events, to all by default."""

    def subscribed(*kinds: str, **fields: Any) -> Subscription:
        defaults = {"name": "ERP", "url": receiver.url, "kinds": kinds or Kind.values, "low_stock": 3}
        return create_subscription(**{**defaults, **fields}).subscription

    return subscribed


def make_event(subscription: Subscription, subject: str = "test:1", **data: Any) -> Delivery:
    """An event for one subscription, without the change that would cause it."""
    event = Event.objects.create(kind="webhook.test", subject=subject, data=data)
    return Delivery.objects.create(event=event, subscription=subscription, subject=subject)
