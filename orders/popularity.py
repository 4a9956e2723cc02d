"""How much each product sold of late, kept in `Product.popularity` for search to rank and sort by."""

import itertools
from collections.abc import Iterator
from datetime import timedelta

from django.db import connection, transaction

WINDOW = timedelta(days=30)
BATCH = 1000  # products; each batch is a transaction, so that sync and sales never wait long

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

# Locked in the order in which an import writes them, or the two could each wait for the other.
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
    """Bring every product's popularity up to date: how many changed; the others are not written."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, {"days": WINDOW.days})
        changed = cursor.fetchall()
    for batch in _batches(changed):
        _write(batch)
    return len(changed)


def _batches(rows: list[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    stream = iter(rows)
    while batch := list(itertools.islice(stream, BATCH)):
        yield batch


@transaction.atomic
def _write(batch: list[tuple[int, int]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, {"ids": [row[0] for row in batch], "units": [row[1] for row in batch]})
