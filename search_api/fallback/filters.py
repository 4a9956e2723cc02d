"""The filters of a search as PostgreSQL has them, each under the name of the facet that sets it."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from products.models import PATH_SEPARATOR, Product
from search_api.contracts import SearchRequest
from stores.models import Inventory


def filtered(products: QuerySet[Product], request: SearchRequest, *, but: tuple[str, ...] = ()) -> QuerySet[Product]:
    """The products that fit the request's filters, except those of some facets."""
    conditions = [condition for name, condition in _conditions(request).items() if name not in but]
    return products.filter(*conditions)


def available(store_id: int | None) -> Exists:
    """Whether a product can be had: anywhere, or at the store."""
    rows = Inventory.objects.filter(product=OuterRef("pk"), quantity__gt=0)
    return Exists(rows if store_id is None else rows.filter(store_id=store_id))


def _conditions(request: SearchRequest) -> dict[str, Q]:
    conditions: dict[str, Q] = {"price": _price(request)}
    if request.categories:
        conditions["category"] = _any(_below(path) for path in request.categories)
    if request.brands:
        conditions["brand"] = _any(Q(brand__iexact=brand) for brand in request.brands)
    if request.in_stock is not None:
        wanted = Q(available(request.store_id))
        conditions["availability"] = wanted if request.in_stock else ~wanted
    return conditions


def _price(request: SearchRequest) -> Q:
    bounds = {"price__gte": request.price_min, "price__lte": request.price_max}
    return Q(**{lookup: price for lookup, price in bounds.items() if price is not None})


def _below(path: str) -> Q:
    return Q(category__path__iexact=path) | Q(category__path__istartswith=path + PATH_SEPARATOR)


def _any(conditions: Iterable[Q]) -> Q:
    joined = Q()
    for condition in conditions:
        joined |= condition
    return joined
