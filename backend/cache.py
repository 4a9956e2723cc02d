"""The cache that Redis backs and that outlives it: an unreachable Redis is a cache miss, never an error."""

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient, RedisSerializer
from redis.exceptions import RedisError

from backend.observability import metrics
from backend.redis import breaker
from foundation.circuit_breaker import CircuitOpenError

logger = logging.getLogger(__name__)


def _forgiving(operation: Callable[..., Any], answer: Callable[..., Any]) -> Callable[..., Any]:
    """The operation, answering `answer(*args, **kwargs)` when Redis fails or rests."""

    @functools.wraps(operation)
    def attempt(self: "ForgivingRedisCache", *args: Any, **kwargs: Any) -> Any:
        try:
            with breaker:
                return operation(self, *args, **kwargs)
        except CircuitOpenError:
            return answer(*args, **kwargs)
        except (RedisError, OSError) as error:
            logger.warning("cache unavailable: %s", error)
            return answer(*args, **kwargs)

    return attempt


class TolerantSerializer(RedisSerializer):
    """Django's pickles, with one that cannot be read (written by another release, say) told as a RedisError."""

    def loads(self, data: Any) -> Any:
        try:
            return super().loads(data)
        except Exception as error:  # unpickling can raise anything
            raise RedisError(f"unreadable cache entry: {error!r}") from error


class _OneClient(RedisCacheClient):
    """Keeps its client: Django makes one for each command, which costs as much as the command itself."""

    @functools.cached_property
    def _kept(self) -> Any:
        return super().get_client(write=True)

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        del key, write  # there is one server
        return self._kept


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache with every Redis error turned into a miss.

    `add` answers True when Redis is away: what it guards then runs unguarded, rather than never. `incr` answers 0: the
    generation it should have raised is old news at the latest when the entries under it expire. A key that is not
    there is still a ValueError, as in every cache.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _OneClient

    set = _forgiving(RedisCache.set, lambda *_, **__: None)
    set_many = _forgiving(RedisCache.set_many, lambda *_, **__: [])
    add = _forgiving(RedisCache.add, lambda *_, **__: True)
    touch = _forgiving(RedisCache.touch, lambda *_, **__: False)
    incr = _forgiving(RedisCache.incr, lambda *_, **__: 0)
    delete = _forgiving(RedisCache.delete, lambda *_, **__: False)
    delete_many = _forgiving(RedisCache.delete_many, lambda *_, **__: None)
    has_key = _forgiving(RedisCache.has_key, lambda *_, **__: False)
    _read = _forgiving(RedisCache.get, lambda _key, default=None, **_: default)
    _read_many = _forgiving(RedisCache.get_many, lambda *_, **__: {})

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        found = self._read(key, _MISSING, version=version)
        metrics.count_cache_reads({key: found is not _MISSING})
        return default if found is _MISSING else found

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        wanted = list(keys)
        found: dict[str, Any] = self._read_many(wanted, version=version)
        metrics.count_cache_reads({key: key in found for key in wanted})
        return found

    def clear(self) -> None:
        """Delete what this cache wrote, and only that: Django's own would empty the broker's queues too."""
        self._clear()

    def _delete_own_keys(self) -> None:
        client = self._cache.get_client(None, write=True)
        for key in client.scan_iter(match=f"{self.key_prefix}:*", count=1000):
            client.unlink(key)

    _clear = _forgiving(_delete_own_keys, lambda: None)


_MISSING = object()
