"""The cache, with Redis available, unavailable, and with an unreadable entry."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache

from backend import redis
from backend.cache import ForgivingRedisCache
from tools.devstack.services import Redis, State

pytestmark = pytest.mark.service


@pytest.fixture(autouse=True)
def _emptied() -> Iterator[None]:
    yield
    redis.breaker.reset()
    cache.clear()


@pytest.mark.usefixtures("redis_unavailable")
def test_everything_is_a_miss_without_redis() -> None:
    answers = {
        "get": cache.get("a", "default"),
        "get_many": cache.get_many(["a", "b"]),
        "set": cache.set("a", 1),  # type: ignore[func-returns-value]
        "set_many": cache.set_many({"a": 1}),
        "add": cache.add("a", 1),
        "get_or_set": cache.get_or_set("a", 7),
        "incr": cache.incr("a"),
        "decr": cache.decr("a"),
        "touch": cache.touch("a"),
        "delete": cache.delete("a"),
        "delete_many": cache.delete_many(["a"]),  # type: ignore[func-returns-value]
        "has_key": cache.has_key("a"),
        "clear": cache.clear(),  # type: ignore[func-returns-value]
    }
    assert answers == {
        "get": "default",
        "get_many": {},
        "set": None,
        "set_many": [],
        "add": True,
        "get_or_set": 7,
        "incr": 0,
        "decr": 0,
        "touch": False,
        "delete": False,
        "delete_many": None,
        "has_key": False,
        "clear": None,
    }


def test_incrementing_a_missing_generation_is_an_error_as_in_every_cache() -> None:
    with pytest.raises(ValueError, match="not found"):
        cache.incr("generation")


def test_entry_of_another_release_is_a_miss() -> None:
    key = cache.make_key("search:1")
    redis.client().set(key, b"\x80\x05this was never pickled")
    assert cache.get("search:1", "miss") == "miss"
    assert cache.get_many(["search:1"]) == {}


def test_none_is_cached_as_a_value() -> None:
    cache.set("a", None)
    assert cache.get("a", "default") is None


def test_clearing_the_cache_leaves_the_queues_alone() -> None:
    queue = f"{cache.key_prefix}-not-the-cache"
    redis.client().rpush(queue, b"a task")
    cache.set("a", 1)
    cache.clear()
    left = redis.client().llen(queue)
    redis.client().delete(queue)
    assert (cache.get("a"), left) == (None, 1)


@pytest.fixture
def own_server() -> Iterator[Redis]:
    """A Redis that no other test uses."""
    state = State.throwaway()
    server = Redis(state)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        state.remove()


def test_value_that_a_full_redis_refuses_replaces_the_old_one_all_the_same(own_server: Redis) -> None:
    full = ForgivingRedisCache(own_server.url, settings.CACHES["default"])
    full.set("generation", "old", timeout=None)
    own_server.fill()
    full.set("generation", "new", timeout=None)
    assert full.get("generation") is None
