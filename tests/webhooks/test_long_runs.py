"""When a run of a worker ends that always has something to do."""

import threading
import time
from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone

from tests.webhooks.conftest import Subscribe, make_event
from tests.webhooks.receiver import Received, Receiver, Response
from webhooks import delivery
from webhooks.delivery import deliver_due
from webhooks.models import Delivery

pytestmark = [pytest.mark.django_db, pytest.mark.service]

LIMIT, LATER, LINGER = 0.3, 0.6, 60.0  # s


@override_settings(WEBHOOK_TIMEOUT=30.0)
@pytest.mark.parametrize(("limit", "delivered"), [("LONGEST_RUN", 2), ("LONGEST_CLAIMING", 1)])
def test_old_run_claims_while_attempts_are_in_flight_but_not_for_ever(
    subscribe: Subscribe, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, limit: str, delivered: int
) -> None:
    """The second event is due when the run is old, and the first is then in flight."""
    monkeypatch.setattr(delivery, limit, LIMIT)
    subscription = subscribe()
    first, second = make_event(subscription, "test:1"), make_event(subscription, "test:2")
    Delivery.objects.filter(pk=second.pk).update(due_at=timezone.now() + timedelta(seconds=LATER))
    both_are_here = threading.Event()

    def answer(received: Received) -> Response:
        del received
        if len(receiver.received) > 1:
            both_are_here.set()
        both_are_here.wait(LATER + 2)
        return Response()

    receiver.answer = answer
    began = time.monotonic()
    assert deliver_due(LINGER).delivered == delivered
    assert time.monotonic() - began < LINGER / 2
    assert Delivery.objects.filter(pk=first.pk, state="DELIVERED").exists()
