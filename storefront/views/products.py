"""The page of one product."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from products.models import Product
from products.paths import levels
from storefront import chosen_store, selectors
from stores.selectors import quantities


@require_safe
def product(request: HttpRequest, product_id: int) -> HttpResponse:
    """What it is, what it costs, how many the visitor's store has, and which other stores have it."""
    found = get_object_or_404(Product.objects.searchable().select_related("category"), pk=product_id)
    store = chosen_store.of(request)
    elsewhere = list(selectors.stores_with(found, store)[: selectors.SHOWN_STOCK + 1])
    context = {
        "product": found,
        "store": store,
        "held": quantities(store.pk, [found.pk])[found.pk] if store else None,
        "elsewhere": elsewhere[: selectors.SHOWN_STOCK],
        "more_elsewhere": len(elsewhere) > selectors.SHOWN_STOCK,
        "category_paths": levels(found.category.path) if found.category else (),
    }
    return render(request, "storefront/product.html", context)
