"""Advisory locks of the database: one process at a time does a piece of work, on whichever machine."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


def number_of(*texts: str) -> int:
    """The number of the lock for these texts: 64 bits of their digest."""
    return int.from_bytes(hashlib.sha256("\0".join(texts).encode()).digest()[:8], signed=True)


def lock_until_commit(number: int) -> None:
    """Wait for the lock, and hold it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


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
