"""How long events are stored."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Exists, Max, OuterRef
from django.db.models.functions import Now

from webhooks.models import Delivery, Event, Subscription

BATCH = 1_000  # events of one delete


def forget_events() -> int:
    """Delete events older than WEBHOOK_DAYS without a pending delivery. Returns their number.

    It also resets the sequences of kinds without a subscription, so their triggers are skipped again.
    """
    # Of subscriptions that were deleted while a transaction wrote for them.
    Delivery.objects.exclude(Exists(Subscription.objects.filter(pk=OuterRef("subscription")))).delete()
    old = Event.objects.filter(created_at__lt=Now() - timedelta(days=settings.WEBHOOK_DAYS))
    newest = old.aggregate(newest=Max("pk"))["newest"] or 0
    waiting = Delivery.objects.filter(event=OuterRef("pk"), state=Delivery.State.PENDING)
    ended = Event.objects.filter(~Exists(waiting), pk__lte=newest).order_by("pk")
    forgotten = 0
    while batch := list(ended.values_list("pk", flat=True)[:BATCH]):
        Delivery.objects.filter(event__in=batch).delete()
        forgotten += Event.objects.filter(pk__in=batch).delete()[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT webhooks_reset_watched()")
    return forgotten
