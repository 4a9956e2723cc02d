from typing import Any

from rest_framework import serializers

from foundation.fields import StrictIntegerField
from foundation.parameters import Parameters
from webhooks.models import MAX_URL, TEST_KIND, Delivery, Kind, Subscription

MOST_UNITS = 1_000_000_000
MOST_OVERLAP = 30 * 24  # hours
KINDS = [*Kind.choices, (TEST_KIND, "test")]


class SubscriptionInput(serializers.Serializer[Any]):
    """A subscription to write. `PATCH` changes the given members only."""

    name = serializers.CharField(max_length=100, help_text="Of the system that receives the events.")
    url = serializers.CharField(
        max_length=MAX_URL, help_text="Where they are sent: https, to a public address or an allowed network."
    )
    kinds = serializers.ListField(
        child=serializers.ChoiceField(Kind.choices), allow_empty=False, max_length=len(Kind.choices)
    )
    active = serializers.BooleanField(
        required=False, help_text="While it is false, no events are recorded for it. True by default."
    )
    low_stock = StrictIntegerField(
        required=False,
        min_value=0,
        max_value=MOST_UNITS,
        help_text="`stock.low` is sent when units fall to this or below; by default LOW_STOCK.",
    )


class SubscriptionSerializer(serializers.ModelSerializer[Subscription]):
    """A subscription, and how its endpoint has answered."""

    kinds = serializers.ListField(child=serializers.ChoiceField(Kind.choices))
    failures = serializers.IntegerField(help_text="Failed attempts since the last event arrived.")
    failing_since = serializers.DateTimeField(allow_null=True)
    paused_until = serializers.DateTimeField(
        source="rests_until", allow_null=True, help_text="After many failures: when one event is tried again."
    )
    disabled_reason = serializers.CharField(help_text="Why the shop deactivated it; empty otherwise.")
    previous_secret_until = serializers.DateTimeField(
        source="previous_until", allow_null=True, help_text="Until then the earlier secret signs too."
    )

    class Meta:
        model = Subscription
        fields: Any = (
            "id",
            "name",
            "url",
            "kinds",
            "active",
            "low_stock",
            "created_at",
            "failures",
            "failing_since",
            "paused_until",
            "disabled_reason",
            "previous_secret_until",
        )


class NewSecretSerializer(SubscriptionSerializer):
    secret = serializers.CharField(help_text="It verifies signatures. It is shown only once.")

    class Meta(SubscriptionSerializer.Meta):
        fields = (*SubscriptionSerializer.Meta.fields, "secret")


class RotationInput(serializers.Serializer[Any]):
    overlap_hours = StrictIntegerField(
        required=False,
        min_value=0,
        max_value=MOST_OVERLAP,
        help_text="Hours in which the old secret signs too; 0: none.",
    )


class DeliverySerializer(serializers.ModelSerializer[Delivery]):
    """An event on its way to a subscription."""

    event_id = serializers.CharField(source="event.public_id", help_text="The `webhook-id` that is sent.")
    kind = serializers.ChoiceField(KINDS, source="event.kind")
    created_at = serializers.DateTimeField(source="event.created_at", help_text="When it happened.")
    data = serializers.JSONField(source="event.data")  # type: ignore[assignment]  # the field, not the property
    state = serializers.ChoiceField(Delivery.State.choices)
    attempts = serializers.IntegerField()
    due_at = serializers.DateTimeField(help_text="While it is pending: no attempt is made before.")
    status = serializers.IntegerField(allow_null=True, help_text="HTTP status of the last attempt.")
    error = serializers.CharField(help_text="Why the last attempt failed; empty otherwise.")

    class Meta:
        model = Delivery
        fields = (
            "id",
            "event_id",
            "kind",
            "subject",
            "created_at",
            "data",
            "state",
            "attempts",
            "due_at",
            "attempted_at",
            "delivered_at",
            "status",
            "error",
        )


class DeliveriesQuery(Parameters):
    state = serializers.ChoiceField(Delivery.State.choices, required=False)
    kind = serializers.ChoiceField(KINDS, required=False)


class RedeliveredSerializer(serializers.Serializer[Any]):
    redelivered = serializers.IntegerField(help_text="Deliveries that are due again.")
