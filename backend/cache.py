"""Django's Redis cache, with an unavailable Redis treated as a cache miss, never as an error."""

import copy
import functools
import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient, RedisSerializer
from redis.exceptions import RedisError, ResponseError

from backend.observability import metrics
from backend.redis import breaker
from foundation.circuit_breaker import CircuitOpenError

logger = logging.getLogger(__name__)

MISSING = object()


def _forgiving(operation: Callable[..., Any], fallback: Any) -> Callable[..., Any]:
    """The operation, returning the fallback while Redis fails or its circuit is open."""

    @functools.wraps(operation)
    def attempt(self: "ForgivingRedisCache", *args: Any, **kwargs: Any) -> Any:
        try:
            with breaker:
                return operation(self, *args, **kwargs)
        except CircuitOpenError:
            pass
        except (RedisError, OSError) as error:
            logger.warning("cache unavailable: %s", error)
        return fallback if fallback is MISSING else copy.copy(fallback)

    return attempt


class TolerantSerializer(RedisSerializer):
    """Django's pickles; an unreadable one, of another release for example, raises a RedisError."""

    def loads(self, data: Any) -> Any:
        try:
            return super().loads(data)
        except Exception as error:  # unpickling can raise anything
            raise RedisError(f"unreadable cache entry: {error!r}") from error


class ReusedClient(RedisCacheClient):
    """Django makes a new client for each command, which costs as much as the command itself."""

    @functools.cached_property
    def _reused(self) -> Any:
        return super().get_client(write=True)

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        del key, write  # there is one server
        return self._reused


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache with every Redis error turned into a miss.

    While Redis is unavailable, `add` returns True: what it guards then runs unguarded, rather than
    never. `incr` returns 0: the generation that it should have raised is outdated at the latest
    when the entries under it expire. A missing key is still a ValueError, as in every cache.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ReusedClient

    def _set_or_delete(self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """A full Redis refuses a value but still deletes: then at least the old value is gone."""
        try:
            super().set(key, value, timeout, version)
        except ResponseError:
            super().delete(key, version=version)
            raise

    set = _forgiving(_set_or_delete, None)
    set_many = _forgiving(RedisCache.set_many, [])
    add = _forgiving(RedisCache.add, True)  # noqa: FBT003 - the result
    touch = _forgiving(RedisCache.touch, False)  # noqa: FBT003 - the result
    incr = _forgiving(RedisCache.incr, 0)
    delete = _forgiving(RedisCache.delete, False)  # noqa: FBT003 - the result
    delete_many = _forgiving(RedisCache.delete_many, None)
    has_key = _forgiving(RedisCache.has_key, False)  # noqa: FBT003 - the result
    _read = _forgiving(RedisCache.get, MISSING)
    _read_many = _forgiving(RedisCache.get_many, {})

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        found = self._read(key, MISSING, version=version)
        metrics.count_cache_reads({key: found is not MISSING})
        return default if found is MISSING else found

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        wanted = list(keys)
        found: dict[str, Any] = self._read_many(wanted, version=version)
        metrics.count_cache_reads({key: key in found for key in wanted})
        return found

    def _delete_own_keys(self) -> None:
        """Django's `clear` would empty the broker's queues too."""
        client = self._cache.get_client(None, write=True)
        for key in client.scan_iter(match=f"{self.key_prefix}:*", count=1000):
            client.unlink(key)

    clear = _forgiving(_delete_own_keys, None)
