"""Transactions that PostgreSQL may break off through no fault of theirs."""

import functools
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

DEADLOCK, SERIALIZATION_FAILURE = "40P01", "40001"
ATTEMPTS = 4

logger = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")


def in_one_transaction(work: Callable[P, T]) -> Callable[P, T]:
    """Run the function in a transaction of its own, committed on return.

    After a deadlock or a serialization failure it runs again, `ATTEMPTS` times at most. Called inside another
    transaction it raises RuntimeError: what is not the outermost can neither promise a commit nor run again.
    """

    @functools.wraps(work)
    def once(*args: P.args, **kwargs: P.kwargs) -> T:
        with transaction.atomic(durable=True):
            return work(*args, **kwargs)

    return _again_when_broken_off(once)


def in_one_statement(work: Callable[P, T]) -> Callable[P, T]:
    """The same for a function of one statement, which then is the transaction: PostgreSQL commits as it ends.

    Its locks so never wait for this process to be scheduled, nor for two more round trips.
    """
    in_transaction = in_one_transaction(work)
    alone = _again_when_broken_off(work)

    @functools.wraps(work)
    def once(*args: P.args, **kwargs: P.kwargs) -> T:
        # Inside another transaction it is refused like any other; the tests' own is let pass.
        return (in_transaction if connection.in_atomic_block else alone)(*args, **kwargs)

    return once


def _again_when_broken_off(work: Callable[P, T]) -> Callable[P, T]:
    @functools.wraps(work)
    def attempt(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(ATTEMPTS - 1):
            try:
                return work(*args, **kwargs)
            except OperationalError as error:
                if not is_transient(error):
                    raise
                logger.warning("transaction broken off, running it again: %s", error)
        return work(*args, **kwargs)

    return attempt


def is_transient(error: BaseException) -> bool:
    """Whether the same transaction may well succeed when run again."""
    return getattr(error.__cause__, "pgcode", None) in {DEADLOCK, SERIALIZATION_FAILURE}
