"""Change capture: PostgreSQL triggers that give a product a new version when its document would change.

They stand on the tables of other apps through proxy models, so that those apps know nothing of the index and
`manage.py migrate` owns the triggers. Row triggers note the product in `indexing_change`; one deferred trigger turns
all that a transaction noted into versions as it commits, in product order. So the locks on `indexing_syncstate` are
the last that a transaction takes, in one order for all: they cannot deadlock, and an order never waits for an import.
`docs/decisions/change-capture.md` has the figures.
"""

from typing import ClassVar

import pgtrigger

from products.models import Category, Product
from stores.models import Inventory

# The columns of a product that its document shows, `active` for whether there is one.
PRODUCT_COLUMNS = (
    "id",
    "sku",
    "name",
    "description",
    "brand",
    "category_id",
    "price",
    "attributes",
    "active",
    "popularity",
    "created_at",
)

# The deferred trigger fires for one row of a transaction, its first. Which that is, a setting remembers that ends with
# the transaction, and that a savepoint takes back together with the row.
_IS_FIRST = """
    is_first := current_setting('indexing.noted', true) IS DISTINCT FROM pg_current_xact_id()::text;
    IF is_first THEN
        PERFORM set_config('indexing.noted', pg_current_xact_id()::text, true);
    END IF;
"""
_NOTE = """
    INSERT INTO indexing_change (transaction, product_id, first) {} ON CONFLICT DO NOTHING;
"""
_XACT = "pg_current_xact_id()::text::bigint"
_END = "RETURN NULL;"
MARKER = 0  # no product: the first row where it is not known whether any product will be noted


def _note(product: str) -> str:
    """Note a product."""
    return _IS_FIRST + _NOTE.format(f"VALUES ({_XACT}, {product}, is_first)")


def _note_all(product: str, source: str) -> str:
    """Note every product of a source, such as 'FROM table'."""
    rows = f"SELECT {_XACT}, {MARKER}, is_first UNION ALL SELECT {_XACT}, {product}, false {source}"
    return _IS_FIRST + _NOTE.format(rows)


def _row(row: str) -> str:
    return f"ROW({', '.join(f'{row}.{column}' for column in PRODUCT_COLUMNS)})"


# A row that already waits keeps its place in the queue, unless it waits because it was refused: what changed may be
# what was wrong with it.
GIVE_VERSIONS = """
    WITH noted AS (
        DELETE FROM indexing_change WHERE transaction = pg_current_xact_id()::text::bigint RETURNING product_id
    )
    INSERT INTO indexing_syncstate AS state (product_id, version, indexed_version, changed_at, due_at, attempts, error)
    SELECT product_id, nextval('indexing_version'), 0, clock_timestamp(), clock_timestamp(), 0, ''
    FROM noted WHERE product_id <> 0 ORDER BY product_id
    ON CONFLICT (product_id) DO UPDATE SET
        version = nextval('indexing_version'),
        changed_at = CASE WHEN state.version > state.indexed_version THEN state.changed_at ELSE excluded.changed_at END,
        due_at = CASE WHEN state.due_at IS NULL OR state.error <> '' OR state.version = state.indexed_version
                 THEN excluded.due_at ELSE state.due_at END;
    PERFORM set_config('indexing.noted', '', true);
    RETURN NULL;
"""


def version_trigger() -> pgtrigger.Trigger:
    """The deferred trigger of `indexing_change`: once a transaction, however many products it noted."""
    return pgtrigger.Trigger(
        name="give_versions",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        condition=pgtrigger.Q(new__first=True),
        func=GIVE_VERSIONS,
    )


def _after(name: str, operation: pgtrigger.Operation, func: str, condition: str = "") -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        declare=[("is_first", "boolean")],
        func=func,
        condition=pgtrigger.Condition(f"({condition})") if condition else None,
    )


def _truncated() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="note_truncate",
        when=pgtrigger.After,
        operation=pgtrigger.Truncate,
        level=pgtrigger.Statement,
        declare=[("is_first", "boolean")],
        func=f"{_note_all('product_id', 'FROM indexing_syncstate')} {_END}",
    )


class ProductCapture(Product):
    """Changes of products."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers: ClassVar = [
            _after("note_insert", pgtrigger.Insert, f"{_note('NEW.id')} {_END}"),
            _after("note_delete", pgtrigger.Delete, f"{_note('OLD.id')} {_END}"),
            # Compared inside: a WHEN clause of this length, parsed again for every statement, costs twice as much.
            _after(
                "note_update",
                pgtrigger.Update,
                f"IF {_row('OLD')} IS DISTINCT FROM {_row('NEW')} THEN {_note('NEW.id')} END IF;"
                f" IF OLD.id <> NEW.id THEN {_note('OLD.id')} END IF; {_END}",
            ),
            _truncated(),
        ]


class CategoryCapture(Category):
    """A category's path is in the documents of its products. Moving a subtree changes the path of every node below."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers: ClassVar = [
            _after(
                "note_path",
                pgtrigger.Update,
                f"{_note_all('id', 'FROM products_product WHERE category_id = NEW.id')} {_END}",
                "OLD.path IS DISTINCT FROM NEW.path",
            ),
        ]


class InventoryCapture(Inventory):
    """The document knows at which stores a product is available, not how many: only that flipping is noted."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers: ClassVar = [
            _after("note_insert", pgtrigger.Insert, f"{_note('NEW.product_id')} {_END}", "NEW.quantity > 0"),
            _after("note_delete", pgtrigger.Delete, f"{_note('OLD.product_id')} {_END}", "OLD.quantity > 0"),
            # The busiest trigger: every sale evaluates its WHEN clause, which is parsed for each statement.
            _after(
                "note_flip",
                pgtrigger.UpdateOf("quantity"),
                f"{_note('NEW.product_id')} {_END}",
                "(OLD.quantity > 0) <> (NEW.quantity > 0)",
            ),
            _after(
                "note_move",
                pgtrigger.UpdateOf("store_id", "product_id"),
                f"{_note('NEW.product_id')} {_note('OLD.product_id')} {_END}",
                "(OLD.quantity > 0 OR NEW.quantity > 0)"
                " AND (OLD.store_id <> NEW.store_id OR OLD.product_id <> NEW.product_id)",
            ),
            _truncated(),
        ]
