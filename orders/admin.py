"""Orders in the admin: to be looked up, never edited. Placing and cancelling have their services."""

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

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django asks so
        return [("due", "Due"), ("given_up", "Given up")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:  # noqa: ARG002
        chosen = {"due": confirmations.due_confirmations, "given_up": confirmations.given_up_confirmations}
        wanted = chosen.get(self.value() or "")
        return queryset.filter(pk__in=wanted().order_by().values("pk")) if wanted else queryset


@admin.register(Order)
class OrderAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("id", "created_at", "store", "customer", "status", "total")
    list_filter = ("status", ConfirmationFilter, "created_at")
    list_select_related = ("store", "customer")
    ordering = ("-id",)  # ids begin with the time, and the primary key has them in order
    search_fields = ("=id", "=store__code", "=customer__username", "=email")
    show_full_result_count = False
    inlines = (OrderItemInline,)
    actions = ("send_confirmation_again",)

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("orders.change_order")

    @admin.action(description="Try again to send confirmations given up", permissions=["send_again"])
    def send_confirmation_again(self, request: HttpRequest, queryset: QuerySet[Order]) -> None:
        again = confirmations.try_again(order_ids=list(queryset.values_list("pk", flat=True)))
        self.message_user(request, f"{again} confirmations that had been given up are due again.")


@admin.register(OrderItem)
class OrderItemAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("order", "sku", "name", "quantity", "unit_price", "line_total")
    list_filter = ("order__status",)
    list_select_related = ("order",)
    search_fields = ("=sku", "name", "=order__id")
    show_full_result_count = False
