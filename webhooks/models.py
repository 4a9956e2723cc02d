import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

MAX_URL = 2000  # characters
EVENT_PREFIX = "evt_"


class Kind(models.TextChoices):
    """The kinds of events. A value never changes, because receivers compare it."""

    ORDER_CONFIRMED = "order.confirmed", "order confirmed"
    ORDER_REJECTED = "order.rejected", "order rejected"
    ORDER_CANCELLED = "order.cancelled", "order cancelled"
    STOCK_LOW = "stock.low", "stock low"
    STOCK_OUT = "stock.out", "stock out"
    PRODUCT_CHANGED = "product.changed", "product changed"


TEST_KIND = "webhook.test"  # sent by hand, to one subscription


class Subscription(models.Model):
    """A receiver of events. Triggers (`migrations/capture.sql`) read `active`, `kinds` and `low_stock`.

    The fields after `created_at` say how its endpoint has answered. Its circuit is open while
    `rests_until` is set: until then nothing is sent, after it one delivery probes the endpoint.
    """

    name = models.CharField(max_length=100, help_text="Of the system that receives the events.")
    url = models.CharField("URL", max_length=MAX_URL)
    kinds: "models.Field[list[str], list[str]]" = ArrayField(models.CharField(max_length=40, choices=Kind.choices))
    active = models.BooleanField(default=True, help_text="While it is not, no events are recorded for it.")
    low_stock = models.PositiveIntegerField(
        default=0, help_text="stock.low is sent when a store's units fall to this number or below it."
    )
    secret = models.TextField(editable=False, help_text="Encrypted.")
    previous_secret = models.TextField(
        blank=True, default="", editable=False, help_text="Encrypted; it signs too until previous_until."
    )
    previous_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    failures = models.PositiveIntegerField(default=0, editable=False, help_text="Failed attempts since a success.")
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    rests = models.PositiveIntegerField(default=0, editable=False, help_text="Failed probes since a success.")
    rests_until = models.DateTimeField(null=True, blank=True, editable=False)
    disabled_reason = models.CharField(max_length=200, blank=True, default="", editable=False)

    class Meta:
        ordering = ("name", "id")
        permissions: ClassVar = [("send_subscription", "Can send test events and redeliver")]

    def __str__(self) -> str:
        return self.name


def public_id_of(uid: uuid.UUID) -> str:
    return f"{EVENT_PREFIX}{uid.hex}"


class Event(models.Model):
    """Something that happened, written by a trigger in the transaction that made it happen.

    `data` is a snapshot of that moment. Events of one subject are written under its row lock, so
    their ids are in the order of the commits.
    """

    uid = models.UUIDField(default=uuid.uuid4, db_default=models.Func(function="gen_random_uuid"), editable=False)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=60, help_text="order:<id>, stock:<store>:<product> or product:<id>.")
    data = models.JSONField()
    created_at = models.DateTimeField(db_default=models.Func(function="clock_timestamp"), editable=False)

    class Meta:
        ordering = ("-id",)
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"

    @property
    def public_id(self) -> str:
        """The `webhook-id`: the same in every attempt, and never used again."""
        return public_id_of(self.uid)


class Delivery(models.Model):
    """An event on its way to one subscription.

    No foreign key of the database: its check would lock the subscription's row in every order.
    """

    class State(models.TextChoices):
        PENDING = "PENDING", "pending"
        DELIVERED = "DELIVERED", "delivered"
        PARKED = "PARKED", "parked"

    event = models.ForeignKey(
        Event, models.CASCADE, related_name="deliveries", db_constraint=False, db_index=False
    )  # the constraint begins with it
    subscription = models.ForeignKey(
        Subscription, models.CASCADE, related_name="deliveries", db_constraint=False, db_index=False
    )
    subject = models.CharField(max_length=60, help_text="The event's.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING, db_default=State.PENDING)
    due_at = models.DateTimeField(
        db_default=models.Func(function="clock_timestamp"), help_text="No attempt is made before this."
    )
    since = models.DateTimeField(
        db_default=models.Func(function="clock_timestamp"),
        help_text="From here the day counts after which it is parked.",
    )
    lease_until = models.DateTimeField(null=True, blank=True, help_text="A worker sends it now, at most until then.")
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    attempted_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True, help_text="HTTP status of the last attempt.")
    error = models.CharField(max_length=300, blank=True, default="", db_default="", help_text="Of the last attempt.")

    class Meta:
        ordering = ("-id",)
        default_permissions = ("view",)
        verbose_name_plural = "deliveries"
        indexes: ClassVar = [
            models.Index(fields=["subscription", "id"], name="webhooks_delivery_of_one"),
            models.Index(
                fields=["subscription", "due_at", "id"],
                condition=models.Q(state="PENDING"),
                name="webhooks_delivery_due",
            ),
            models.Index(
                fields=["subscription", "subject", "id"],
                condition=models.Q(state="PENDING"),
                name="webhooks_delivery_chain",
            ),
            models.Index(
                fields=["subscription"], condition=models.Q(lease_until__isnull=False), name="webhooks_delivery_leased"
            ),
            models.Index(fields=["id"], condition=models.Q(state="PARKED"), name="webhooks_delivery_parked"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "subscription"], name="webhooks_delivery_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["PENDING", "DELIVERED", "PARKED"]), name="webhooks_delivery_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.subscription}"
