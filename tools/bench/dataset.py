"""Fills an empty database: a generated catalogue, stores and stock, by COPY and set-based SQL.

A million products load within minutes because triggers and foreign-key checks are off (the embedded
role may do that); `reindex` then writes the versions that the triggers would have written. Real
catalogues are loaded by `manage.py import_catalogue`; only their stock is made here.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from products.models import Category
from tools.bench.vocabulary import CATEGORIES, STORE_WITH_EVERYTHING, UNITS, Generator

COPY_ROWS = 20_000
PRODUCT_COLUMNS = "sku, name, brand, category_id, price, description, attributes, active, popularity, updated_at"
STORES = """
    INSERT INTO stores_store (code, name, address, city, state, zip)
    SELECT 'B' || n, 'Store ' || n, n || ' High Street', 'Town ' || n %% 97, 'State ' || n %% 50, lpad(n::text, 5, '0')
    FROM generate_series(1, %s) n
"""
# A product's stores are consecutive from a pseudo-random start: distinct without a sort. One row in
# eleven is sold out.
INVENTORY = """
    INSERT INTO stores_inventory (product_id, store_id, quantity)
    SELECT p.id, s.ids[1 + (p.mixed + k) %% array_length(s.ids, 1)], CASE (p.mixed + k) %% 11 WHEN 0 THEN 0 ELSE %s END
    FROM (SELECT id, abs(hashint8(id)::bigint) AS mixed FROM products_product) p,
        (SELECT array_agg(id ORDER BY id) AS ids FROM stores_store) s,
        generate_series(0, %s - 1) k
"""
EVERYTHING = """
    WITH store AS (
        INSERT INTO stores_store (code, name, address, city, state, zip)
        VALUES (%s, 'Store with everything', '', '', '', '') RETURNING id
    )
    INSERT INTO stores_inventory (product_id, store_id, quantity)
    SELECT p.id, store.id, %s FROM products_product p, store ORDER BY p.id
"""
TABLES = ("products_product", "stores_store", "stores_inventory")


def fill_catalogue(size: int) -> None:
    """Generated products in their categories."""
    categories = {path: _category(path).pk for path in CATEGORIES}
    generator = Generator(size)
    with _bulk_load() as cursor:
        for start in range(0, size, COPY_ROWS):
            text = io.StringIO()
            writer = csv.writer(text)
            for number in range(start, min(size, start + COPY_ROWS)):
                made = generator.product(number)
                row = (made.sku, made.name, made.brand, categories[made.category], made.price, made.description)
                writer.writerow([*row, "{}", "t", 0, "now"])
            text.seek(0)
            cursor.copy_expert(f"COPY products_product ({PRODUCT_COLUMNS}) FROM STDIN WITH (FORMAT csv)", text)


def fill_stores(stores: int, stores_per_product: int) -> None:
    """Stores, each product in stock at `stores_per_product` of them, and a store with everything."""
    with _bulk_load() as cursor:
        cursor.execute(STORES, [stores])
        cursor.execute(INVENTORY, [UNITS, min(stores, stores_per_product)])
        cursor.execute(EVERYTHING, [STORE_WITH_EVERYTHING, UNITS])
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {', '.join(TABLES)}")


def _category(path: str) -> Category:
    above, _, name = path.rpartition(" > ")
    parent = _category(above) if above else None
    return Category.objects.get_or_create(name=name, parent=parent)[0]


def generated_rows(size: int) -> Iterator[Sequence[str]]:
    """Generated products in the columns of a catalogue file."""
    generator = Generator(size)
    for number in range(size):
        made = generator.product(number)
        yield made.sku, made.name, made.brand, made.category, made.price, made.description, "", ""


@contextmanager
def _bulk_load() -> Iterator[Any]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
