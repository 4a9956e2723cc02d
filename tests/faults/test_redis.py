"""Redis killed, hanging, emptied or full: everything is answered, uncached, and orders are taken."""

import pytest
import redis

from tests.faults.conftest import Trial, eventually, paused

pytestmark = pytest.mark.faults

ALL_ANSWER = {"search": 200, "suggest": 200, "order": 201, "page": 200, "health": 200}


def server(trial: Trial) -> redis.Redis:
    return redis.Redis.from_url(trial.system.stack.redis.url)


def test_killed(trial: Trial) -> None:
    trial.system.stack.redis.kill()
    answers = trial.ask_everything()
    assert trial.note("Redis killed", answers) == ALL_ANSWER
    assert answers["health"].body["redis"] == "unavailable"
    product_id = trial.rename("Ironbark stool")
    trial.system.stack.redis.start()
    eventually(lambda: trial.finds("ironbark", product_id))


def test_hanging(trial: Trial) -> None:
    with paused(trial.system.stack.redis):
        first = trial.ask_at_once()
        later = [trial.ask_everything() for _ in range(5)]
        product_id = trial.rename("Marigold bench")
    assert trial.note("Redis hangs, first requests", first) == ALL_ANSWER
    assert [trial.note("Redis hangs, later ones", answers) for answers in later] == [ALL_ANSWER] * 5
    eventually(lambda: trial.finds("marigold", product_id))


def test_emptied(trial: Trial) -> None:
    """Cached answers, throttles' counts and every queued task are gone."""
    for _ in range(5):
        trial.order()
    server(trial).flushall()
    assert trial.note("Redis emptied", trial.ask_everything()) == ALL_ANSWER
    product_id = trial.rename("Vermilion crate")
    eventually(lambda: trial.finds("vermilion", product_id))


def test_full(trial: Trial) -> None:
    """It reads, and refuses to write: neither cache nor queue takes anything."""
    memory = server(trial).info("memory")["used_memory"]
    server(trial).config_set("maxmemory-policy", "noeviction")
    server(trial).config_set("maxmemory", memory // 2)
    try:
        assert trial.note("Redis full", trial.ask_everything()) == ALL_ANSWER
        product_id = trial.rename("Cobalt easel")
    finally:
        server(trial).config_set("maxmemory", 0)
    eventually(lambda: trial.finds("cobalt", product_id))
