"""Categories and products in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from products.models import Category, Product
from products.services import set_active


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ("path", "name")
    search_fields = ("path",)
    fields = ("name", "parent", "path")
    readonly_fields = ("path",)
    autocomplete_fields = ("parent",)

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        super().save_model(request, obj, form, change)
        obj.refresh_from_db(fields=["path"])


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ("sku", "name", "brand", "category", "price", "active")
    list_filter = ("active", "released")
    list_select_related = ("category",)
    search_fields = ("=sku", "name", "brand", "category__path")
    autocomplete_fields = ("category",)
    readonly_fields = ("popularity", "created_at", "updated_at")
    show_full_result_count = False
    actions = ("show", "hide")

    @admin.action(description="Show the selected products in the shop", permissions=["change"])
    def show(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self._set_active(request, queryset, active=True)

    @admin.action(description="Hide the selected products from the shop", permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self._set_active(request, queryset, active=False)

    def _set_active(self, request: HttpRequest, queryset: QuerySet[Product], *, active: bool) -> None:
        changed = set_active(product_ids=queryset.values_list("pk", flat=True), active=active)
        self.message_user(request, f"{changed} products are now {'in' if active else 'hidden from'} the shop.")
