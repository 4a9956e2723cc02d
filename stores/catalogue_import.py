"""The fields of a stores file."""

from collections.abc import Sequence

import orjson
from django.db import connection

from products import value_parsers
from products.catalogue_files.fields import Field, Form
from products.catalogue_files.rows import Saved
from products.tables import Record, Table
from stores.models import Store

FIELDS = ("name", "address", "city", "state", "zip", "latitude", "longitude")
UNKNOWN = "there is no store with this code, and a new one needs a name"
# As for products: a store without a change is not written, and stores are written in one order.
COMPARED = f"""
    WITH compared AS (
        SELECT s.id, fields->>'code' AS code, new.name, coalesce(new.address, '') AS address,
            coalesce(new.city, '') AS city, coalesce(new.state, '') AS state, coalesce(new.zip, '') AS zip,
            CASE WHEN new.longitude IS NOT NULL THEN new.latitude END AS latitude,
            CASE WHEN new.latitude IS NOT NULL THEN new.longitude END AS longitude, s AS old
        FROM jsonb_array_elements(%(patches)s::jsonb) AS batch(fields)
        LEFT JOIN stores_store AS s ON s.code = fields->>'code'
        CROSS JOIN LATERAL jsonb_populate_record(s, fields) AS new
    ), differing AS (
        SELECT *, array_remove(ARRAY[{
    ", ".join(f"CASE WHEN {name} IS DISTINCT FROM (old).{name} THEN '{name}' END" for name in FIELDS)
}], NULL) AS changed
        FROM compared
    )
"""  # noqa: S608 - the names are constants
DIFFERENCES = COMPARED + "SELECT code, id, changed, name IS NOT NULL FROM differing"  # noqa: S608 - as above
WRITE = f"""{COMPARED}
    INSERT INTO stores_store (code, {", ".join(FIELDS)})
    SELECT code, {", ".join(FIELDS)} FROM differing
    WHERE name IS NOT NULL AND (id IS NULL OR changed <> '{{}}') ORDER BY code
    ON CONFLICT (code) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in FIELDS)}
"""  # noqa: S608 - as above


def upsert_stores(*, records: Sequence[Record], dry_run: bool = False) -> Saved:
    """Create or change stores by code, each once; with `dry_run` only count. Missing values do not change.

    One coordinate without the other is not saved: alone it is not a position.
    """
    saved = Saved()
    patches = {"patches": orjson.dumps(list(records), default=str).decode()}
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES, patches)
        for code, store_id, changed, is_complete in cursor.fetchall():
            if store_id is None and not is_complete:
                saved.refused[code] = UNKNOWN
            elif store_id is None:
                saved.created += 1
            elif changed:
                saved.updated += 1
                saved.fields.update(changed)
        if not dry_run and (saved.created or saved.updated):
            cursor.execute(WRITE, patches)
    return saved


STORES = Table(
    name="stores",
    key="code",
    fields={
        "code": Field(value_parsers.of_text(value_parsers.fitting(Store.code.field, required=True)), Form.CODE),
        "name": Field(value_parsers.of_text(value_parsers.fitting(Store.name.field, required=True))),
        **{
            field.name: Field(value_parsers.of_text(value_parsers.fitting(field)), empty="")
            for field in (Store.address.field, Store.city.field, Store.state.field, Store.zip.field)
        },
        "latitude": Field(value_parsers.of_text(value_parsers.coordinate(90)), Form.NUMBER, empty=None),
        "longitude": Field(value_parsers.of_text(value_parsers.coordinate(180)), Form.NUMBER, empty=None),
    },
    save=upsert_stores,
    required=("name",),
    incomplete=UNKNOWN,
)
