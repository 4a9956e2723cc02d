"""What must be true whatever happened: asked of PostgreSQL and of the project's own checks."""

import json
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import Any

import psycopg2

from tools.devstack.state import CHECKOUT

POLL_SECONDS = 0.1


class Books:
    """The shop's books, read behind its back."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._checker: subprocess.Popen[str] | None = None

    def rows(self, sql: str, parameters: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement on a connection of its own and commit it; the rows, if it gives any."""
        with closing(psycopg2.connect(self._environment["DATABASE_URL"], connect_timeout=3)) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(sql, tuple(parameters))
            return list(cursor.fetchall()) if cursor.description else []

    def value(self, sql: str, parameters: Iterable[Any] = ()) -> Any:
        """The one value that a statement gives."""
        return self.rows(sql, parameters)[0][0]

    def pending(self) -> int:
        """Products whose last change is not in the index yet."""
        return int(
            self.value("SELECT count(*) FROM indexing_syncstate WHERE due_at IS NOT NULL AND version > indexed_version")
        )

    def await_index(self, seconds: float) -> float:
        """Wait until the index has every change; the seconds it took. TimeoutError after so many."""
        started = time.monotonic()
        while self.pending():
            if time.monotonic() - started > seconds:
                raise TimeoutError(f"{self.pending()} products are still pending after {seconds:.0f} s")
            time.sleep(POLL_SECONDS)
        return time.monotonic() - started

    def lost_orders(self, acknowledged: Mapping[str, str]) -> list[str]:
        """Of orders that a customer was told of, by id and status: those that are not there or say otherwise."""
        found = dict(
            self.rows("SELECT id::text, status FROM orders_order WHERE id = ANY(%s::uuid[])", [list(acknowledged)])
        )
        return [order_id for order_id, status in acknowledged.items() if found.get(order_id) != status]

    def unsent_confirmations(self) -> int:
        """Confirmed orders with an address whose confirmation has not been sent."""
        return int(
            self.value(
                "SELECT count(*) FROM orders_order"
                " WHERE status = 'CONFIRMED' AND email <> '' AND confirmation_sent_at IS NULL"
            )
        )

    def await_confirmations(self, seconds: float) -> None:
        """Wait until each is sent. TimeoutError after so many seconds."""
        deadline = time.monotonic() + seconds
        while unsent := self.unsent_confirmations():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{unsent} confirmations are not sent after {seconds:.0f} s")
            time.sleep(POLL_SECONDS)

    def wrong(self) -> list[str]:
        """What `check_stock` and `check_index` find; nothing when all is well."""
        checker = self._running_checker()
        assert checker.stdin  # noqa: S101 - both are pipes
        assert checker.stdout  # noqa: S101
        checker.stdin.write("check\n")
        checker.stdin.flush()
        found: list[str] = json.loads(checker.stdout.readline())
        return found

    def close(self) -> None:
        """End the process that checks."""
        if self._checker:
            self._checker.terminate()
            self._checker.communicate()

    def _running_checker(self) -> "subprocess.Popen[str]":
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
        return self._checker
