"""Confirmation e-mails.

Guaranteed is: at least one for every confirmed order with an address, as long as the mail server takes it within the
attempts; and more than one only when a worker dies, or PostgreSQL is away, after the mail server took the message and
before that is recorded, a few milliseconds. Such a repetition has the same Message-ID, by which many mail systems drop
it. Two workers never send one order's mail at the same time: a claim holds the order for `LEASE`, far longer than
sending may take (`EMAIL_TIMEOUT`), by PostgreSQL's clock alone. An order cancelled before its mail was sent gets none.
"""

import logging
import uuid
from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.template.loader import render_to_string

from orders.models import Order

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=6)
MAX_ATTEMPTS = 16  # about two days
SHOWN_FOR = timedelta(days=7)  # to whoever watches; the admin lists them for ever
NEVER_QUEUED_AFTER = timedelta(seconds=10)  # what is younger is on its way through the queue


def send_confirmation(*, order_id: uuid.UUID) -> bool:
    """Send an order's confirmation if that is due, and record it. False: sent before, not due, or not to be sent.

    An error of the mail server is raised; the order is due again after a wait that doubles each time.
    """
    if not _claim(order_id):
        return False
    order = Order.objects.select_related("store", "customer").prefetch_related("items").get(pk=order_id)
    _message(order).send()
    Order.objects.filter(pk=order_id).update(confirmation_sent_at=Now())
    return True


def due_confirmations() -> QuerySet[Order]:
    """Orders whose confirmation should have been sent and was not, oldest first."""
    return _unsent().filter(created_at__lt=Now() - NEVER_QUEUED_AFTER).order_by("created_at")


def give_up() -> int:
    """Take orders whose last attempt failed out of what is due: the number of them."""
    failed = _wanted().filter(confirmation_attempts__gte=MAX_ATTEMPTS, confirmation_due_at__lte=Now())
    return failed.update(confirmation_given_up_at=Now())


def given_up_confirmations() -> QuerySet[Order]:
    """Confirmed orders whose confirmation nobody sends any more."""
    return Order.objects.filter(
        confirmation_given_up_at__isnull=False, confirmation_sent_at=None, status=Order.Status.CONFIRMED
    )


def lately_given_up() -> QuerySet[Order]:
    """Those of the last days."""
    return given_up_confirmations().filter(confirmation_given_up_at__gt=Now() - SHOWN_FOR)


def try_again(*, order_ids: Collection[uuid.UUID]) -> int:
    """Let confirmations that were given up be due at once, with all attempts before them: the number of them."""
    return (
        given_up_confirmations()
        .filter(pk__in=order_ids)
        .update(confirmation_given_up_at=None, confirmation_due_at=None, confirmation_attempts=0)
    )


def _unsent() -> QuerySet[Order]:
    return _wanted().filter(
        Q(confirmation_due_at=None) | Q(confirmation_due_at__lte=Now()), confirmation_attempts__lt=MAX_ATTEMPTS
    )


def _wanted() -> QuerySet[Order]:
    return Order.objects.filter(
        ~Q(email=""), status=Order.Status.CONFIRMED, confirmation_sent_at=None, confirmation_given_up_at=None
    )


def _claim(order_id: uuid.UUID) -> bool:
    """Take an attempt, so that nobody else sends until it has had time to end. One statement: one of two wins."""
    attempts = Order.objects.filter(pk=order_id).values_list("confirmation_attempts", flat=True).first()
    if attempts is None:
        return False
    claimed = (
        _unsent()
        .filter(pk=order_id, confirmation_attempts=attempts)
        .update(confirmation_attempts=attempts + 1, confirmation_due_at=Now() + _wait(attempts))
    )
    return claimed == 1


def _wait(attempts: int) -> timedelta:
    return min(LEASE * (1 << attempts), LONGEST_WAIT)


def _message(order: Order) -> EmailMultiAlternatives:
    context = {"order": order, "shop": settings.SHOP_NAME, "currency": settings.CURRENCY}
    message = EmailMultiAlternatives(
        subject=f"{settings.SHOP_NAME}: your order {order.pk}",
        body=render_to_string("orders/confirmation.txt", context),
        to=[order.email],
        headers={"Message-ID": f"<order-{order.pk}@{_mail_domain()}>"},
    )
    message.attach_alternative(render_to_string("orders/confirmation.html", context), "text/html")
    return message


def _mail_domain() -> str:
    return str(settings.DEFAULT_FROM_EMAIL).rpartition("@")[2].rstrip(">")
