"""Gives products a new version, so that sync writes them again over whatever the index holds."""

from collections.abc import Collection

from django.db import connection, transaction

from foundation.advisory_locks import lock_until_commit

LOCK = 0x1DE6  # advisory lock of this database: one process at a time sets the sequence of versions
ROOM = 1_000_000_000  # numbers; a bigint has nine billion times as many

_RENEW = """
    INSERT INTO indexing_syncstate AS state (product_id, version, indexed_version, changed_at, due_at, attempts, error)
    SELECT id, nextval('indexing_version'), 0, clock_timestamp(), clock_timestamp(), 0, ''
    FROM (SELECT DISTINCT unnest(%s::bigint[]) AS id) AS requested ORDER BY id
    ON CONFLICT (product_id) DO UPDATE SET
        version = nextval('indexing_version'), changed_at = excluded.changed_at, due_at = excluded.due_at, attempts = 0
"""
_ADOPT = """
    INSERT INTO indexing_syncstate (product_id, version, indexed_version, changed_at, due_at, attempts, error)
    SELECT id, nextval('indexing_version'), 0, clock_timestamp(), clock_timestamp(), 0, ''
    FROM products_product WHERE NOT EXISTS (SELECT FROM indexing_syncstate WHERE product_id = id) ORDER BY id
    ON CONFLICT (product_id) DO NOTHING
"""


def renew(product_ids: Collection[int], *, above: int) -> None:
    """Give the products versions greater than `above` and make them due now. Locks the rows in product order.

    `above`: the highest version among their documents. It can be higher than PostgreSQL's, after an older backup
    of the database was restored.
    """
    _number_above(above)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_RENEW, [list(product_ids)])


def _number_above(highest: int) -> None:
    """Make the next version greater than `highest`.

    No number may be given out twice: OpenSearch would take two changes with one version for the same and keep
    the first. PostgreSQL reads a sequence and sets it in two steps, and other sessions draw numbers in between.
    So a sequence that is above already is not set, one that is set jumps further than others can draw in
    between, and one process at a time does it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        lock_until_commit(LOCK)
        # "=" as well: an unused sequence returns its last_value first.
        cursor.execute(
            "SELECT setval('indexing_version', %s) FROM indexing_version WHERE last_value <= %s",
            [highest + ROOM, highest],
        )


def adopt() -> int:
    """Give a version to products without one, created while triggers were off; returns their number."""
    with connection.cursor() as cursor:
        cursor.execute(_ADOPT)
        return int(cursor.rowcount)
