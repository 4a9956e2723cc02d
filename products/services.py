import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

from django.db import connection, transaction
from django.db.models.functions import Now

from products.attribute_values import AttributeKind, AttributeType
from products.models import PATH_SEPARATOR, Attribute, Category, Product
from products.paths import levels
from products.signals import products_changed

# One statement for a batch. A product without a change is left out before the INSERT, because a
# conflict would lock it, use up an id and fire triggers for nothing. Existing products are written
# in the order of their ids, in which rows that belong to a product (its sync state) are locked
# everywhere, so that imports cannot deadlock.
UPSERT = """
    WITH batch AS (
        SELECT * FROM unnest(
            %(sku)s::text[], %(name)s::text[], %(brand)s::text[], %(category_id)s::bigint[], %(price)s::numeric[],
            %(description)s::text[], %(attributes)s::jsonb[], %(released)s::date[]
        ) AS batch (sku, name, brand, category_id, price, description, attributes, released)
    ), differing AS (
        SELECT p.id, b.*
        FROM batch b LEFT JOIN products_product p USING (sku)
        WHERE p.id IS NULL
            OR (p.name, p.brand, p.category_id, p.price, p.description, p.attributes, p.released) IS DISTINCT FROM
               (b.name, b.brand, b.category_id, b.price, b.description,
                jsonb_strip_nulls(p.attributes || b.attributes), b.released)
    )
    INSERT INTO products_product AS p
        (sku, name, brand, category_id, price, description, attributes, released, active, popularity, updated_at)
    SELECT sku, name, brand, category_id, price, description,
        CASE WHEN id IS NULL THEN jsonb_strip_nulls(attributes) ELSE attributes END, released, true, 0, now()
    FROM differing ORDER BY id NULLS LAST, sku
    ON CONFLICT (sku) DO UPDATE SET
        name = excluded.name, brand = excluded.brand, category_id = excluded.category_id, price = excluded.price,
        description = excluded.description, released = excluded.released, updated_at = excluded.updated_at,
        attributes = jsonb_strip_nulls(p.attributes || excluded.attributes)
    RETURNING id, xmax = 0
"""


class ProductRecord(TypedDict):
    """A product to save. `category` is a path or ''; an attribute that is None is removed."""

    sku: str
    name: str
    brand: str
    category: str
    price: Decimal
    description: str
    attributes: dict[str, Any]
    released: date | None


@transaction.atomic
def ensure_attributes(*, kinds: Mapping[str, AttributeKind], labels: Mapping[str, str]) -> dict[str, AttributeKind]:
    """Create the attributes with these codes that do not exist. Returns the kinds of all, by code.

    An attribute that exists is not changed: its kind may differ from the given one. Without a
    label, the code in words is one. Products must not have the values before the attributes exist.
    """
    known = Attribute.objects.filter(code__in=kinds).kinds()
    missing = [
        Attribute(
            code=code,
            label=labels.get(code) or code.replace("_", " ").capitalize(),
            type=kind.type,
            unit=kind.unit,
            # A bare number and a bare 'yes' are no words that somebody would search for.
            searchable=kind.type is AttributeType.TEXT or bool(kind.unit),
        )
        for code, kind in sorted(kinds.items())
        if code not in known
    ]
    if not missing:
        return known
    Attribute.objects.bulk_create(missing, ignore_conflicts=True)
    return Attribute.objects.filter(code__in=kinds).kinds()


@transaction.atomic
def upsert_products(*, records: Sequence[ProductRecord]) -> tuple[int, int]:
    """Create or update products by SKU, each once. Returns the numbers of created and updated ones.

    A product without a change is not written. Attributes that a record does not name, and `active`,
    are not changed.
    """
    categories = ensure_categories({record["category"] for record in records})
    columns: dict[str, list[Any]] = {
        name: [record[name] for record in records]
        for name in ("sku", "name", "brand", "price", "description", "released")
    }
    columns["category_id"] = [categories.get(record["category"]) for record in records]
    columns["attributes"] = [json.dumps(record["attributes"]) for record in records]
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, columns)
        written: list[tuple[int, bool]] = cursor.fetchall()
    announce([product_id for product_id, _ in written])
    created = sum(new for _, new in written)
    return created, len(written) - created


@transaction.atomic
def set_active(*, product_ids: Iterable[int], active: bool) -> int:
    """Show products in the shop, or hide them. Returns how many changed."""
    others = Product.objects.filter(pk__in=product_ids).exclude(active=active).order_by("pk")
    # No key changes, so orders, whose lines refer to these rows, need not wait for this lock.
    changed = list(others.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True))
    Product.objects.filter(pk__in=changed).update(active=active, updated_at=Now())
    announce(changed)
    return len(changed)


def ensure_categories(paths: Iterable[str]) -> dict[str, int]:
    """Ids by path of these categories and the categories above them. Missing ones are created."""
    wanted = {above for path in paths for above in levels(path)}
    known = _category_ids(wanted)
    for depth in range(max((path.count(PATH_SEPARATOR) for path in wanted), default=-1) + 1):
        missing = sorted(path for path in wanted - known.keys() if path.count(PATH_SEPARATOR) == depth)
        if missing:
            categories = []
            for path in missing:
                above, _, name = path.rpartition(PATH_SEPARATOR)
                # A trigger computes the path; until then the value only has to be unique.
                categories.append(Category(name=name, parent_id=known[above] if above else None, path=path))
            Category.objects.bulk_create(categories, ignore_conflicts=True)
            known |= _category_ids(missing)
    return known


def _category_ids(paths: Iterable[str]) -> dict[str, int]:
    return dict(Category.objects.filter(path__in=paths).values_list("path", "id"))


def announce(product_ids: list[int]) -> None:
    """Send `products_changed` after the commit, so that no receiver can fail the write."""
    if product_ids:
        transaction.on_commit(
            lambda: products_changed.send_robust(sender=Product, product_ids=product_ids), robust=True
        )
