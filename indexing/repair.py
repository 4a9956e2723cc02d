"""Giving products a new version, so that sync writes them again over whatever the index holds."""

from collections.abc import Collection, Iterable

from django.db import connection, transaction

from indexing.compare import Difference

LOCK = 0x1DE6  # advisory lock of this database: one at a time sets the sequence of versions
ROOM = 1_000_000_000  # numbers; a bigint has nine billion times as many


def renew(product_ids: Collection[int]) -> None:
    """Give the products a new version and make them due now; takes the rows in product order."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_RENEW, [list(product_ids)])


_RENEW = """
    INSERT INTO indexing_syncstate AS state (product_id, version, indexed_version, changed_at, due_at, attempts, error)
    SELECT id, nextval('indexing_version'), 0, clock_timestamp(), clock_timestamp(), 0, ''
    FROM (SELECT DISTINCT unnest(%s::bigint[]) AS id) AS asked ORDER BY id
    ON CONFLICT (product_id) DO UPDATE SET
        version = nextval('indexing_version'), changed_at = excluded.changed_at, due_at = excluded.due_at, attempts = 0
"""


def renew_different(found: Iterable[Difference]) -> None:
    """Renew what is wrong in the index.

    A document may be ahead of PostgreSQL: then an older copy of the database was put back. Versions go on above it.
    """
    wrong = list(found)
    highest = max((difference.found or 0 for difference in wrong), default=0)
    _number_above(highest)
    renew([difference.product_id for difference in wrong])


def _number_above(highest: int) -> None:
    """Let the next version be greater than this one.

    PostgreSQL looks at a sequence and sets it in two steps, and others draw numbers in between. A number that they drew
    must never come again: two changes of one version are one to OpenSearch, which would keep the first. So nothing is
    set that is above already; what is set is further above than anyone can draw meanwhile; and one does it at a time.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        # "=" too: a sequence that nobody has used gives its last_value first.
        cursor.execute(
            "SELECT setval('indexing_version', %s) FROM indexing_version WHERE last_value <= %s",
            [highest + ROOM, highest],
        )


def adopt() -> int:
    """Give a version to products that have none, made while triggers were off; how many there were."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO indexing_syncstate (product_id, version, indexed_version, changed_at, due_at, attempts, error)
            SELECT id, nextval('indexing_version'), 0, clock_timestamp(), clock_timestamp(), 0, ''
            FROM products_product WHERE NOT EXISTS (SELECT FROM indexing_syncstate WHERE product_id = id) ORDER BY id
            ON CONFLICT (product_id) DO NOTHING
            """
        )
        return int(cursor.rowcount)
