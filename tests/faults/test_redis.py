"""Redis killed, hanging, emptied or full: every request still works, without the cache."""

import pytest
import redis

from tests.faults.conftest import Trial, eventually, paused

pytestmark = pytest.mark.faults

ALL_ANSWER = {"search": 200, "suggest": 200, "order": 201, "page": 200, "health": 200}


def server(trial: Trial) -> redis.Redis:
    return redis.Redis.from_url(trial.system.stack.redis.url)


def test_killed_redis_fails_no_request(trial: Trial) -> None:
    trial.system.stack.redis.kill()
    answers = trial.request_everything()
    assert trial.record("Redis killed", answers) == ALL_ANSWER
    assert answers["health"].body["redis"] == "unavailable"
    product_id = trial.rename("Ironbark stool")
    trial.system.stack.redis.start()
    eventually(lambda: trial.finds("ironbark", product_id))


def test_hanging_redis_fails_no_request(trial: Trial) -> None:
    with paused(trial.system.stack.redis):
        first = trial.request_at_once()
        later = [trial.request_everything() for _ in range(5)]
        product_id = trial.rename("Marigold bench")
    assert trial.record("Redis hangs, first requests", first) == ALL_ANSWER
    assert [trial.record("Redis hangs, later ones", answers) for answers in later] == [ALL_ANSWER] * 5
    eventually(lambda: trial.finds("marigold", product_id))


def test_emptied_redis_loses_no_change(trial: Trial) -> None:
    """Cached results, throttle counts and queued tasks are lost."""
    for _ in range(5):
        trial.order()
    server(trial).flushall()
    assert trial.record("Redis emptied", trial.request_everything()) == ALL_ANSWER
    product_id = trial.rename("Vermilion crate")
    eventually(lambda: trial.finds("vermilion", product_id))


def test_full_redis_fails_no_request(trial: Trial) -> None:
    """Redis refuses to write: neither the cache nor the queue accepts anything."""
    memory = server(trial).info("memory")["used_memory"]
    server(trial).config_set("maxmemory-policy", "noeviction")
    server(trial).config_set("maxmemory", memory // 2)
    try:
        assert trial.record("Redis full", trial.request_everything()) == ALL_ANSWER
        product_id = trial.rename("Cobalt easel")
    finally:
        server(trial).config_set("maxmemory", 0)
    eventually(lambda: trial.finds("cobalt", product_id))
