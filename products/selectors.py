from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from products.models import PATH_SEPARATOR, Product, ProductQuerySet


def find_products(  # noqa: PLR0913 - one for each filter of the list
    *,
    ids: Sequence[int] = (),
    skus: Sequence[str] = (),
    active: bool | None = None,
    brands: Sequence[str] = (),
    categories: Sequence[str] = (),
    updated_since: datetime | None = None,
    q: str = "",
) -> ProductQuerySet:
    """Products for staff, hidden ones too. A filter that is empty is not applied; a category includes those below."""
    products = Product.objects.select_related("category")
    if ids or skus:
        products = products.filter(Q(pk__in=ids) | Q(sku__in=skus))
    if active is not None:
        products = products.filter(active=active)
    if brands:
        products = products.filter(brand__in=brands)
    if categories:
        within = Q(category__path__in=categories)
        for path in categories:
            within |= Q(category__path__startswith=path + PATH_SEPARATOR)
        products = products.filter(within)
    if updated_since is not None:
        products = products.filter(updated_at__gte=updated_since)
    return products.matching(q) if q.strip() else products
