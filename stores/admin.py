"""Stores, their staff and their stock in the admin."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from foundation.read_only_admin import ReadOnly
from products.models import Product
from stores import services
from stores.errors import StockOutOfRangeError
from stores.forms import AdjustmentForm
from stores.models import Inventory, StockAdjustment, Store, StoreStaff

MOST_PRODUCTS = 1_000  # that a search for stock considers
INVENTORY_LIST, ADJUST = "admin:stores_inventory_changelist", "admin:stores_inventory_adjust"


@admin.register(Store)
class StoreAdmin(admin.ModelAdmin):
    list_display = ("code", "name", "city", "state", "stock")
    list_filter = ("state",)
    search_fields = ("=code", "name", "city", "=zip")

    @admin.display(description="stock")
    def stock(self, store: Store) -> str:
        return format_html('<a href="{}?store__id__exact={}">Stock</a>', reverse(INVENTORY_LIST), store.pk)


@admin.register(StoreStaff)
class StoreStaffAdmin(admin.ModelAdmin):
    list_display = ("user", "store")
    list_select_related = ("user", "store")
    search_fields = ("=user__username", "user__email", "=store__code", "store__name")
    autocomplete_fields = ("user", "store")


class AvailabilityFilter(admin.SimpleListFilter):
    title, parameter_name = "availability", "availability"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        return [("out", "Sold out"), ("low", f"Low (up to {settings.LOW_STOCK})"), ("in", "In stock")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Inventory]) -> QuerySet[Inventory]:  # noqa: ARG002 - Django's signature
        ranges = {"out": (0, 0), "low": (1, settings.LOW_STOCK), "in": (1, services.MAX_QUANTITY)}
        selected = ranges.get(self.value() or "")
        return queryset.filter(quantity__range=selected) if selected else queryset


class StockSearch(admin.ModelAdmin):
    search_fields = ("store", "product")  # see get_search_results
    search_help_text = "A store's code, words or SKU of a product, or a code and then words."

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by indexes. Django's own search by `search_fields` reads every row."""
        del request
        first, _, rest = search_term.strip().partition(" ")
        store = Store.objects.filter(code=first).first()
        words = rest if store else search_term.strip()
        rows = queryset.filter(store=store) if store else queryset
        if words:
            products = Product.objects.matching(words).values_list("pk", flat=True)[:MOST_PRODUCTS]
            rows = rows.filter(product__in=list(products))
        return rows, False


@admin.register(Inventory)
class InventoryAdmin(ReadOnly, StockSearch):
    """Read-only: only an adjustment, which is recorded, changes stock."""

    list_display = ("store", "product", "quantity", "adjust")
    list_filter = (AvailabilityFilter,)
    list_select_related = ("store", "product")
    show_full_result_count = False
    change_list_template = "admin/stores/inventory/change_list.html"

    @admin.display(description="change")
    def adjust(self, row: Inventory) -> str:
        url = reverse(ADJUST)
        return format_html('<a href="{}?store={}&amp;product={}">Adjust</a>', url, row.store_id, row.product_id)

    def get_urls(self) -> list[URLPattern]:
        adjust = path("adjust/", self.admin_site.admin_view(self.adjust_view), name="stores_inventory_adjust")
        return [adjust, *super().get_urls()]

    def adjust_view(self, request: HttpRequest) -> HttpResponse:
        if not request.user.has_perm("stores.change_inventory"):
            raise PermissionDenied
        form = AdjustmentForm(request.POST) if request.method == "POST" else AdjustmentForm(initial=request.GET.dict())
        if form.is_valid():
            store, product = form.cleaned_data["store"], form.cleaned_data["product"]
            try:
                quantity = services.adjust_stock(
                    store_id=store.pk,
                    product_id=product.pk,
                    delta=form.cleaned_data["units"],
                    actor_id=request.user.pk,
                    reason=form.cleaned_data["reason"],
                )
            except StockOutOfRangeError as error:
                form.add_error("units", str(error))
            else:
                self.message_user(request, f"{store} now has {quantity} of {product}.")
                return HttpResponseRedirect(f"{reverse(INVENTORY_LIST)}?store__id__exact={store.pk}")
        adminform = AdminForm(form, [(None, {"fields": list(form.fields)})], {}, model_admin=self)  # type: ignore[arg-type] # any form
        context = {
            **self.admin_site.each_context(request),
            "title": "Adjust stock",
            "opts": self.opts,
            "adminform": adminform,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "admin/stores/inventory/adjust.html", context)


@admin.register(StockAdjustment)
class StockAdjustmentAdmin(ReadOnly, StockSearch):
    list_display = ("created_at", "store", "product", "kind", "delta", "actor", "reason")
    list_filter = ("kind", "created_at")
    list_select_related = ("store", "product", "actor")
    ordering = ("-id",)  # the primary key serves this order
    show_full_result_count = False
