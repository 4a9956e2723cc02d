"""The generation by which cached search answers are cached and become stale."""

from django.core.cache import cache

from indexing import generation


def test_a_generation_stays_until_it_is_bumped() -> None:
    first = generation.read()
    assert generation.read() == first

    generation.bump()

    assert generation.read() != first


def test_no_generation_comes_back_after_redis_lost_it() -> None:
    seen: set[str | None] = set()
    for _ in range(5):
        seen.add(generation.read())
        generation.bump()
        seen.add(generation.read())
        cache.clear()

    assert None not in seen
    assert len(seen) == 10
