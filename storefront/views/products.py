from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from products import gtin, pictures
from products.models import Product
from products.paths import levels
from products.specifications import public_attributes
from storefront import chosen_store, selectors
from stores.selectors import quantities

SHOWN_STORES = 30


@require_safe
def product(request: HttpRequest, product_id: int) -> HttpResponse:
    found = get_object_or_404(Product.objects.searchable().select_related("category"), pk=product_id)
    store = chosen_store.of(request)
    elsewhere = selectors.stock_elsewhere(found, store, limit=SHOWN_STORES + 1)
    context = {
        "product": found,
        "store": store,
        "available": quantities(store.pk, [found.pk])[found.pk] if store else None,
        "elsewhere": elsewhere[:SHOWN_STORES],
        "more_elsewhere": len(elsewhere) > SHOWN_STORES,
        "specifications": public_attributes([found])[found.pk].specifications,
        "gtins": [gtin.shown(each) for each in found.gtins],
        "more_pictures": pictures.shown(found.images[1:]),
        "category_paths": levels(found.category.path) if found.category else (),
    }
    return render(request, "storefront/product.html", context)
