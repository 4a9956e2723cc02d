"""Workers and beat show that they live, and workers what they did."""

import os
import signal
import subprocess
import sys
import threading
import time
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
from backend.observability import heartbeat
from orders.models import Order
from orders.services import Line, place_order
from tests.backend.mail_server import SlowMailServer
from tests.backend.workers import FIGURES, celery_worker
from tests.broker import BrokerQueue
from tests.eventually import eventually
from tests.factories import make_product, make_stock, make_store
from tests.orders.web import database_url_of_test
from tools.devstack.services import Beat, State
from tools.devstack.state import CHECKOUT

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _empty_queues() -> Iterator[None]:
    queues = [BrokerQueue(name) for name in settings.QUEUES]
    yield
    for queue in queues:
        queue.clear()


@pytest.fixture
def beat() -> Iterator[SingleScheduler]:
    """The leader, told what to send by the test rather than by the clock."""
    scheduler = SingleScheduler(app, lazy=True)
    scheduler.setup_schedule()
    yield scheduler
    connection.close()


def beats(file: Path) -> bool:
    """What the health check of a container says of the process that was told to touch the file."""
    environment = {**os.environ, "HEARTBEAT_FILE": str(file)}
    check = subprocess.run(
        [sys.executable, "-P", "backend/observability/heartbeat.py"], cwd=CHECKOUT, env=environment, check=False
    )
    return check.returncode == 0


def figures(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        return str(answer.read().decode())


def test_worker_shows_on_its_port_what_its_processes_did_once() -> None:
    with celery_worker() as worker:
        tasks.heartbeat.apply_async(("orders",), queue="orders")
        eventually(lambda: tasks.heartbeat_age("orders") is not None)
        series = 'task_seconds_count{state="SUCCESS",task="backend.tasks.heartbeat"} 1.0'
        eventually(lambda: series in figures(worker.state.port(FIGURES)))
        assert "Connection to broker lost" not in worker.process.log_tail(lines=200)


def test_health_is_told_of_beat_redis_and_worker_together(beat: SingleScheduler, client: Client) -> None:
    with celery_worker(queues=",".join(settings.QUEUES)):
        for queue in settings.QUEUES:
            beat.apply_async(beat.schedule[f"heartbeat-{queue}"])
        eventually(lambda: client.get("/health/ready").json()["workers"] == "ok")


def test_worker_touches_its_file(tmp_path: Path) -> None:
    file = tmp_path / "heartbeat"
    assert not beats(file), "it does not run yet"
    with celery_worker(HEARTBEAT_FILE=str(file)):
        eventually(file.exists)
        assert beats(file)


@pytest.fixture
def mail_server() -> Iterator[SlowMailServer]:
    with SlowMailServer() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_worker_told_to_stop_finishes_what_it_has_in_hand(mail_server: SlowMailServer) -> None:
    store, lamp = make_store(), make_product()
    make_stock(store, lamp, 5)
    with celery_worker(EMAIL_URL=mail_server.url) as worker:
        order = place_order(store_id=store.pk, lines=[Line(lamp.pk, 1)], email="ada@example.com")
        assert mail_server.asked.wait(30)
        pid = worker.process.pid
        assert pid is not None
        os.kill(pid, signal.SIGTERM)
        eventually(lambda: "Warm shutdown" in worker.process.log_tail(lines=50))
        mail_server.go_on.set()
        eventually(lambda: worker.process.pid is None)
    assert len(mail_server.taken) == 1
    assert Order.objects.get(pk=order.id).confirmation_sent_at is not None


def test_no_task_may_outlast_the_time_after_which_it_is_given_to_another_worker() -> None:
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] > settings.CELERY_TASK_TIME_LIMIT
    assert settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT


def test_beat_touches_its_file_while_another_one_leads() -> None:
    state = State.throwaway()
    beat = Beat(state, {**os.environ, "DATABASE_URL": database_url_of_test()})
    leader = SingleScheduler(app, lazy=True)
    assert leader._is_leader()  # noqa: SLF001
    try:
        beat.start()
        assert beats(beat.heartbeat)
        assert "beat leads" not in beat.process.log_tail(lines=50)
    finally:
        beat.stop()
        state.remove()
        connection.close()


def test_process_that_was_silent_for_long_is_told_dead(tmp_path: Path) -> None:
    file = tmp_path / "heartbeat"
    file.touch()
    long_ago = time.time() - heartbeat.MAX_AGE - 1
    os.utime(file, (long_ago, long_ago))
    assert not beats(file)
