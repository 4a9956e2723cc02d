from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from products.attribute_values import infer_kind
from products.forms import ProductForm
from products.models import Attribute, Category, Product
from products.services import announce, ensure_attributes, set_active


@admin.register(Category)
class CategoryAdmin(admin.ModelAdmin):
    list_display = ("path", "products")
    search_fields = ("path",)
    fields = ("name", "parent", "path")
    readonly_fields = ("path",)
    autocomplete_fields = ("parent",)

    @admin.display(description="products")
    def products(self, category: Category) -> str:
        url = reverse("admin:products_product_changelist")
        return format_html('<a href="{}?category__id__exact={}">Products</a>', url, category.pk)

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        super().save_model(request, obj, form, change)
        obj.refresh_from_db(fields=["path"])


@admin.register(Attribute)
class AttributeAdmin(admin.ModelAdmin):
    list_display = ("label", "code", "type", "unit", "position", "searchable", "filterable", "shown")
    list_filter = ("type", "filterable", "searchable", "shown")
    list_editable = ("position", "searchable", "filterable", "shown")
    search_fields = ("code", "label")

    def get_readonly_fields(self, request: HttpRequest, obj: Attribute | None = None) -> tuple[str, ...]:
        """The code and the type are what the values of products depend on."""
        del request
        return ("code", "type") if obj else ()


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    form = ProductForm
    list_display = ("sku", "name", "brand", "category", "price", "list_price", "active")
    list_filter = ("active", "released")
    list_select_related = ("category",)
    search_fields = ("sku", "name", "brand", "description")  # see get_search_results
    autocomplete_fields = ("category",)
    readonly_fields = ("popularity", "created_at", "updated_at")
    fieldsets = (
        (None, {"fields": ("opened", "sku", "name", "brand", "category", "active", "description", "released")}),
        ("Price", {"fields": (("price", "list_price"),)}),
        ("Attributes", {"fields": ("attributes",)}),
        ("Pictures", {"fields": ("images", "upload", "upload_alt")}),
        ("Codes", {"fields": ("gtins",)}),
        ("Recorded", {"fields": ("popularity", "created_at", "updated_at")}),
    )
    show_full_result_count = False
    actions = ("show", "hide")

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's
        del request
        ensure_attributes(kinds={code: infer_kind([value]) for code, value in obj.attributes.items()}, labels={})
        # Only the form's columns: sales may have changed the popularity since the product was read.
        obj.save(update_fields=[*form.columns(), "updated_at"] if change else None)
        announce([obj.pk])

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Product], search_term: str
    ) -> tuple[QuerySet[Product], bool]:
        """Search by an index. Django's own search by `search_fields` reads every product."""
        del request
        term = search_term.strip()
        return queryset & Product.objects.matching(term) if term else queryset, False

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """Stock, adjustments and orders are never deleted by hand: name them, where Django would only say 403."""
        objects, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return objects, counts, set(), [*protected, *sorted(f"its {name}" for name in lacking)]

    @admin.action(description="Show the selected products in the shop", permissions=["change"])
    def show(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self._set_active(request, queryset, active=True)

    @admin.action(description="Hide the selected products from the shop", permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        self._set_active(request, queryset, active=False)

    def _set_active(self, request: HttpRequest, queryset: QuerySet[Product], *, active: bool) -> None:
        changed = set_active(product_ids=queryset.values_list("pk", flat=True), active=active)
        self.message_user(request, f"{changed} products are now {'in' if active else 'hidden from'} the shop.")
