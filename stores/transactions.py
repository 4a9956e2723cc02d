"""Transactions that PostgreSQL may break off through no fault of theirs."""

import functools
import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import OperationalError, transaction

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
    def attempt(*args: P.args, **kwargs: P.kwargs) -> T:
        for _ in range(ATTEMPTS - 1):
            try:
                return once(*args, **kwargs)
            except OperationalError as error:
                if not is_transient(error):
                    raise
                logger.warning("transaction broken off, running it again: %s", error)
        return once(*args, **kwargs)

    def once(*args: P.args, **kwargs: P.kwargs) -> T:
        with transaction.atomic(durable=True):
            return work(*args, **kwargs)

    return attempt


def is_transient(error: BaseException) -> bool:
    """Whether the same transaction may well succeed when run again."""
    return getattr(error.__cause__, "pgcode", None) in {DEADLOCK, SERIALIZATION_FAILURE}
