"""Reads that may be a little old, from a streaming standby of PostgreSQL (DATABASE_REPLICA_URL).

`@may_be_late` marks what the standby may read; everything else reads from the primary. So a new
query is never late by accident, least of all one that decides a sale.
"""

import contextlib
import functools
import math
import os
import socket
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from time import monotonic, sleep
from typing import Any, ParamSpec, TypeVar

import psycopg2
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, InterfaceError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import Signal

from foundation.circuit_breaker import CircuitBreaker, CircuitOpenError

ALIAS = "replica"
# Looks at the standby in the time that it may be behind, and the longest time between two of them.
LOOKS, LOOK_EVERY = 4, 0.5  # s
LONGEST_LOOK = 1.0  # s; a standby that takes longer hangs
REMEMBERED = 1_000  # positions of the primary
# The standby answers, but not this: a statement took too long, or stood in the way of the replay.
QUERY_CANCELED, SERIALIZATION_FAILURE = "57014", "40001"

P = ParamSpec("P")
T = TypeVar("T")

read_done = Signal()  # `server`: "replica", or "primary" although the read may be late
looked = Signal()  # `behind`: seconds

_from_replica: ContextVar[bool] = ContextVar("reads come from the replica", default=False)


class ReplicaError(Exception):
    """The standby cannot be used now: it hangs, is too far behind, or is not a standby."""


class Router:
    """Reads within `may_be_late` come from the standby, all others from the primary, as does every write."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        del model, hints  # Django's own default is the database that an object came from
        return alias_for_reads()

    def db_for_write(self, model: Any, **hints: Any) -> str:
        del hints
        if _from_replica.get():
            raise RuntimeError(f"{model.__name__} is written or locked in a read that may be late")
        return DEFAULT_DB_ALIAS

    def allow_relation(self, *objects: Any, **hints: Any) -> bool:
        del objects, hints
        return True  # both are the same database

    def allow_migrate(self, db: str, *arguments: Any, **hints: Any) -> bool | None:
        del arguments, hints
        return False if db == ALIAS else None


def alias_for_reads() -> str:
    return ALIAS if _from_replica.get() else DEFAULT_DB_ALIAS


def connection_for_reads() -> BaseDatabaseWrapper:
    """The connection for SQL that Django's router does not see."""
    return connections[alias_for_reads()]


def may_be_late(read: Callable[P, T]) -> Callable[P, T]:
    """Let a function read from the standby, which is at most DATABASE_REPLICA_LAG behind.

    It must only read, and return rows instead of a QuerySet, whose rows would be read later. When
    the standby fails it runs again, on the primary. It runs there at once while the standby cannot be
    used, and within a transaction, which sees one state of the database.
    """

    @functools.wraps(read)
    def reading(*args: P.args, **kwargs: P.kwargs) -> T:
        is_settled = _from_replica.get() or ALIAS not in connections.settings
        if is_settled or connections[DEFAULT_DB_ALIAS].in_atomic_block:
            return read(*args, **kwargs)
        if standby.is_usable():
            token = _from_replica.set(True)
            standby.close_lost_connection()
            try:
                with breaker:
                    result = read(*args, **kwargs)
                read_done.send(sender=None, server="replica")
            except CircuitOpenError:
                pass
            except Error:
                connections[ALIAS].close()
                if breaker.is_open:
                    standby.forget_connections()
            else:
                return result
            finally:
                _from_replica.reset(token)
        read_done.send(sender=None, server="primary")
        return read(*args, **kwargs)

    return reading


