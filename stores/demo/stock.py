"""Made-up stock: what a store has of a catalogue, the same for the same seed, SKUs and store code."""

import hashlib

from django.conf import settings
from django.db import connection
from django.db.models import Value
from django.db.models.functions import MD5, Concat

from stores.models import StockAdjustment, Store

SOLD_OUT, LOW = 0.06, 0.16  # of a store's assortment: sold out up to the first, low up to the second
MOST = 60  # units of an ordinary product
HISTORY = "120 days"  # how long ago the stock came in; older than any past order

# Two numbers from 0 to 1 are drawn for each product from hashes of its SKU: whether the store carries it, and how many.
# Rows are written in product order, in which whatever follows a product is locked everywhere.
STOCK = """
    WITH carried AS (
        SELECT id, (hashtextextended(sku, %(seed)s + 1) & 1048575) / 1048576.0 AS draw
        FROM products_product p
        WHERE (hashtextextended(sku, %(seed)s) & 1048575) / 1048576.0 < %(assortment)s
          AND NOT EXISTS (SELECT 1 FROM stores_inventory i WHERE i.store_id = %(store)s AND i.product_id = p.id)
    ), stocked AS (
        INSERT INTO stores_inventory (store_id, product_id, quantity)
        SELECT %(store)s, id, CASE
            WHEN draw < %(sold_out)s THEN 0
            WHEN draw < %(low)s THEN 1 + floor((draw - %(sold_out)s) / (%(low)s - %(sold_out)s) * %(low_units)s)
            ELSE 1 + %(low_units)s + floor(power((draw - %(low)s) / (1 - %(low)s), 2) * %(most)s)
        END
        FROM carried ORDER BY id
        ON CONFLICT DO NOTHING
        RETURNING product_id, quantity
    ), booked AS (
        INSERT INTO stores_stockadjustment (store_id, product_id, kind, delta, reason, created_at)
        SELECT %(store)s, product_id, %(kind)s, quantity, 'demo stock', now() - %(history)s::interval
        FROM stocked WHERE quantity > 0
    )
    SELECT count(*) FROM stocked
"""


def stock_store(*, store: Store, assortment: float, seed: int) -> int:
    """Give a store stock of a share of the products that it has no row for; returns how many rows were made."""
    with connection.cursor() as cursor:
        cursor.execute(
            STOCK,
            {
                "store": store.pk,
                "seed": _number(f"{seed}/{store.code}"),
                "assortment": assortment,
                "sold_out": SOLD_OUT,
                "low": LOW,
                "low_units": settings.LOW_STOCK,
                "most": MOST,
                "kind": StockAdjustment.Kind.IMPORT,
                "history": HISTORY,
            },
        )
        (rows,) = cursor.fetchone() or (0,)
    return int(rows)


def _number(text: str) -> int:
    """A number of 62 bits that stands for a text."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 2


def choose_stores(count: int, seed: int) -> list[Store]:
    """That many of the stores there are, spread over them by chance rather than by code or place."""
    return list(Store.objects.order_by(MD5(Concat(Value(f"{seed}/"), "code")))[:count])
