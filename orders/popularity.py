"""Writes the units sold in the last 30 days to `Product.popularity`, for search to rank by."""

from datetime import timedelta

from django.db import connection

WINDOW = timedelta(days=30)
BATCH = 1000  # products in a transaction, so that sync and sales never wait long

_CHANGED = """
    SELECT product.id, coalesce(sold.units, 0)
    FROM products_product AS product
    LEFT JOIN (
        SELECT item.product_id, sum(item.quantity)::int AS units
        FROM orders_orderitem AS item JOIN orders_order AS placed ON placed.id = item.order_id
        WHERE placed.status = 'CONFIRMED' AND placed.created_at > now() - make_interval(days => %(days)s)
        GROUP BY item.product_id
    ) AS sold ON sold.product_id = product.id
    WHERE product.popularity <> coalesce(sold.units, 0)
    ORDER BY product.id
"""

# Locked in the order in which an import writes them, to avoid deadlocks with it.
_UPDATE = """
    WITH sold AS (
        SELECT id, units
        FROM products_product JOIN unnest(%(ids)s::bigint[], %(units)s::int[]) AS sold(id, units) USING (id)
        ORDER BY id
        FOR NO KEY UPDATE OF products_product
    )
    UPDATE products_product AS product SET popularity = sold.units FROM sold WHERE product.id = sold.id
"""


def recompute_popularity() -> int:
    """Update the popularity of products that need it. Returns how many changed."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, {"days": WINDOW.days})
        changed = cursor.fetchall()
    for start in range(0, len(changed), BATCH):
        ids, units = zip(*changed[start : start + BATCH], strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_UPDATE, {"ids": list(ids), "units": list(units)})
    return len(changed)
