"""What the metrics and the dashboard say of webhooks."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.webhooks.conftest import Subscribe, make_event
from webhooks.models import Delivery, Subscription
from webhooks.selectors import Figures, figures

pytestmark = [pytest.mark.django_db, pytest.mark.service]

State = Delivery.State
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def waiting(subscription: Subscription, *, seconds: float, leased: bool = False) -> None:
    """A delivery that has been due for so many seconds."""
    now = timezone.now()
    lease_until = now + 60 * SECOND if leased else None
    one = make_event(subscription)
    Delivery.objects.filter(pk=one.pk).update(due_at=now - seconds * SECOND, lease_until=lease_until)


def parked(subscription: Subscription, *, days: float) -> None:
    one = make_event(subscription)
    Delivery.objects.filter(pk=one.pk).update(state=State.PARKED, since=timezone.now() - days * DAY)


def test_age_is_that_of_the_oldest_delivery_which_a_worker_could_send(subscribe: Subscribe) -> None:
    answering, resting, disabled, stopped = (subscribe() for _ in range(4))
    Subscription.objects.filter(pk=resting.pk).update(rests_until=timezone.now() + DAY)
    Subscription.objects.filter(pk=disabled.pk).update(active=False, disabled_reason="it answered 410 Gone")
    Subscription.objects.filter(pk=stopped.pk).update(active=False)
    for seconds in (30, 100):
        waiting(answering, seconds=seconds)
    waiting(answering, seconds=1000, leased=True)
    for each in (resting, disabled, stopped):
        waiting(each, seconds=1000)
    Delivery.objects.filter(pk=make_event(answering).pk).update(state=State.DELIVERED, due_at=timezone.now() - DAY)
    parked(answering, days=6)
    parked(answering, days=8)

    found = figures()

    assert found == Figures(pending=6, oldest_seconds=found.oldest_seconds, parked=1, failing=1, disabled=1)
    assert 100 <= found.oldest_seconds < 400


@pytest.mark.parametrize("seconds", [None, -50], ids=["nothing waits", "nothing is due"])
def test_nothing_that_is_due_has_no_age(subscribe: Subscribe, seconds: float | None) -> None:
    subscription = subscribe()
    if seconds:
        waiting(subscription, seconds=seconds)
    assert figures() == Figures(pending=1 if seconds else 0, oldest_seconds=0.0, parked=0, failing=0, disabled=0)
