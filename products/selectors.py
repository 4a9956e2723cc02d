from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.core.cache import cache
from django.db import connection
from django.db.models import Q

from products.models import PATH_SEPARATOR, Product, ProductQuerySet

USE_AGE = 300  # s
USE_KEY = "products:attribute-uses"
_USES = """
    SELECT code, count(*), count(DISTINCT value)
    FROM products_product, jsonb_each(attributes) AS pair(code, value) GROUP BY code
"""


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


class AttributeUse(NamedTuple):
    products: int
    values: int  # different ones


def attribute_uses() -> dict[str, AttributeUse]:
    """How many products have each attribute, and how many values, by code: counted at most `USE_AGE` seconds ago."""
    uses: dict[str, AttributeUse] | None = cache.get(USE_KEY)
    if uses is None:
        with connection.cursor() as cursor:
            cursor.execute(_USES)
            uses = {code: AttributeUse(products, values) for code, products, values in cursor.fetchall()}
        cache.set(USE_KEY, uses, timeout=USE_AGE)
    return uses


def forget_attribute_uses() -> None:
    cache.delete(USE_KEY)
