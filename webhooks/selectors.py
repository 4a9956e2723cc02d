from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from webhooks.models import Delivery, Event, Subscription

State = Delivery.State
SHOWN_FOR = timedelta(days=7)  # parked deliveries in metrics; the admin lists them all


@dataclass(frozen=True, slots=True)
class Figures:
    """`oldest_seconds`: since when the oldest delivery is due that a worker could send now."""

    pending: int
    oldest_seconds: float
    parked: int
    failing: int
    disabled: int


def figures() -> Figures:
    waiting = Delivery.objects.filter(state=State.PENDING)
    answering = Q(subscription__rests_until=None) & Q(subscription__active=True)
    counts = waiting.aggregate(pending=Count("pk"), oldest=Min("due_at", filter=answering & Q(lease_until=None)))
    subscriptions = Subscription.objects.aggregate(
        failing=Count("pk", filter=Q(active=True, rests_until__isnull=False)),
        disabled=Count("pk", filter=Q(active=False) & ~Q(disabled_reason="")),
    )
    oldest = (timezone.now() - counts["oldest"]).total_seconds() if counts["oldest"] else 0.0
    parked = Delivery.objects.filter(state=State.PARKED, since__gt=Now() - SHOWN_FOR).count()
    return Figures(counts["pending"], max(0.0, oldest), parked, subscriptions["failing"], subscriptions["disabled"])


def deliveries_of(subscription_id: int, *, state: str = "", kind: str = "") -> QuerySet[Delivery]:
    """The deliveries of a subscription with their events."""
    filters = {"state": state, "event__kind": kind}
    chosen = {lookup: value for lookup, value in filters.items() if value}
    return Delivery.objects.filter(subscription=subscription_id, **chosen).select_related("event")


def events_of_orders(order_ids: Iterable[UUID]) -> QuerySet[Event]:
    return Event.objects.filter(subject__in=[f"order:{order_id}" for order_id in order_ids])
