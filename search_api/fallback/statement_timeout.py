"""A limit on the time that PostgreSQL may take for a statement."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from foundation.replica import connection_for_reads


@contextmanager
def statement_timeout(milliseconds: int) -> Iterator[None]:
    """Run the body in a transaction; OperationalError when a statement in it takes longer."""
    set_timeout = "set_config('statement_timeout', %s, true)"  # until the transaction ends
    connection = connection_for_reads()
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(f"SELECT current_setting('statement_timeout'), {set_timeout}", [str(milliseconds)])
        before = cursor.fetchone()[0]
        yield
        # An outer transaction continues with its own timeout. After an error the rollback does this.
        cursor.execute(f"SELECT {set_timeout}", [before])
