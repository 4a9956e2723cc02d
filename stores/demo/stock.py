"""Made-up stock for a catalogue, the same for the same seed, SKUs and store codes."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min, Value
from django.db.models.functions import MD5, Concat

from products.models import Product
from stores.models import StockAdjustment, Store
from stores.signals import announce_stock_change

SOLD_OUT, LOW = 0.06, 0.16  # of a store's assortment: sold out up to the first, low up to the second
MOST = 60  # units of an ordinary product
HISTORY = "120 days"  # how long ago the stock came in; older than any past order
PRODUCTS = 5_000  # in a transaction for all stores: each product gets one new version in all

# Hashes of the SKU give two numbers from 0 to 1 for each product and store: whether the store
# carries it, and how many units. Rows are written in the order in which stock is locked everywhere.
STOCK = """
    WITH carried AS (
        SELECT s.id AS store_id, p.id AS product_id, (hashtextextended(p.sku, s.seed + 1) & 1048575) / 1048576.0 AS draw
        FROM products_product p
        CROSS JOIN unnest(%(stores)s::bigint[], %(seeds)s::bigint[]) AS s (id, seed)
        WHERE p.id BETWEEN %(first)s AND %(last)s
          AND (hashtextextended(p.sku, s.seed) & 1048575) / 1048576.0 < %(assortment)s
          AND NOT EXISTS (SELECT 1 FROM stores_inventory i WHERE i.store_id = s.id AND i.product_id = p.id
                          AND i.product_id BETWEEN %(first)s AND %(last)s) -- keeps the search to these products
    ), stocked AS (
        INSERT INTO stores_inventory (store_id, product_id, quantity)
        SELECT store_id, product_id, CASE
            WHEN draw < %(sold_out)s THEN 0
            WHEN draw < %(low)s THEN 1 + floor((draw - %(sold_out)s) / (%(low)s - %(sold_out)s) * %(low_units)s)
            ELSE 1 + %(low_units)s + floor(power((draw - %(low)s) / (1 - %(low)s), 2) * %(most)s)
        END
        FROM carried ORDER BY store_id, product_id
        ON CONFLICT DO NOTHING
        RETURNING store_id, product_id, quantity
    ), booked AS (
        INSERT INTO stores_stockadjustment (store_id, product_id, kind, delta, reason, created_at)
        SELECT store_id, product_id, %(kind)s, quantity, 'demo stock', now() - %(history)s::interval
        FROM stocked WHERE quantity > 0
    )
    SELECT store_id, array_agg(product_id) FROM stocked GROUP BY store_id
"""


def choose_stores(count: int, seed: int) -> list[Store]:
    """A random sample of the existing stores, the same for the same seed."""
    return list(Store.objects.order_by(MD5(Concat(Value(f"{seed}/"), "code")))[:count])


def stock_stores(*, stores: Sequence[Store], assortment: float, seed: int) -> Iterator[tuple[int, int]]:
    """Give each store stock of a share of the products that it has no row for.

    Yields after each transaction the number of products and the number of rows it created.
    """
    digests = [hashlib.sha256(f"{seed}/{store.code}".encode()).digest() for store in stores]
    parameters: dict[str, Any] = {
        "stores": [store.pk for store in stores],
        "seeds": [int.from_bytes(digest[:8]) >> 2 for digest in digests],  # of 62 bits, for a bigint
        "assortment": assortment,
        "sold_out": SOLD_OUT,
        "low": LOW,
        "low_units": settings.LOW_STOCK,
        "most": MOST,
        "kind": StockAdjustment.Kind.IMPORT,
        "history": HISTORY,
    }
    ids = Product.objects.aggregate(first=Min("id"), last=Max("id"))
    for first in range(ids["first"] or 1, (ids["last"] or 0) + 1, PRODUCTS):
        last = min(first + PRODUCTS - 1, ids["last"])
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(STOCK, {**parameters, "first": first, "last": last})
                stocked = cursor.fetchall()
            for store_id, product_ids in stocked:
                announce_stock_change(store_id, product_ids)
        yield last - first + 1, sum(len(product_ids) for _, product_ids in stocked)
