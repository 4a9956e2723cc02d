"""How long PostgreSQL may take for a part of a degraded search: many shoppers wait at once when OpenSearch is away."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def statements_take_at_most(milliseconds: int) -> Iterator[None]:
    """Cancel every statement of the body that takes longer: OperationalError. The body is one transaction."""
    with transaction.atomic():
        before = _set_timeout(str(milliseconds))
        yield
        _set_timeout(before)


def _set_timeout(value: str) -> str:
    """Set it until the transaction ends; what it was before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, true)", [value]
        )
        before: str = cursor.fetchone()[0]
    return before
