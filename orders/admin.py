"""Orders in the admin are read-only: services place and cancel them."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from foundation.read_only_admin import ReadOnly
from orders import confirmations
from orders.models import Order, OrderItem


class OrderItemInline(ReadOnly, admin.TabularInline):
    model = OrderItem
    fields = readonly_fields = ("sku", "name", "quantity", "unit_price", "line_total")


class ConfirmationFilter(admin.SimpleListFilter):
    title, parameter_name = "confirmation", "confirmation"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        return [("due", "Due"), ("given_up", "Given up")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:  # noqa: ARG002 - Django's signature
        filters = {"due": confirmations.due_confirmations, "given_up": confirmations.given_up_confirmations}
        selected = filters.get(self.value() or "")
        return queryset.filter(pk__in=selected().order_by().values("pk")) if selected else queryset


@admin.register(Order)
class OrderAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("id", "created_at", "store", "customer", "status", "total")
    list_filter = ("status", ConfirmationFilter, "created_at")
    list_select_related = ("store", "customer")
    ordering = ("-id",)  # ids begin with the time, so the primary key serves this order
    search_fields = ("=id", "=store__code", "=customer__username", "=email")
    show_full_result_count = False
    inlines = (OrderItemInline,)
    actions: tuple[str, ...] = ("send_confirmation_again",)

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_order")

    @admin.action(description="Send confirmations that failed again", permissions=["send_again"])
    def send_confirmation_again(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        due = confirmations.try_again(order_ids=list(queryset.values_list("pk", flat=True)))
        self.message_user(request, f"{due} confirmations that had been given up are due again.")


@admin.register(OrderItem)
class OrderItemAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("order", "sku", "name", "quantity", "unit_price", "line_total")
    list_filter = ("order__status",)
    list_select_related = ("order",)
    search_fields = ("=sku", "name", "=order__id")
    show_full_result_count = False
