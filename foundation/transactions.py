"""Transactions that run again after a deadlock or a serialization failure, or that read one state; refused rows."""

import functools
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, OperationalError, connection, transaction

DEADLOCK, SERIALIZATION_FAILURE = "40P01", "40001"
ATTEMPTS = 4

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


def in_one_transaction(work: Callable[P, T]) -> Callable[P, T]:
    """Run the function in a transaction of its own, committed on return.

    After a deadlock or a serialization failure it runs again, at most `ATTEMPTS` times in all.
    Inside another transaction it raises RuntimeError: only the outermost transaction can commit, or
    run again.
    """

    @functools.wraps(work)
    def once(*args: P.args, **kwargs: P.kwargs) -> T:
        with transaction.atomic(durable=True):
            return work(*args, **kwargs)

    return _with_retries(once)


def in_one_statement(work: Callable[P, T]) -> Callable[P, T]:
    """The same for a function of one statement, which PostgreSQL commits by itself.

    So its locks do not wait for a COMMIT from this process, which may have to be scheduled first.
    """
    in_transaction = in_one_transaction(work)
    alone = _with_retries(work)

    @functools.wraps(work)
    def once(*args: P.args, **kwargs: P.kwargs) -> T:
        # In a transaction `durable` raises RuntimeError, except in the transaction of a test.
        return (in_transaction if connection.in_atomic_block else alone)(*args, **kwargs)

    return once


@contextmanager
def repeatable_read() -> Iterator[None]:
    """A read-only transaction in which all queries see the same state of the database."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def write_all_but_refused(
    rows: Sequence[T], write: Callable[[Sequence[T]], object], of_a_row: tuple[str, ...]
) -> list[tuple[T, DatabaseError]]:
    """Write all rows in one statement, or in halves while PostgreSQL refuses one; those it refuses, with its errors.

    `of_a_row`: beginnings of the SQLSTATEs that are about one row, unlike a lost connection or a deadlock.
    """
    if not rows:
        return []
    try:
        with transaction.atomic():
            write(rows)
    except DatabaseError as error:
        if not str(getattr(error.__cause__, "pgcode", None)).startswith(of_a_row):
            raise
        if len(rows) == 1:
            return [(rows[0], error)]
        middle = len(rows) // 2
        halves = rows[:middle], rows[middle:]
        return [refused for half in halves for refused in write_all_but_refused(half, write, of_a_row)]
    return []


def _with_retries(work: Callable[P, T]) -> Callable[P, T]:
    @functools.wraps(work)
    def attempt(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(ATTEMPTS - 1):
            try:
                return work(*args, **kwargs)
            except OperationalError as error:
                if getattr(error.__cause__, "pgcode", None) not in {DEADLOCK, SERIALIZATION_FAILURE}:
                    raise
                logger.warning("transaction failed, running it again: %s", error)
        return work(*args, **kwargs)

    return attempt
