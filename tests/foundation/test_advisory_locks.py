"""A lock is held during its block, however the block ends."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
import pytest

from foundation.advisory_locks import number_of, try_lock
from indexing.reindex import LOCK, rebuild_lock
from tests.orders.web import database_url_of_test

pytestmark = [pytest.mark.django_db, pytest.mark.service]

NUMBER = number_of("tests", "advisory locks")


@contextmanager
def locked(number: int) -> Iterator[None]:
    if number == LOCK:
        with rebuild_lock():
            yield
    else:
        with try_lock(number) as acquired:
            assert acquired
            yield


def is_free(number: int) -> bool:
    """Whether another session could take the lock."""
    session = psycopg2.connect(database_url_of_test())
    try:
        with session.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
            return cursor.fetchone() == (True,)
    finally:
        session.rollback()  # releases it now, and not some time after `close`
        session.close()


@pytest.mark.parametrize("number", [NUMBER, LOCK], ids=["any", "rebuild"])
def test_lock_is_held_during_the_block_only(number: int) -> None:
    with locked(number):
        assert not is_free(number)
    assert is_free(number)
    with pytest.raises(ZeroDivisionError), locked(number):
        raise ZeroDivisionError
    assert is_free(number)


def test_lock_of_another_session_is_left_alone() -> None:
    session = psycopg2.connect(database_url_of_test())
    with session.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [NUMBER])
        with try_lock(NUMBER) as acquired:
            assert not acquired
        assert not is_free(NUMBER)
        cursor.execute("SELECT pg_advisory_unlock(%s)", [NUMBER])
    session.close()
    assert is_free(NUMBER)
