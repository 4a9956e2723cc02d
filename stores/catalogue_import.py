"""The columns of a stores file."""

from collections.abc import Sequence

from django.db import connection

from products import csv_fields
from products.csv_table import Record, Table
from stores.models import Store

# As for products: a store without a change is not written, and stores are written in one order.
UPSERT = """
    WITH batch AS (
        SELECT * FROM unnest(
            %(code)s::text[], %(name)s::text[], %(address)s::text[], %(city)s::text[], %(state)s::text[],
            %(zip)s::text[], %(latitude)s::numeric[], %(longitude)s::numeric[]
        ) AS batch (code, name, address, city, state, zip, latitude, longitude)
    ), differing AS (
        SELECT b.*
        FROM batch b LEFT JOIN stores_store s USING (code)
        WHERE s.id IS NULL
            OR (s.name, s.address, s.city, s.state, s.zip, s.latitude, s.longitude) IS DISTINCT FROM
               (b.name, b.address, b.city, b.state, b.zip, b.latitude, b.longitude)
    )
    INSERT INTO stores_store (code, name, address, city, state, zip, latitude, longitude)
    SELECT code, name, address, city, state, zip, latitude, longitude FROM differing ORDER BY code
    ON CONFLICT (code) DO UPDATE SET
        name = excluded.name, address = excluded.address, city = excluded.city, state = excluded.state,
        zip = excluded.zip, latitude = excluded.latitude, longitude = excluded.longitude
    RETURNING xmax = 0
"""


def upsert_stores(records: Sequence[Record]) -> tuple[int, int]:
    """Create or update stores by code, each once. Returns the numbers of created and updated.

    One coordinate without the other is no place, and left out.
    """
    for record in records:
        if None in (record["latitude"], record["longitude"]):
            record["latitude"] = record["longitude"] = None
    with connection.cursor() as cursor:
        cursor.execute(UPSERT, {column: [record[column] for record in records] for column in STORES.columns})
        written = [new for (new,) in cursor.fetchall()]
    return sum(written), len(written) - sum(written)


STORES = Table(
    name="stores",
    key="code",
    columns={
        "code": csv_fields.fitting(Store.code.field, required=True),
        "name": csv_fields.fitting(Store.name.field, required=True),
        "address": csv_fields.fitting(Store.address.field),
        "city": csv_fields.fitting(Store.city.field),
        "state": csv_fields.fitting(Store.state.field),
        "zip": csv_fields.fitting(Store.zip.field),
        "latitude": csv_fields.coordinate(90),
        "longitude": csv_fields.coordinate(180),
    },
    save=upsert_stores,
)
