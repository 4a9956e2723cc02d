"""A running worker: its metrics, its health and its heartbeat file."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from backend import tasks
from backend.celery.application import app
from backend.celery.beat import SingleScheduler
from tests.backend.workers import FIGURES, celery_worker, is_alive
from tests.eventually import eventually
from tools.devstack.services import Worker

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]


@pytest.fixture
def beat() -> Iterator[SingleScheduler]:
    """The leader, which sends tasks when the test calls it rather than by the clock."""
    scheduler = SingleScheduler(app, lazy=True)
    scheduler.setup_schedule()
    yield scheduler
    connection.close()


@pytest.fixture(scope="module")
def worker(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """A worker of every queue, with a heartbeat file."""
    del django_db_setup
    file = tmp_path_factory.mktemp("worker") / "heartbeat"
    with celery_worker(queues=",".join(settings.QUEUES), HEARTBEAT_FILE=str(file)) as started:
        yield started


def metrics_of(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        return str(answer.read().decode())


def test_worker_serves_the_metrics_of_its_processes(worker: Worker) -> None:
    tasks.heartbeat.apply_async(("orders",), queue="orders")
    eventually(lambda: tasks.heartbeat_age("orders") is not None)
    series = 'task_seconds_count{state="SUCCESS",task="backend.tasks.heartbeat"} '
    eventually(lambda: series in metrics_of(worker.state.port(FIGURES)))
    assert "Connection to broker lost" not in worker.process.log_tail(lines=200)


@pytest.mark.usefixtures("worker")
def test_health_checks_that_beat_redis_and_worker_work_together(beat: SingleScheduler, client: Client) -> None:
    for queue in settings.QUEUES:
        beat.apply_async(beat.schedule[f"heartbeat-{queue}"])
    eventually(lambda: client.get("/health/ready").json()["workers"] == "ok")


def test_worker_touches_its_file(worker: Worker) -> None:
    file = Path(worker.environment["HEARTBEAT_FILE"])
    eventually(file.exists)
    assert is_alive(file)
