from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from products.attribute_merge import merge_attributes, preview_merge
from products.forms import ProductForm
from products.models import Attribute, Category, Product
from products.selectors import AttributeUse, attribute_uses, forget_attribute_uses
from products.services import announce, ensure_attributes, set_active

NOT_USED = AttributeUse(0, 0)


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
    list_display = (
        "label",
        "code",
        "type",
        "unit",
        "products",
        "values",
        "position",
        "searchable",
        "filterable",
        "shown",
    )
    list_filter = ("type", "filterable", "searchable", "shown")
    list_editable = ("position", "searchable", "filterable", "shown")
    search_fields = ("code", "label")
    actions = ("merge",)

    def get_readonly_fields(self, request: HttpRequest, obj: Attribute | None = None) -> tuple[str, ...]:
        """The code and the type are what the values of products depend on."""
        del request
        return ("code", "type", "products", "values") if obj else ()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        forget_attribute_uses()  # staff see what they have just done
        return super().changelist_view(request, extra_context)

    @admin.display(description="products")
    def products(self, attribute: Attribute) -> int:
        return attribute_uses().get(attribute.code, NOT_USED).products

    @admin.display(description="values")
    def values(self, attribute: Attribute) -> int:
        return attribute_uses().get(attribute.code, NOT_USED).values

    @admin.action(description="Merge two attributes", permissions=["change", "delete"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Attribute]) -> HttpResponse | None:
        """Show the effect of both ways to merge, or merge into the chosen `target`."""
        attributes = list(queryset.order_by("pk")[:3])
        if len(attributes) != 2:  # noqa: PLR2004 - one into another
            self.message_user(request, "Select exactly two attributes to merge.", messages.ERROR)
            return None
        pairs = [(source, target) for source in attributes for target in attributes if source != target]
        for source, target in pairs:
            if request.POST.get("target") == str(target.pk):
                effect = merge_attributes(source=source, target=target)
                done = (
                    f"{effect.moved + effect.same} products now have their value of {source.code} under {target.code}."
                )
                self.message_user(request, done)
                for example in effect.examples:
                    self.message_user(request, f"Not merged: {example}.", messages.WARNING)
                if not effect.finished:
                    unfinished = "There are more products: merge the two again to continue."
                    self.message_user(request, unfinished, messages.WARNING)
                return None
        choices = [
            {"source": source, "target": target, "effect": preview_merge(source=source, target=target)}
            for source, target in pairs
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": "Merge two attributes",
            "opts": self.opts,
            "attributes": attributes,
            "choices": choices,
        }
        return TemplateResponse(request, "admin/products/attribute/merge.html", context)


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
        ensure_attributes(kinds=form.new_kinds, labels={})
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
