"""Redis killed, hanging, emptied, full or read-only: every request still works, without the cache."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
import pytest
from celery import Celery

from tests.faults.conftest import Trial, eventually, paused

pytestmark = pytest.mark.faults

ALL_ANSWER = {"search": 200, "suggest": 200, "order": 201, "page": 200, "health": 200}


def queued(trial: Trial) -> int:
    """The syncs that no worker has received yet."""
    prefix = trial.system.beat.environment["BROKER_PREFIX"]
    length = trial.system.stack.redis.client().llen(f"{prefix}indexing")
    assert isinstance(length, int)
    return length


def connections_lost(trial: Trial) -> int:
    """How often the indexer has begun to connect again."""
    return trial.system.indexer.process.log_tail(lines=10_000).count("Connection to broker lost")


@contextmanager
def task_under_way(trial: Trial) -> Iterator[None]:
    """One of the worker's processes waits for a lock until the end of the block; the others are idle."""
    environment = trial.system.worker.environment
    broker = Celery(broker=environment["REDIS_URL"], set_as_current=False)
    broker.conf.broker_transport_options = {"global_keyprefix": environment["BROKER_PREFIX"]}
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%%django_session%%'"
    with closing(broker), closing(psycopg2.connect(environment["DATABASE_URL"])) as connection:
        connection.cursor().execute("LOCK TABLE django_session")
        broker.send_task("backend.tasks.forget_sessions", queue="default")
        eventually(lambda: trial.system.audit.value(waiting) > 0)
        yield


def test_killed_redis_fails_no_request(trial: Trial) -> None:
    trial.system.stack.redis.kill()
    answers = trial.request_everything()
    assert trial.record("Redis killed", answers) == ALL_ANSWER
    assert answers["health"].body["redis"] == "unavailable"
    product_id = trial.rename("Ironbark stool")
    trial.system.stack.redis.start()
    eventually(lambda: trial.finds("ironbark", product_id))


def test_worker_outlives_redis_that_is_killed_while_a_task_runs(trial: Trial) -> None:
    worker, redis = trial.system.worker, trial.system.stack.redis
    pid = worker.process.pid
    with task_under_way(trial):
        redis.kill()
        redis.start()
        eventually(worker.answers)
    eventually(lambda: redis.client().hlen(f"{worker.environment['BROKER_PREFIX']}unacked") == 0)
    assert worker.process.pid == pid


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
    trial.system.stack.redis.empty()
    assert trial.record("Redis emptied", trial.request_everything()) == ALL_ANSWER
    product_id = trial.rename("Vermilion crate")
    eventually(lambda: trial.finds("vermilion", product_id))


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_redis_that_refuses_to_write_fails_no_request(trial: Trial, fault: str) -> None:
    """Neither the cache nor the queue accepts anything; a worker cannot even acknowledge its task."""
    redis = trial.system.stack.redis
    refuse, accept = {
        "full": (redis.fill, redis.make_room),
        "read-only": (redis.refuse_writes, redis.accept_writes),
    }[fault]
    lost = connections_lost(trial)
    with paused(trial.system.indexer):  # it has a task, and another one waits
        eventually(lambda: queued(trial) > 0)
        refuse()
    try:
        assert trial.record(f"Redis {fault}", trial.request_everything()) == ALL_ANSWER
        assert trial.open_circuits() == set()
        product_id = trial.rename("Cobalt easel")
        eventually(lambda: connections_lost(trial) > lost)
    finally:
        accept()
    eventually(lambda: trial.finds("cobalt", product_id))
