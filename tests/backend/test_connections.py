"""A PostgreSQL connection that one request leaves open for the next."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import DataError, OperationalError

pytestmark = [pytest.mark.service, pytest.mark.django_db]

PID = "SELECT pg_backend_pid()"


@pytest.fixture
def persistent() -> Iterator[BaseDatabaseWrapper]:
    """Open, as the previous request left it."""
    persistent = connection.copy()
    persistent.settings_dict["CONN_MAX_AGE"] = 60
    persistent.ensure_connection()
    yield persistent
    persistent.close()


@pytest.fixture
def server(persistent: BaseDatabaseWrapper) -> int:
    """The process of PostgreSQL that serves the connection."""
    return _request(persistent)


def test_connection_closed_by_the_server_is_replaced(persistent: BaseDatabaseWrapper, server: int) -> None:
    _end(server)
    assert _request(persistent) != server


def test_only_one_request_fails_when_the_server_closes_its_connection(
    persistent: BaseDatabaseWrapper, server: int
) -> None:
    with persistent.cursor() as cursor:
        _end(server)
        with pytest.raises(OperationalError):
            cursor.execute(PID)
    assert _request(persistent) != server


def test_failed_statement_does_not_close_the_connection(persistent: BaseDatabaseWrapper, server: int) -> None:
    with pytest.raises(DataError), persistent.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    assert _request(persistent) == server


def test_failed_open_transaction_is_not_continued_by_the_next_request(
    persistent: BaseDatabaseWrapper, server: int
) -> None:
    with persistent.cursor() as cursor:
        cursor.execute("BEGIN")
        with pytest.raises(DataError):
            cursor.execute("SELECT 1 / 0")
    assert _request(persistent) != server


def _request(persistent: BaseDatabaseWrapper) -> int:
    """What Django does around a request that uses PostgreSQL; the process that served it."""
    persistent.close_if_unusable_or_obsolete()
    with persistent.cursor() as cursor:
        cursor.execute(PID)
        (pid,) = cursor.fetchone()
    persistent.close_if_unusable_or_obsolete()
    return int(pid)


def _end(server: int) -> None:
    assert _one("SELECT pg_terminate_backend(%s, 10000)", server)


def _one(statement: str, *parameters: int) -> Any:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchone()[0]
    finally:
        other.close()
