"""Creates, replaces, changes and deactivates products: many operations in one transaction, each with its outcome."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson
from django.db import IntegrityError, connection

from foundation.transactions import in_one_transaction, write_all_but_refused
from products import pictures
from products.attribute_values import infer_kind, is_code
from products.errors import (
    InvalidProductError,
    MayNotCreateError,
    NoSuchProductError,
    ProductChangedError,
    WriteError,
)
from products.images import Image, not_a_picture
from products.models import Attribute, Category, Product
from products.product_data import Values, parse
from products.representation import CONTENT, content_of, etag_of
from products.services import announce, ensure_attributes, ensure_categories
from products.upsert import TOO_LARGE_TO_INDEX, in_other_case

ANY = "*"  # an ETag that every existing product has
ATTEMPTS = 3
UNINDEXABLE = "PostgreSQL cannot index so much text"

# One statement each for any number of rows, which come as one JSON text: built by the ORM, the
# statements take ten times as long.
INSERT = """
    INSERT INTO products_product (
        sku, name, brand, category_id, price, list_price, description, attributes, gtins, images, released, active,
        popularity, updated_at
    )
    SELECT
        sku, name, brand, category_id, price, list_price, description, attributes, gtins, images, released, active,
        0, now()
    FROM jsonb_to_recordset(%s::jsonb) AS written (
        id bigint, sku text, name text, brand text, category_id bigint, price numeric, list_price numeric,
        description text, attributes jsonb, gtins text[], images jsonb, released date, active boolean
    )
    ORDER BY sku
    RETURNING sku, id, created_at, updated_at
"""
UPDATE = """
    UPDATE products_product AS product
    SET (
        name, brand, category_id, price, list_price, description, attributes, gtins, images, released, active,
        updated_at
    ) = (
        written.name, written.brand, written.category_id, written.price, written.list_price, written.description,
        written.attributes, written.gtins, written.images, written.released, written.active, now()
    )
    FROM jsonb_to_recordset(%s::jsonb) AS written (
        id bigint, name text, brand text, category_id bigint, price numeric, list_price numeric, description text,
        attributes jsonb, gtins text[], images jsonb, released date, active boolean
    )
    WHERE product.id = written.id
    RETURNING product.sku, product.id, product.created_at, product.updated_at
