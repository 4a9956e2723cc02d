"""Runs functions at once, each on a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction

from tests.eventually import eventually

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"


def in_threads(*functions: Callable[[], object]) -> None:
    """Run all at once and wait for them; raise the first error."""

    def run(function: Callable[[], object]) -> object:
        try:
            return function()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(functions)) as pool:
        for future in [pool.submit(run, function) for function in functions]:
            future.result()


def begun_before_the_end_of(first: Callable[[], object], second: Callable[[], object]) -> None:
    """Run the first, start the second and let it wait, then commit the first."""

    def do_second() -> None:
        try:
            second()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            begun = pool.submit(do_second)
            eventually(lambda: begun.done() or waiting() == 1)
        begun.result()


def waiting() -> int:
    """How many sessions of the database wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # otherwise a transaction sees its first count again
        cursor.execute(WAITING)
        return int(cursor.fetchone()[0])
