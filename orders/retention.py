"""How long an order's e-mail address is stored."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now

from orders.models import Order

BATCH = 1_000  # orders in a transaction


def forget_emails() -> int:
    """Remove the address of orders older than ORDER_EMAIL_DAYS. Returns how many had one.

    One whose confirmation is still to be sent stays until it is sent or given up.
    """
    if not settings.ORDER_EMAIL_DAYS:
        return 0
    to_be_sent = Q(status=Order.Status.CONFIRMED, confirmation_sent_at=None, confirmation_given_up_at=None)
    old = Order.objects.filter(~Q(email=""), created_at__lt=Now() - timedelta(days=settings.ORDER_EMAIL_DAYS))
    forgotten = 0
    while batch := list(old.exclude(to_be_sent).order_by().values_list("pk", flat=True)[:BATCH]):
        forgotten += Order.objects.filter(pk__in=batch).update(email="")
    return forgotten