"""


class Method(StrEnum):
    PUT = "PUT"  # create the product, or replace all its values
    PATCH = "PATCH"  # change the given values; an attribute that is None is removed
    DELETE = "DELETE"  # deactivate


class Result(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Operation:
    """With `if_match`, the product must have one of these ETags; with `if_none_match`, none of these."""

    method: Method
    sku: str
    values: Mapping[str, object] = field(default_factory=dict)
    if_match: Collection[str] = ()
    if_none_match: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """`product` is as all operations of the call left it."""

    product: Product
    result: Result


class _OvertakenError(Exception):
    """Another transaction has just created an attribute, of another type."""


@dataclass(slots=True)
class _Row:
    """A product, locked or still to be created, and the values that it will have."""

    product: Product
    content: Values
    is_changed: bool = False

    @property
    def etag(self) -> str:
        return etag_of(self.product.pk, self.content)


def write(operation: Operation, *, may_create: bool) -> Written:
    """Apply one operation and commit. Raises a WriteError."""
    [outcome] = write_all([operation], may_create=may_create)
    if isinstance(outcome, WriteError):
        raise outcome
    return outcome


def write_all(operations: Sequence[Operation], *, may_create: bool) -> list[Written | WriteError]:
    """Apply the operations in their order, and commit. One that fails writes nothing and does not stop the others."""
    lost = _lost_pictures(operations)
    for _ in range(ATTEMPTS - 1):
        try:
            return _write_all(operations, lost, may_create=may_create)
        except (IntegrityError, _OvertakenError):  # another transaction created a product or an attribute first
            continue
    return _write_all(operations, lost, may_create=may_create)


def _lost_pictures(operations: Iterable[Operation]) -> Mapping[str, Collection[str]]:
    """Names of pictures without a stored file, by SKU: read before any row is locked, since a storage may be remote."""
    images: defaultdict[str, list[Image]] = defaultdict(list)
    for operation in operations:
        if operation.values.get("images") and not _fault_of_sku(operation):
            values, _ = parse({"images": operation.values["images"]}, whole=False)
            images[operation.sku] += values.get("images", [])
    return pictures.missing(images)


@in_one_transaction
def _write_all(
    operations: Sequence[Operation], lost: Mapping[str, Collection[str]], *, may_create: bool
) -> list[Written | WriteError]:
    batch = _Batch(operations, lost, may_create=may_create)
    outcomes: list[Written | WriteError] = []
    for operation in operations:
        try:
            result = batch.apply(operation)
            outcomes.append(Written(batch.rows[operation.sku].product, result))
        except WriteError as error:
            outcomes.append(error)
    batch.save()
    return [
        InvalidProductError({"description": UNINDEXABLE})
        if isinstance(outcome, Written) and outcome.product.sku in batch.unindexable
        else outcome
        for outcome in outcomes
    ]


class _Batch:
    """The products of some operations, locked, and the kinds of the attributes that they write."""

    def __init__(
        self, operations: Iterable[Operation], lost: Mapping[str, Collection[str]], *, may_create: bool
    ) -> None:
        self.may_create, self.lost_pictures = may_create, lost
        skus = {operation.sku for operation in operations if not _fault_of_sku(operation)}
        # Locked in the order of their ids, as everywhere. No key changes, so orders, whose lines refer to these
        # rows, need not wait for this lock.
        found = Product.objects.filter(sku__in=skus).select_related("category").order_by("pk")
        locked = found.select_for_update(of=("self",), no_key=True)
        self.rows = {product.sku: _Row(product, content_of(product)) for product in locked}
        self.unindexable: set[str] = set()
        new = sorted(skus - self.rows.keys())
        self.in_other_case = in_other_case(new) if new else {}
        values_of: defaultdict[str, list[Any]] = defaultdict(list)
        for operation in operations:
            attributes = operation.values.get("attributes")
            for code, value in attributes.items() if isinstance(attributes, dict) else ():
                if is_code(code):
                    values_of[code].append(value)
        known = Attribute.objects.filter(code__in=values_of).kinds() if values_of else {}
        self.new_kinds = {code: infer_kind(values) for code, values in values_of.items() if code not in known}
        self.kinds = known | self.new_kinds

    def apply(self, operation: Operation) -> Result:
        """Change the row of the operation, or add one. Raises a WriteError."""
        if fault := _fault_of_sku(operation):
            raise InvalidProductError({"sku": fault})
        row = self.rows.get(operation.sku)
        if row is None and operation.method != Method.PUT:
            raise NoSuchProductError(operation.sku)
        etag = row.etag if row and (operation.if_match or operation.if_none_match) else None
        own = {ANY, etag} if row else set()
        if (operation.if_match and own.isdisjoint(operation.if_match)) or not own.isdisjoint(operation.if_none_match):
            raise ProductChangedError(etag)
        if row is None and not self.may_create:
            raise MayNotCreateError
        changes = self._changes(operation, row)
        if row is None:
            self._check_case(operation.sku)
            self.rows[operation.sku] = _Row(Product(sku=operation.sku), _without_removed(changes), is_changed=True)
            return Result.CREATED
        if operation.method == Method.PATCH and "attributes" in changes:
            changes["attributes"] = row.content["attributes"] | changes["attributes"]
        wanted = _without_removed(row.content | changes)
        if wanted == row.content:
            return Result.UNCHANGED
        row.content, row.is_changed = wanted, True
        return Result.UPDATED

    def _check_case(self, sku: str) -> None:
        """Refuse a new SKU that differs only in case from another, of the database or of this batch."""
        fault = self.in_other_case.get(sku)
        for other in self.rows:
            if other.upper() == sku.upper():
                fault = f"{sku!r} differs only in case from the product {other!r}"
        if fault:
            raise InvalidProductError({"sku": fault})

    def _changes(self, operation: Operation, row: _Row | None) -> Values:
        if operation.method == Method.DELETE:
            return {"active": False}
        given = {"sku": operation.sku} | dict(operation.values)
        values, faults = parse(given, whole=operation.method == Method.PUT, kinds=self.kinds)
        if values.get("sku", operation.sku) != operation.sku:
            faults["sku"] = f"it is not {operation.sku!r}, the SKU that is written to"
        lost = self.lost_pictures.get(operation.sku, ())
        for place, image in enumerate(values.get("images", ())):
            if image["url"] in lost:
                faults[f"images[{place}]"] = not_a_picture(image["url"])
        if faults:
            raise InvalidProductError(faults)
        if "category" in values:
            values["category"] = values["category"] or None
        return values if row is None else _with_unchanged(values, given, row.content)

    def save(self) -> None:
        """Write the changed rows: new products, then existing ones in the order of their ids."""
        changed = [row for row in self.rows.values() if row.is_changed]
        if not changed:
            return
        codes = {code for row in changed for code in row.content["attributes"]}
        kinds = {code: kind for code, kind in self.new_kinds.items() if code in codes}
        if kinds and ensure_attributes(kinds=kinds, labels={}) != kinds:
            raise _OvertakenError  # the values were made canonical for kinds that another transaction decided otherwise
        category_ids = ensure_categories({row.content["category"] for row in changed if row.content["category"]})
        categories = Category.objects.in_bulk(list(category_ids.values())) if category_ids else {}
        for row in changed:
            path = row.content["category"]
            row.product.category = categories[category_ids[path]] if path else None
            for name in set(CONTENT) - {"category"}:
                setattr(row.product, name, row.content[name])
        new = [row for row in changed if row.product.pk is None]
        existing = [row for row in changed if row.product.pk is not None]
        for statement, rows in ((UPDATE, existing), (INSERT, new)):
            self._write(statement, rows)
        announce([row.product.pk for row in changed if row.product.sku not in self.unindexable])

    def _write(self, statement: str, rows: Sequence[_Row]) -> None:
        """One statement for all. A text that PostgreSQL cannot index fails alone."""

        def write(some: Sequence[_Row]) -> None:
            written = [{**row.content, "id": row.product.pk, "category_id": row.product.category_id} for row in some]
            with connection.cursor() as cursor:
                cursor.execute(statement, [orjson.dumps(written, default=str).decode()])
                for sku, *values in cursor.fetchall():
                    product = self.rows[sku].product
                    product.pk, product.created_at, product.updated_at = values

        refused = write_all_but_refused(rows, write, (TOO_LARGE_TO_INDEX,))
        self.unindexable |= {row.product.sku for row, _ in refused}


def _without_removed(values: Values) -> Values:
    attributes = {code: value for code, value in values["attributes"].items() if value is not None}
    return {**values, "attributes": attributes}


def _with_unchanged(values: Values, given: Mapping[str, Any], present: Mapping[str, Any]) -> Values:
    """The values, but a text that a reader sends back stays as it is: cleaning could change a literal '&amp;'."""
    same = {name: present[name] for name in ("name", "brand", "description") if given.get(name) == present[name]}
    if sent := given.get("attributes"):
        stored = present["attributes"]
        same["attributes"] = {
            code: stored[code] if code in stored and sent[code] == stored[code] else value
            for code, value in values["attributes"].items()
        }
    return values | same


def _fault_of_sku(operation: Operation) -> str:
    _, faults = parse({"sku": operation.sku}, whole=False)
    return faults.get("sku", "")
