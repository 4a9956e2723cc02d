"""The generation of search results: a new one makes cached results stale."""

import pytest
from django.core.cache import cache

from backend import redis
from indexing import generation, sync


def test_a_generation_stays_until_it_is_bumped() -> None:
    first = generation.read()
    assert generation.read() == first

    generation.bump()

    assert generation.read() != first


def test_generation_that_redis_lost_is_never_used_again() -> None:
    seen: set[str | None] = set()
    for _ in range(5):
        seen.add(generation.read())
        generation.bump()
        seen.add(generation.read())
        cache.clear()

    assert None not in seen
    assert len(seen) == 10


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("redis_unavailable")
def test_generation_that_redis_did_not_take_begins_with_the_next_sync() -> None:
    redis.breaker.reset()
    before = generation.read()
    with pytest.raises(ConnectionError), redis.breaker:
        raise ConnectionError
    generation.bump()
    redis.breaker.reset()
    assert generation.read() == before

    sync.sync_and_linger(0)

    assert generation.read() != before
