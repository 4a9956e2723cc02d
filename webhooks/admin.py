"""Subscriptions and their deliveries in the admin: secrets are shown once, parked events are sent again."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from foundation.read_only_admin import ReadOnly
from webhooks import services
from webhooks.errors import NotActiveError
from webhooks.forms import SubscriptionForm
from webhooks.models import Delivery, Event, Subscription
from webhooks.permissions import SEND

DELIVERIES = "admin:webhooks_delivery_changelist"
ENDPOINT = ("failures", "failing_since", "rests_until", "disabled_reason", "previous_until", "created_by", "created_at")


class SendingAdmin(admin.ModelAdmin):
    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(SEND)


@admin.register(Subscription)
class SubscriptionAdmin(SendingAdmin):
    form = SubscriptionForm
    list_display = ("name", "url", "kinds_shown", "active", "health", "deliveries")
    list_filter = ("active",)
    search_fields = ("name", "url")
    readonly_fields = ENDPOINT
    actions = ("rotate_secret", "send_test")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"low_stock": settings.LOW_STOCK, **super().get_changeform_initial_data(request)}

    @admin.display(description="kinds")
    def kinds_shown(self, subscription: Subscription) -> str:
        return ", ".join(subscription.kinds)

    @admin.display(description="endpoint")
    def health(self, subscription: Subscription) -> str:
        if subscription.disabled_reason:
            return subscription.disabled_reason
        return f"{subscription.failures} failures" if subscription.failures else "good"

    @admin.display(description="deliveries")
    def deliveries(self, subscription: Subscription) -> str:
        return format_html(
            '<a href="{}?subscription__id__exact={}">Deliveries</a>', reverse(DELIVERIES), subscription.pk
        )

    def save_model(self, request: HttpRequest, obj: Subscription, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        fields = {name: form.cleaned_data[name] for name in services.CHANGEABLE}
        if change:
            services.change_subscription(subscription_id=obj.pk, **fields)
            return
        new = services.create_subscription(created_by_id=request.user.pk, **fields)
        obj.pk = new.subscription.pk
        self._show(request, new)

    def delete_model(self, request: HttpRequest, obj: Subscription) -> None:
        del request
        services.delete_subscription(subscription_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        for subscription in queryset:
            self.delete_model(request, subscription)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Without a list of every delivery."""
        del request
        return [str(one) for one in objs], {}, set(), []

    @admin.action(description="Make new secrets", permissions=["change"])
    def rotate_secret(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        for subscription in queryset:
            self._show(request, services.rotate_secret(subscription_id=subscription.pk))

    @admin.action(description="Send a test event", permissions=["send"])
    def send_test(self, request: HttpRequest, queryset: QuerySet[Subscription]) -> None:
        for subscription in queryset:
            try:
                services.send_test(subscription_id=subscription.pk)
            except NotActiveError as error:
                self.message_user(request, f"{subscription}: {error}.", messages.ERROR)
            else:
                self.message_user(request, f"A test event is on its way to {subscription}; see its deliveries.")

    def _show(self, request: HttpRequest, new: services.NewSecret) -> None:
        text = f"The secret of {new.subscription} is {new.secret}. Copy it now: it is not shown again."
        self.message_user(request, text, messages.WARNING)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, SendingAdmin):
    list_display = ("id", "kind", "subject", "subscription", "state", "attempts", "due_at", "status", "error")
    list_filter = ("state", "subscription", "event__kind")
    list_select_related = ("subscription", "event")
    search_fields = ("=subject", "=event__uid")
    search_help_text = "A subject such as order:<id>, or the event's id without evt_"
    show_full_result_count = False
    actions = ("send_again",)

    @admin.display(description="kind", ordering="event__kind")
    def kind(self, delivery: Delivery) -> str:
        return delivery.event.kind

    @admin.action(description="Send again", permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        due = services.redeliver(Delivery.objects.filter(pk__in=list(queryset.values_list("pk", flat=True))))
        self.message_user(request, f"{due} deliveries are due again.")


@admin.register(Event)
class EventAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("public_id", "kind", "subject", "created_at")
    list_filter = ("kind",)
    search_fields = ("=subject", "=uid")
    show_full_result_count = False