class Standby:
    """How far the standby is behind, as this process sees it.

    A thread compares the positions of both servers in the write-ahead log, so that no request waits
    for that. What the primary had written at some time is certain to be there when the standby has
    replayed its position of that time; the age of that time is how far the standby can be behind.
    """

    _is_watched: bool  # whether the thread runs

    def __init__(self) -> None:
        self._initialize()
        os.register_at_fork(after_in_child=self._initialize)  # a forked process has no threads
        connection_created.connect(self._remember)

    def is_usable(self) -> bool:
        """Whether it answers, and has everything that is older than DATABASE_REPLICA_LAG."""
        if not self._is_watched:
            with self._starting:
                if not self._is_watched:
                    self._is_watched, self._watched_since = True, monotonic()
                    threading.Thread(target=self._look_often, name="replica-watch", daemon=True).start()
        return self.behind <= settings.DATABASE_REPLICA_LAG and not breaker.is_open

    @property
    def behind(self) -> float:
        """Seconds, at most; infinite before the first comparison."""
        return monotonic() - self._complete_until

    def check(self, timeout: float) -> None:
        """Raise ReplicaError unless it is usable, or becomes so within `timeout` seconds."""
        end = monotonic() + timeout
        while not self.is_usable():
            if monotonic() > end or not breaker.wait_until_closed(end - monotonic()):
                raise ReplicaError("the standby does not answer or is too far behind")
            sleep(min(0.01, timeout))  # the first look is under way

    def forget_connections(self) -> None:
        """After an outage, mark all connections as lost, so that no thread has to find out by an error."""
        self._open.clear()

    def close_lost_connection(self) -> None:
        """Close this thread's connection when it was lost in an outage."""
        wrapper = connections[ALIAS]
        if wrapper.connection is not None and wrapper.connection not in self._open:
            wrapper.close()

    def look(self) -> bool:
        """Compare both servers. Raises ReplicaError, OperationalError, InterfaceError."""
        looking = self._looking.submit(self._compare)
        try:
            looking.result(timeout=LONGEST_LOOK)
        except TimeoutError:
            looking.cancel()
            self._cut_off()
            raise ReplicaError(f"no answer within {LONGEST_LOOK:g} s") from None
        finally:
            if math.isfinite(self.behind):
                looked.send(sender=None, behind=self.behind)
        # A process that has just started does not know yet.
        behind = min(self.behind, monotonic() - self._watched_since)
        if behind > settings.DATABASE_REPLICA_LAG:
            raise ReplicaError(f"{behind:.1f} s behind")
        return True

    def _initialize(self) -> None:
        self._starting = threading.Lock()
        self._is_watched = False
        self._watched_since = math.inf
        self._complete_until = -math.inf
        self._positions: deque[tuple[float, int]] = deque(maxlen=REMEMBERED)  # of the primary, oldest first
        self._open: set[Any] = set()  # psycopg2's connections to the standby
        self._looking = ThreadPoolExecutor(1, "replica-look")

    def _look_often(self) -> None:
        while True:
            with contextlib.suppress(Exception), breaker:  # the breaker logs it, and looks while it is open
                self.look()
            sleep(min(settings.DATABASE_REPLICA_LAG / LOOKS, LOOK_EVERY))

    def _compare(self) -> None:
        try:
            now = monotonic()
            # Every commit that a client has seen lies before this position: PostgreSQL writes the log first.
            written = _position(DEFAULT_DB_ALIAS, "pg_current_wal_lsn()")
            replayed = _position(ALIAS, "CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() END")
        except Exception:
            connections.close_all()  # of this thread
            raise
        if written is None or replayed is None:
            raise ReplicaError("DATABASE_REPLICA_URL names no standby")
        self._positions.append((now, written))
        while self._positions and self._positions[0][1] <= replayed:
            self._complete_until, _ = self._positions.popleft()

    def _cut_off(self) -> None:
        """Break the connections to a standby that hangs: the threads that wait for it fail, and ask the primary."""
        lost = list(self._open)
        self.forget_connections()
        for connection in lost:
            with (
                contextlib.suppress(OSError, psycopg2.Error),
                socket.socket(fileno=os.dup(connection.fileno())) as duplicate,
            ):
                duplicate.shutdown(socket.SHUT_RDWR)

    def _remember(self, connection: BaseDatabaseWrapper, **_: Any) -> None:
        if connection.alias == ALIAS:
            self._open = {each for each in self._open if not each.closed} | {connection.connection}


def _position(alias: str, function: str) -> int | None:
    """A position in the write-ahead log, in bytes."""
    with connections[alias].cursor() as cursor:
        cursor.execute(f"SELECT (({function}) - '0/0'::pg_lsn)::bigint")
        position: int | None = cursor.fetchone()[0]
        return position


def _is_outage(error: Exception) -> bool:
    code = getattr(error.__cause__, "pgcode", None)
    unavailable = isinstance(error, OperationalError | InterfaceError | ReplicaError)
    return unavailable and code not in {QUERY_CANCELED, SERIALIZATION_FAILURE}


standby = Standby()
breaker = CircuitBreaker("The read replica", probe_every=1.0, probe=standby.look, is_outage=_is_outage)
