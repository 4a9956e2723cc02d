"""A connection to PostgreSQL that one request leaves open for the next one."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import DataError, OperationalError

pytestmark = [pytest.mark.service, pytest.mark.django_db]

PID = "SELECT pg_backend_pid()"


@pytest.fixture
def kept() -> Iterator[BaseDatabaseWrapper]:
    """Open, as the previous request left it."""
    kept = connection.copy()
    kept.settings_dict["CONN_MAX_AGE"] = 60
    kept.ensure_connection()
    yield kept
    kept.close()


@pytest.fixture
def server(kept: BaseDatabaseWrapper) -> int:
    """The process that serves it."""
    return _request(kept)


def test_server_that_ended_the_connection_is_asked_for_a_new_one(kept: BaseDatabaseWrapper, server: int) -> None:
    _end(server)
    assert _request(kept) != server


def test_request_that_met_the_end_is_the_only_one(kept: BaseDatabaseWrapper, server: int) -> None:
    with kept.cursor() as cursor:
        _end(server)
        with pytest.raises(OperationalError):
            cursor.execute(PID)
    assert _request(kept) != server


def test_refused_statement_keeps_the_connection(kept: BaseDatabaseWrapper, server: int) -> None:
    with pytest.raises(DataError), kept.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    assert _request(kept) == server


def test_transaction_that_was_left_open_and_failed_is_not_carried_on(kept: BaseDatabaseWrapper, server: int) -> None:
    with kept.cursor() as cursor:
        cursor.execute("BEGIN")
        with pytest.raises(DataError):
            cursor.execute("SELECT 1 / 0")
    assert _request(kept) != server


def _request(kept: BaseDatabaseWrapper) -> int:
    """What Django does around a request that asks PostgreSQL something; the process that answered."""
    kept.close_if_unusable_or_obsolete()
    with kept.cursor() as cursor:
        cursor.execute(PID)
        (pid,) = cursor.fetchone()
    kept.close_if_unusable_or_obsolete()
    return int(pid)


def _end(server: int) -> None:
    assert _one("SELECT pg_terminate_backend(%s, 10000)", server)


def _one(statement: str, *parameters: int) -> Any:
    """A value, asked in a transaction that ends at once: what is notified goes out."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchone()[0]
    finally:
        other.close()
