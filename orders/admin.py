"""Orders in the admin: to be looked up, never edited. Placing and cancelling have their services."""

from django.contrib import admin

from orders.models import IdempotencyRecord, Order, OrderItem
from stores.read_only import ReadOnly


class OrderItemInline(ReadOnly, admin.TabularInline):
    model = OrderItem
    fields = readonly_fields = ("sku", "name", "quantity", "unit_price", "line_total")


@admin.register(Order)
class OrderAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("id", "created_at", "store", "customer", "status", "total")
    list_filter = ("status", "created_at")
    list_select_related = ("store", "customer")
    search_fields = ("=id", "=store__code", "=customer__username", "=email")
    show_full_result_count = False
    inlines = (OrderItemInline,)


@admin.register(OrderItem)
class OrderItemAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("order", "sku", "name", "quantity", "unit_price", "line_total")
    list_filter = ("order__status",)
    list_select_related = ("order",)
    search_fields = ("=sku", "name", "=order__id")
    show_full_result_count = False


@admin.register(IdempotencyRecord)
class IdempotencyRecordAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("created_at", "caller", "key", "status_code", "order")
    list_filter = ("status_code", "created_at")
    list_select_related = ("order",)
    search_fields = ("=caller", "=key")
    show_full_result_count = False
