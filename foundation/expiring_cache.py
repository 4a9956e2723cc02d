"""Values that a process caches for a limited time, instead of reading them for every request."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")

RETRY_AFTER = 1.0  # s; a source that failed is not read again before

logger = logging.getLogger(__name__)


class ExpiringValue(Generic[V]):
    """What `load` returns, at most `max_age` seconds old, or `reads` times as long as a read takes, if that is more.

    One thread reads it again when it has expired; the others get the expired value meanwhile. Only
    the first read makes them wait. An error listed in `outages` leaves the earlier value in use;
    without an earlier value it is raised, and raised again for RETRY_AFTER seconds without another attempt.
    """

    def __init__(
        self,
        name: str,
        load: Callable[[], V],
        *,
        max_age: float,
        reads: float = 0.0,
        outages: tuple[type[Exception], ...] = (),
    ) -> None:
        self.max_age = max_age
        self._reads, self._duration = reads, 0.0
        self._name, self._load, self._outages = name, load, outages
        self._values: tuple[V, ...] = ()  # at most one; empty until the first read
        self._read_at = self._forgotten_at = self._retry_at = float("-inf")
        self._lock = threading.Lock()
        self._outage: Exception | None = None  # of the last read

    def get(self) -> V:
        if self._has_expired() and self._lock.acquire(blocking=not self._values):
            try:
                if self._has_expired():  # another thread may have read it while this one waited for the lock
                    self._read()
            finally:
                self._lock.release()
        if not self._values and self._outage:
            raise self._outage.with_traceback(None)
        return self._values[0]

    def forget(self) -> None:
        """Let the next `get` read the source, also when a read is under way now."""
        self._forgotten_at = time.monotonic()
        if not self._values:
            self._retry_at = float("-inf")

    def _has_expired(self) -> bool:
        now = time.monotonic()
        limit = max(self.max_age, self._reads * self._duration)
        is_fresh = self._read_at > self._forgotten_at and now - self._read_at < limit
        return not is_fresh and now >= self._retry_at

    def _read(self) -> None:
        # The age counts from here: the source may change, or `forget` be called, while it is being
        # read.
        started_at = time.monotonic()
        try:
            self._values = (self._load(),)
            self._read_at, self._duration = started_at, time.monotonic() - started_at
        except self._outages as error:
            if self._values:
                logger.warning("%s could not be read: the earlier value stays in use", self._name, exc_info=True)
            self._outage = error
            self._retry_at = time.monotonic() + RETRY_AFTER


class ExpiringItems(Generic[K, V]):
    """Values by key, at most `max_age` seconds old. `load` takes keys and returns the values that exist.

    Only existing values are stored, and at most `max_items` of them: requests for unknown keys,
    however many, use no memory.
    """

    def __init__(self, load: Callable[[Collection[K]], Mapping[K, V]], *, max_age: float, max_items: int) -> None:
        self._load, self._max_age, self._max_items = load, max_age, max_items
        self._items: dict[K, tuple[V, float]] = {}  # with the time of the read, the oldest first
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._items)

    def forget(self) -> None:
        """Read everything again."""
        with self._lock:
            self._items.clear()

    def get(self, keys: Collection[K]) -> dict[K, V]:
        now = time.monotonic()
        found: dict[K, V] = {}
        missing: list[K] = []
        for key in keys:
            item = self._items.get(key)
            if item and now - item[1] < self._max_age:
                found[key] = item[0]
            else:
                missing.append(key)
        if missing:
            loaded = self._load(missing)
            found.update(loaded)
            self.put(loaded, read_at=now)
        return found

    def put(self, values: Mapping[K, V], *, read_at: float | None = None) -> None:
        """Store values that were read now, or earlier by the monotonic clock."""
        time_of_read = time.monotonic() if read_at is None else read_at
        with self._lock:
            for key, value in values.items():
                self._items.pop(key, None)  # the newest items are last
                self._items[key] = (value, time_of_read)
            while len(self._items) > self._max_items:
                del self._items[next(iter(self._items))]
