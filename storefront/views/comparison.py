from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from products.models import Product
from search_api.contracts import SearchRequest
from storefront import chosen_store
from storefront.comparison import Comparison, compare, parse_ids
from storefront.search_state import SearchState
from stores.selectors import quantities

DIFFERENCES = "differences"


@require_safe
def comparison(request: HttpRequest) -> HttpResponse:
    """Products side by side. An id that is unknown, hidden or beyond the fourth is left out."""
    ids = parse_ids(request.GET.getlist("id"))
    found = Product.objects.searchable().select_related("category").in_bulk(ids)
    products = [found[product_id] for product_id in ids if product_id in found]
    compared = Comparison(tuple(product.pk for product in products))
    only_differences = request.GET.get("rows") == DIFFERENCES
    rows = compare(products)
    store = chosen_store.of(request)
    stock = quantities(store.pk, compared.ids) if store else {}
    # More products to compare are in the category of the last one.
    category = products[-1].category if products else None
    search = SearchState(request=SearchRequest(categories=(category.path,) if category else ()))
    context = {
        "products": [
            {"product": product, "available": stock.get(product.pk), "without": compared.toggled(product.pk)}
            for product in products
        ],
        "price_differs": len({product.price for product in products}) > 1,
        "rows": [row for row in rows if row.differs] if only_differences else rows,
        "same": sum(not row.differs for row in rows),
        "only_differences": only_differences,
        "compared": compared,
        "add_url": search.comparing(compared).url,
        "store": store,
    }
    return render(request, "storefront/comparison.html", context)
