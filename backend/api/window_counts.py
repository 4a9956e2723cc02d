"""Counts within windows of time, in Redis. One that is under way can be left alone until it is needed.

A window begins with what is counted first, and is timed by Redis alone: clocks of machines do not matter. Each thread
keeps a connection, and sends and reads on it: all that redis-py does for a command besides takes as long as Redis and
the way there and back (`docs/bench/README.md`).
"""

import threading
from typing import Any, NamedTuple, cast

from redis.connection import AbstractConnection
from redis.exceptions import RedisError

from backend.redis import pool

_kept = threading.local()
COUNT = """
local number = redis.call('INCR', KEYS[1])
if number == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return {number, redis.call('TTL', KEYS[1])}
"""


class Count(NamedTuple):
    """How many there were in the window, this one included, and the seconds until it ends."""

    number: int
    ends_in: int


class PendingCount:
    """One more in the window of this name; sent to Redis at once. Both this and `result` raise what redis-py raises.

    The connection is this count's alone until it has its result. One that something went wrong on is not used again.
    """

    def __init__(self, name: str, seconds: int) -> None:
        self._connection = cast("Any", _connection())
        try:
            self._connection.send_command("EVAL", COUNT, 1, name, seconds, check_health=False)
        except BaseException:
            self._connection.disconnect()
            raise

    def result(self) -> Count:
        """The count, as soon as Redis has answered. To be asked once."""
        try:
            count = Count(*self._connection.read_response())
        except BaseException:
            self._connection.disconnect()  # an answer that comes later would be taken for that to the next count
            raise
        _kept.connection = self._connection
        return count


def _connection() -> AbstractConnection:
    """The one that this thread kept, or a new one; ready to be sent to."""
    connection: AbstractConnection | None = _kept.__dict__.pop("connection", None)
    if connection is None:
        connection = pool().connection_class(**pool().connection_kwargs)
    if not _is_silent(connection):  # nothing comes unasked but its end
        connection.disconnect()
    connection.connect()
    return connection


def _is_silent(connection: AbstractConnection) -> bool:
    try:
        return not (connection.is_connected and connection.can_read())
    except (RedisError, OSError):
        return False
