"""The cache that Redis backs and that outlives it: an unreachable Redis is a cache miss, never an error."""

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def _forgiving(operation: Callable[..., Any], answer: Callable[..., Any]) -> Callable[..., Any]:
    """The operation, answering `answer(*args, **kwargs)` when Redis fails."""

    @functools.wraps(operation)
    def attempt(self: "ForgivingRedisCache", *args: Any, **kwargs: Any) -> Any:
        try:
            return operation(self, *args, **kwargs)
        except (RedisError, OSError) as error:
            logger.warning("cache unavailable: %s", error)
            return answer(*args, **kwargs)

    return attempt


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache with every Redis error turned into a miss.

    `add` answers True when Redis is away: what it guards then runs unguarded, rather than never.
    """

    get = _forgiving(RedisCache.get, lambda _key, default=None, **_: default)
    get_many = _forgiving(RedisCache.get_many, lambda *_, **__: {})
    set = _forgiving(RedisCache.set, lambda *_, **__: None)
    set_many = _forgiving(RedisCache.set_many, lambda *_, **__: [])
    add = _forgiving(RedisCache.add, lambda *_, **__: True)
    touch = _forgiving(RedisCache.touch, lambda *_, **__: False)
    delete = _forgiving(RedisCache.delete, lambda *_, **__: False)
    delete_many = _forgiving(RedisCache.delete_many, lambda *_, **__: None)
    has_key = _forgiving(RedisCache.has_key, lambda *_, **__: False)
