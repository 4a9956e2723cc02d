"""Every query that locks stock. All lock in the order (store, product), so none deadlock.

No other code locks inventory rows.
"""

from collections.abc import Collection, Iterable

from django.db import connection

# The rows of one order; part of the statement that places it (see `orders.placing`).
LOCK_LINES = """
    SELECT product_id, quantity
    FROM stores_inventory
    WHERE store_id = %(store_id)s AND product_id = ANY(%(product_ids)s)
    ORDER BY product_id
    FOR UPDATE
"""

_CREATE_MISSING = """
    INSERT INTO stores_inventory (store_id, product_id, quantity)
    SELECT store_id, product_id, 0
    FROM unnest(%(store_ids)s::bigint[], %(product_ids)s::bigint[]) AS wanted(store_id, product_id)
    ORDER BY store_id, product_id
    ON CONFLICT DO NOTHING
"""

_LOCK_ROWS = """
    SELECT store_id, product_id, quantity
    FROM stores_inventory
    JOIN unnest(%(store_ids)s::bigint[], %(product_ids)s::bigint[]) AS wanted(store_id, product_id)
        USING (store_id, product_id)
    ORDER BY store_id, product_id
    FOR UPDATE OF stores_inventory
"""


def lock_stock(store_id: int, product_ids: Collection[int]) -> dict[int, int]:
    """Lock a store's rows of the products, creating missing ones with 0 units. Returns the quantities."""
    rows = lock_rows((store_id, product_id) for product_id in product_ids)
    return {product_id: quantity for (_, product_id), quantity in rows.items()}


def lock_rows(wanted: Iterable[tuple[int, int]]) -> dict[tuple[int, int], int]:
    """Lock the rows of (store, product), creating missing ones with 0 units. Returns the quantities."""
    pairs = sorted(set(wanted))
    parameters = {"store_ids": [store for store, _ in pairs], "product_ids": [product for _, product in pairs]}
    with connection.cursor() as cursor:
        cursor.execute(_CREATE_MISSING, parameters)
        cursor.execute(_LOCK_ROWS, parameters)
        return {(store, product): quantity for store, product, quantity in cursor.fetchall()}
