"""Confirmation e-mails.

Every confirmed order with an address gets at least one, as long as the mail server accepts it
within `MAX_ATTEMPTS`. It gets a second one only when a worker dies, or PostgreSQL fails, in the few
milliseconds between the answer of the mail server and the record of it. The second one has the same
Message-ID, so many mail systems drop it. Two workers never send the mail of one order at the same
time: a claim holds the order for `LEASE`, by PostgreSQL's clock, which is far longer than sending
may take (`EMAIL_TIMEOUT`). An order that is cancelled before its mail was sent gets none.
"""

import uuid
from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.template.loader import render_to_string

from orders.models import Order

LEASE = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=6)
MAX_ATTEMPTS = 16  # about two days
SHOWN_FOR = timedelta(days=7)  # in metrics; the admin lists them without a limit
SWEEP_AFTER = timedelta(seconds=10)  # a younger order's own task is probably still queued


def send_confirmation(*, order_id: uuid.UUID) -> bool:
    """Send an order's confirmation if it is due, and record it. False: sent before, or not due.

    Raises the error of the mail server; then the order is due again after a wait that doubles each
    time.
    """
    if not claim(order_id):
        return False
    order = Order.objects.select_related("store", "customer").prefetch_related("items").get(pk=order_id)
    context = {"order": order, "shop": settings.SHOP_NAME}
    domain = str(settings.DEFAULT_FROM_EMAIL).rpartition("@")[2].rstrip(">")
    message = EmailMultiAlternatives(
        subject=f"{settings.SHOP_NAME}: your order {order.pk}",
        body=render_to_string("orders/confirmation.txt", context),
        to=[order.email],
        headers={"Message-ID": f"<order-{order.pk}@{domain}>"},
    )
    message.attach_alternative(render_to_string("orders/confirmation.html", context), "text/html")
    message.send()
    Order.objects.filter(pk=order_id).update(confirmation_sent_at=Now())
    return True


def due_confirmations() -> QuerySet[Order]:
    """Orders whose confirmation should have been sent and was not, oldest first."""
    return _unsent().filter(created_at__lt=Now() - SWEEP_AFTER).order_by("created_at")


def give_up() -> int:
    """Stop trying for orders whose last attempt failed. Returns the number of orders."""
    failed = _wanted().filter(confirmation_attempts__gte=MAX_ATTEMPTS, confirmation_due_at__lte=Now())
    return failed.update(confirmation_given_up_at=Now())


def given_up_confirmations() -> QuerySet[Order]:
    """Confirmed orders whose confirmation failed `MAX_ATTEMPTS` times and is not tried any more."""
    return Order.objects.filter(
        confirmation_given_up_at__isnull=False, confirmation_sent_at=None, status=Order.Status.CONFIRMED
    )


def recently_given_up() -> QuerySet[Order]:
    """Confirmations that were given up within `SHOWN_FOR`."""
    return given_up_confirmations().filter(confirmation_given_up_at__gt=Now() - SHOWN_FOR)


def try_again(*, order_ids: Collection[uuid.UUID]) -> int:
    """Make given up confirmations due at once, with all attempts again. Returns their number."""
    return (
        given_up_confirmations()
        .filter(pk__in=order_ids)
        .update(confirmation_given_up_at=None, confirmation_due_at=None, confirmation_attempts=0)
    )


def claim(order_id: uuid.UUID) -> bool:
    """Start an attempt if the order is due. Other workers wait for `LEASE` or longer."""
    attempts = Order.objects.filter(pk=order_id).values_list("confirmation_attempts", flat=True).first()
    if attempts is None:
        return False
    wait = min(LEASE * (1 << attempts), LONGEST_WAIT)
    # An update that waited for another worker's reads the row again: it is not due any more, so only one succeeds.
    claimed = (
        _unsent()
        .filter(pk=order_id)
        .update(confirmation_attempts=F("confirmation_attempts") + 1, confirmation_due_at=Now() + wait)
    )
    return claimed == 1


def _unsent() -> QuerySet[Order]:
    return _wanted().filter(
        Q(confirmation_due_at=None) | Q(confirmation_due_at__lte=Now()), confirmation_attempts__lt=MAX_ATTEMPTS
    )


def _wanted() -> QuerySet[Order]:
    return Order.objects.filter(
        ~Q(email=""), status=Order.Status.CONFIRMED, confirmation_sent_at=None, confirmation_given_up_at=None
    )
