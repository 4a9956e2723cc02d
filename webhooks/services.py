"""Subscriptions, their secrets, test events, and redelivery by hand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from webhooks import addresses, signing
from webhooks.errors import NotActiveError
from webhooks.models import TEST_KIND, Delivery, Event, Subscription
from webhooks.selectors import events_of_orders

State = Delivery.State
CHANGEABLE = ("name", "url", "kinds", "active", "low_stock")
# What is known about the endpoint, of one that has not been tried.
UNTRIED: dict[str, Any] = {
    "failures": 0,
    "failing_since": None,
    "rests": 0,
    "rests_until": None,
    "disabled_reason": "",
}


@dataclass(frozen=True, slots=True)
class NewSecret:
    """The secret is shown only once; only its encrypted form is stored."""

    subscription: Subscription
    secret: str


def create_subscription(*, created_by_id: int | None = None, **fields: Any) -> NewSecret:
    """A subscription with the fields of CHANGEABLE; `low_stock` is LOW_STOCK when left out. BadUrlError."""
    addresses.check_url(fields["url"])
    secret = signing.new_secret()
    subscription = Subscription(
        **{"low_stock": settings.LOW_STOCK, **fields, "kinds": sorted(set(fields["kinds"]))},
        created_by_id=created_by_id,
        secret=signing.encrypt(secret),
    )
    subscription.save()
    return NewSecret(subscription, secret)


@transaction.atomic
def change_subscription(*, subscription_id: int, **fields: Any) -> Subscription:
    """Change some of CHANGEABLE. Another URL, or activating it, makes its endpoint an untried one: what waited is due.

    BadUrlError, Subscription.DoesNotExist.
    """
    subscription = Subscription.objects.select_for_update(no_key=True).get(pk=subscription_id)
    if "url" in fields:
        addresses.check_url(fields["url"])
    if "kinds" in fields:
        fields["kinds"] = sorted(set(fields["kinds"]))
    activated = fields.get("active", False) and not subscription.active
    changed = {name: value for name, value in fields.items() if getattr(subscription, name) != value}
    if "url" in changed or activated:
        changed |= UNTRIED
        waiting = Delivery.objects.filter(subscription=subscription_id, state=State.PENDING, lease_until=None)
        waiting.filter(due_at__gt=Now()).update(due_at=Now())
    if changed:
        Subscription.objects.filter(pk=subscription_id).update(**changed)
        subscription.refresh_from_db()
    return subscription


@transaction.atomic
def delete_subscription(*, subscription_id: int) -> None:
    """Delete it with its deliveries; an event that was only for it stays until it is old."""
    Subscription.objects.select_for_update().get(pk=subscription_id)
    Delivery.objects.filter(subscription=subscription_id).order_by()._raw_delete("default")  # noqa: SLF001 - no row refers to them
    Subscription.objects.filter(pk=subscription_id).delete()


@transaction.atomic
def rotate_secret(*, subscription_id: int, overlap: timedelta | None = None) -> NewSecret:
    """A new secret. For `overlap`, WEBHOOK_ROTATION_HOURS by default, the one before it signs too."""
    subscription = Subscription.objects.select_for_update(no_key=True).get(pk=subscription_id)
    secret = signing.new_secret()
    if overlap is None:
        overlap = timedelta(hours=settings.WEBHOOK_ROTATION_HOURS)
    Subscription.objects.filter(pk=subscription_id).update(
        previous_secret=subscription.secret, previous_until=Now() + overlap, secret=signing.encrypt(secret)
    )
    subscription.refresh_from_db()
    return NewSecret(subscription, secret)


@transaction.atomic
def send_test(*, subscription_id: int) -> Delivery:
    """Write a test event for this subscription alone, whatever its kinds. NotActiveError."""
    subscription = Subscription.objects.get(pk=subscription_id)
    if not subscription.active:
        raise NotActiveError
    subject = f"test:{subscription_id}"
    data = {"subscription_id": subscription_id, "name": subscription.name}
    event = Event.objects.create(kind=TEST_KIND, subject=subject, data=data)
    delivery = Delivery.objects.create(event=event, subscription=subscription, subject=subject)
    return Delivery.objects.select_related("event").get(pk=delivery.pk)


def forget_customer(*, order_ids: Collection[UUID]) -> None:
    """Remove the customer's id from stored events of these orders, which have nothing else of a person."""
    for event in events_of_orders(order_ids).select_for_update().order_by("pk"):
        event.data = {**event.data, "customer_id": None}
        event.save(update_fields=["data"])


def redeliver(deliveries: QuerySet[Delivery]) -> int:
    """Make ended deliveries due at once, with a day for their attempts. Returns their number.

    An event that is sent again may arrive after later ones of its subject.
    """
    with transaction.atomic():
        ended = deliveries.filter(state__in=[State.DELIVERED, State.PARKED])
        chosen = list(ended.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
        return Delivery.objects.filter(pk__in=chosen).update(
            state=State.PENDING, due_at=Now(), since=Now(), attempts=0, lease_until=None, delivered_at=None, error=""
        )
