"""Creates and changes products from partial records, by SKU, a batch at a time."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict

import orjson
from django.db import connection, transaction

from foundation import money
from foundation.transactions import write_all_but_refused
from products import pictures
from products.catalogue_files.rows import Saved
from products.images import Image, not_a_picture
from products.models import Category
from products.services import announce, ensure_categories

FIELDS = (
    *("name", "brand", "category_id", "price", "list_price", "description", "attributes", "gtins", "images"),
    *("released", "active"),
)
UNKNOWN = "there is no product with this SKU, and a new one needs a name and a price"
NO_CATEGORY = 0  # of a dry run, for a category that would be created
TOO_LARGE_TO_INDEX = "54000"

# The batch beside the products as they are. A patch has the fields that change: `jsonb_populate_record`
# takes the others from the product.
COMPARED = f"""
    WITH compared AS (
        SELECT p.id, patch.sku, patch.place, new.name, coalesce(new.brand, '') AS brand, new.category_id, new.price,
            new.list_price, coalesce(new.description, '') AS description,
            jsonb_strip_nulls(coalesce(p.attributes, '{{}}') || coalesce(patch.attributes, '{{}}')) AS attributes,
            coalesce(new.gtins, '{{}}') AS gtins, coalesce(new.images, '[]') AS images, new.released,
            coalesce(new.active, true) AS active, p AS old
        FROM (
            SELECT fields->>'sku' AS sku, fields - 'attributes' AS fields, fields->'attributes' AS attributes, place
            FROM jsonb_array_elements(%(patches)s::jsonb) WITH ORDINALITY AS batch(fields, place)
        ) AS patch
        LEFT JOIN products_product AS p ON p.sku = patch.sku
        CROSS JOIN LATERAL jsonb_populate_record(p, patch.fields) AS new
    ), differing AS (
        SELECT *, array_remove(ARRAY[{
    ", ".join(f"CASE WHEN {name} IS DISTINCT FROM (old).{name} THEN '{name}' END" for name in FIELDS)
}], NULL) AS changed
        FROM compared
    )
"""  # noqa: S608 - the names are constants
DIFFERENCES = COMPARED + "SELECT place, id, changed, name IS NOT NULL AND price IS NOT NULL FROM differing"  # noqa: S608 - the same
# Existing products are written in the order of their ids, in which rows that belong to a product (its
# sync state) are locked everywhere, so that imports cannot deadlock. A product without a change is left
# out, because a conflict would lock it, use up an id and fire triggers for nothing.
WRITE = f"""{COMPARED}
    INSERT INTO products_product AS p (sku, {", ".join(FIELDS)}, popularity, updated_at)
    SELECT sku, {", ".join(FIELDS)}, 0, now() FROM differing WHERE id IS NULL OR changed <> '{{}}'
    ORDER BY id NULLS LAST, sku
    ON CONFLICT (sku) DO UPDATE SET
        {", ".join(f"{name} = excluded.{name}" for name in FIELDS)}, updated_at = excluded.updated_at
    RETURNING id
"""  # noqa: S608 - the same
LOCK = "SELECT id FROM products_product WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
IN_OTHER_CASE = """
    SELECT given.sku, p.sku FROM unnest(%s::text[]) AS given(sku)
    JOIN products_product AS p ON upper(p.sku) = upper(given.sku) AND p.sku <> given.sku
    WHERE NOT EXISTS (SELECT FROM products_product AS same WHERE same.sku = given.sku)
"""


class ProductRecord(TypedDict, total=False):
    """Values of the product with this SKU; those that are missing do not change.

    `category` is a path or ''. Attributes that are not named do not change; one that is None is
    removed.
    """

    sku: str
    name: str
    brand: str
    category: str
    price: Decimal
    list_price: Decimal | None
    description: str
    attributes: dict[str, Any]
    gtins: list[str]
    images: list[Image]
    released: date | None
    active: bool


@transaction.atomic
def upsert_products(*, records: Sequence[ProductRecord], dry_run: bool = False) -> Saved:
    """Create or change products by SKU, each once; with `dry_run` only count.

    A product without a change is not written. One that is new and has no name or price is refused,
    as is one whose SKU differs from another's only in case, or that has a picture that is not stored.
    """
    lost = pictures.missing({record["sku"]: record["images"] for record in records if record.get("images")})
    saved = Saved(refused={sku: "; ".join(map(not_a_picture, names)) for sku, names in lost.items()})
    saved.refused_fields = dict.fromkeys(lost, "images")
    saved.refused |= in_other_case([record["sku"] for record in records if record["sku"] not in lost])
    patches = _patches([record for record in records if record["sku"] not in saved.refused], saved, dry_run=dry_run)
    wanted: list[dict[str, Any]] = []
    changes: dict[str, list[str]] = {}  # the fields of existing products that change, by SKU
    existing: list[int] = []
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES, {"patches": _json(patches)})
        for place, product_id, changed, is_complete in cursor.fetchall():
            patch = patches[place - 1]
            if product_id is None and not is_complete:
                saved.refused[patch["sku"]] = UNKNOWN
            elif product_id is None:
                wanted.append(patch)
            elif changed:
                wanted.append(patch)
                changes[patch["sku"]] = changed
                existing.append(product_id)
        if wanted and not dry_run:
            # The next statement sees what others have changed meanwhile; the locks prevent changes until the commit.
            cursor.execute(LOCK, [existing])
            _write(wanted, saved)
    for sku in (patch["sku"] for patch in wanted if patch["sku"] not in saved.refused):
        if sku in changes:
            saved.updated += 1
            saved.fields.update(name.removesuffix("_id") for name in changes[sku])
        else:
            saved.created += 1
    return saved


def _write(patches: list[dict[str, Any]], saved: Saved) -> None:
    """One statement for all. A text that PostgreSQL cannot index fails alone."""

    def write(some: Sequence[dict[str, Any]]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(WRITE, {"patches": _json(some)})
            announce([product_id for (product_id,) in cursor.fetchall()])

    for patch, error in write_all_but_refused(patches, write, (TOO_LARGE_TO_INDEX,)):
        saved.refused[patch["sku"]] = f"PostgreSQL cannot index its text: {str(error).strip()}"


def _patches(records: Sequence[ProductRecord], saved: Saved, *, dry_run: bool) -> list[dict[str, Any]]:
    paths = {record["category"] for record in records if record.get("category")}
    if dry_run:
        known = dict(Category.objects.filter(path__in=paths).values_list("path", "id"))
        categories = {path: known.get(path, NO_CATEGORY) for path in paths}
        saved.new_categories |= paths - known.keys()
    else:
        categories = ensure_categories(paths)
    patches = []
    for record in records:
        patch: dict[str, Any] = dict(record)
        if "category" in record:
            patch["category_id"] = categories.get(patch.pop("category"))
        patch |= {name: money.exact(patch[name]) for name in ("price", "list_price") if patch.get(name) is not None}
        patches.append(patch)
    return patches


def in_other_case(skus: Sequence[str]) -> dict[str, str]:
    """A message for each SKU that no product has, and that differs only in case from the SKU of a product."""
    with connection.cursor() as cursor:
        cursor.execute(IN_OTHER_CASE, [list(skus)])
        return {sku: f"{sku!r} differs only in case from the product {other!r}" for sku, other in cursor.fetchall()}


def _json(patches: Sequence[dict[str, Any]]) -> str:
    return orjson.dumps(patches, default=str).decode()  # money as text, which PostgreSQL takes without rounding
