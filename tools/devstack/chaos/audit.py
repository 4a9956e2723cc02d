"""Checks what must always be true: reads PostgreSQL, and runs the project's own checks."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from typing import Any

import psycopg2

from tools.devstack.state import CHECKOUT

POLL_SECONDS = 0.1
PENDING = "SELECT count(*) FROM indexing_syncstate WHERE due_at IS NOT NULL AND version > indexed_version"
UNSENT = """
    SELECT count(*) FROM orders_order WHERE status = 'CONFIRMED' AND email <> '' AND confirmation_sent_at IS NULL
"""


class Audit:
    """Reads the database of a running system; `environment` holds the addresses of its services."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._checker: subprocess.Popen[str] | None = None

    def rows(self, sql: str, parameters: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement on a new connection and commit it; its rows, if it returns any."""
        with closing(psycopg2.connect(self._environment["DATABASE_URL"], connect_timeout=3)) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(sql, tuple(parameters))
            return list(cursor.fetchall()) if cursor.description else []

    def value(self, sql: str, parameters: Iterable[Any] = ()) -> Any:
        return self.rows(sql, parameters)[0][0]

    def pending(self) -> int:
        """Products whose last change is not in the index yet."""
        return int(self.value(PENDING))

    def await_index(self, seconds: float) -> None:
        """Wait until the index has every change. TimeoutError after `seconds`."""
        _await_none(self.pending, seconds, "products are still pending")

    def unsent_confirmations(self) -> int:
        """Confirmed orders with an address whose confirmation has not been sent."""
        return int(self.value(UNSENT))

    def await_confirmations(self, seconds: float) -> None:
        """Wait until all are sent. TimeoutError after `seconds`."""
        _await_none(self.unsent_confirmations, seconds, "confirmations are not sent")

    def lost_orders(self, acknowledged: Mapping[str, str]) -> list[str]:
        """The ids of acknowledged orders (status by id) that are missing or have another status."""
        statement = "SELECT id::text, status FROM orders_order WHERE id = ANY(%s::uuid[])"
        found = dict(self.rows(statement, [list(acknowledged)]))
        return [order_id for order_id, status in acknowledged.items() if found.get(order_id) != status]

    def errors(self) -> list[str]:
        """The errors that `check_stock` and `check_index` find."""
        if self._checker is None or self._checker.poll() is not None:
            self._checker = subprocess.Popen(
                [sys.executable, "-m", "tools.devstack.chaos.checker"],
                env=dict(self._environment),
                cwd=CHECKOUT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
            )
        assert self._checker.stdin  # noqa: S101 - both are pipes
        assert self._checker.stdout  # noqa: S101
        self._checker.stdin.write("check\n")
        self._checker.stdin.flush()
        found: list[str] = json.loads(self._checker.stdout.readline())
        return found

    def close(self) -> None:
        if self._checker:
            self._checker.terminate()
            self._checker.communicate()


def _await_none(count: Callable[[], int], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while left := count():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{left} {what} after {seconds:.0f} s")
        time.sleep(POLL_SECONDS)
