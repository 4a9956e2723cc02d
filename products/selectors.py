from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, TypedDict

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Q

from foundation.fields import BIGGEST_ID
from foundation.replica import may_be_late
from products.models import PATH_SEPARATOR, Category, Product, ProductQuerySet

MAX_DIGITS = len(str(BIGGEST_ID))
TREE_AGE = 60  # s
TREE_KEY = "products:category-tree"
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


def shown_products(*, ids: Collection[int] = (), skus: Collection[str] = ()) -> list[Product]:
    """The products with these ids or SKUs that anybody may see, in this order, each once."""
    if not ids and not skus:
        return []
    found = Product.objects.searchable().filter(Q(pk__in=ids) | Q(sku__in=skus)).select_related("category")
    by_id = {product.pk: product for product in found}
    by_sku = {product.sku: product for product in by_id.values()}
    wanted = [*(by_id.get(key) for key in ids), *(by_sku.get(sku) for sku in skus)]
    return list(dict.fromkeys(product for product in wanted if product))


def shown_product(reference: str) -> Product | None:
    """The product that anybody may see with this id, or, when it is not a number, with this SKU."""
    if reference.isascii() and reference.isdigit():
        is_id = len(reference) <= MAX_DIGITS and int(reference) <= BIGGEST_ID
        return next(iter(shown_products(ids=[int(reference)] if is_id else [])), None)
    return next(iter(shown_products(skus=[] if "\0" in reference else [reference])), None)


class CategoryNode(TypedDict):
    id: int
    name: str
    path: str
    count: int  # products that anybody may see, with those of the categories below
    children: list["CategoryNode"]


def category_tree() -> list[CategoryNode]:
    """The roots of the tree, each with all below it, in order of name: as of at most TREE_AGE ago."""
    tree: list[CategoryNode] | None = cache.get(TREE_KEY)
    if tree is None:
        tree = _read_category_tree()
        cache.set(TREE_KEY, tree, timeout=TREE_AGE)
    return tree


@may_be_late
def _read_category_tree() -> list[CategoryNode]:
    own = dict(Product.objects.searchable().order_by().values_list("category").annotate(count=Count("*")))
    nodes: dict[int, CategoryNode] = {}
    tree: list[CategoryNode] = []
    parents: dict[int, int | None] = {}
    for category in Category.objects.order_by("path"):
        node: CategoryNode = {
            "id": category.pk,
            "name": category.name,
            "path": category.path,
            "count": own.get(category.pk, 0),
            "children": [],
        }
        nodes[category.pk], parents[category.pk] = node, category.parent_id
    for key, node in nodes.items():
        parent = nodes.get(parents[key] or 0)
        (parent["children"] if parent else tree).append(node)
    for root in tree:
        _add_up(root)
    return tree


def _add_up(node: CategoryNode) -> int:
    node["count"] += sum(_add_up(child) for child in node["children"])
    return node["count"]


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
