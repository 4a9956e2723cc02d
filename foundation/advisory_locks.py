"""Advisory locks of the database: one process at a time does a piece of work, on whichever machine."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def try_lock(number: int) -> Iterator[bool]:
    """Hold the lock during the block, if it is free; yields whether it was. A killed process loses its lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        acquired: bool = cursor.fetchone()[0]
    try:
        yield acquired
    finally:
        if acquired:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
