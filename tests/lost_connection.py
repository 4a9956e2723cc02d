"""A PostgreSQL connection that is lost in the middle of a block."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.dispatch import Signal


@contextmanager
def connection_ends_at(signal: Signal) -> Iterator[None]:
    """End this thread's connection when the signal is sent; the next query opens a new one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone() or (0,)

    def end_connection(**_: object) -> None:
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        other.close()

    signal.connect(end_connection)
    try:
        yield
    finally:
        signal.disconnect(end_connection)
        connection.close()
