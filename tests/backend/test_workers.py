"""Heartbeats, and the shutdown of workers."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from backend.celery.application import app
from backend.celery.beat import SingleScheduler
from backend.observability import heartbeat
from orders.models import Order
from orders.services import Line, place_order
from tests.backend.mail_server import SlowMailServer
from tests.backend.workers import celery_worker, is_alive
from tests.broker import BrokerQueue
from tests.eventually import eventually
from tests.factories import make_product, make_stock, make_store
from tests.orders.web import database_url_of_test
from tools.devstack.services import Beat, State

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _empty_queues() -> Iterator[None]:
    queues = [BrokerQueue(name) for name in settings.QUEUES]
    yield
    for queue in queues:
        queue.clear()


@pytest.fixture
def mail_server() -> Iterator[SlowMailServer]:
    with SlowMailServer() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_worker_finishes_its_task_when_it_is_stopped(mail_server: SlowMailServer) -> None:
    store, lamp = make_store(), make_product()
    make_stock(store, lamp, 5)
    with celery_worker(EMAIL_URL=mail_server.url) as worker:
        order = place_order(store_id=store.pk, lines=[Line(lamp.pk, 1)], email="ada@example.com")
        assert mail_server.connected.wait(30)
        pid = worker.process.pid
        assert pid is not None
        os.kill(pid, signal.SIGTERM)
        eventually(lambda: "Warm shutdown" in worker.process.log_tail(lines=50))
        mail_server.go_on.set()
        eventually(lambda: worker.process.pid is None)
    assert len(mail_server.mails) == 1
    assert Order.objects.get(pk=order.id).confirmation_sent_at is not None


def test_time_limit_of_tasks_is_below_the_visibility_timeout() -> None:
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] > settings.CELERY_TASK_TIME_LIMIT
    assert settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT


def test_beat_touches_its_file_while_another_one_leads() -> None:
    state = State.throwaway()
    beat = Beat(state, {**os.environ, "DATABASE_URL": database_url_of_test()})
    leader = SingleScheduler(app, lazy=True)
    assert leader._is_leader()  # noqa: SLF001
    try:
        beat.start()
        assert is_alive(beat.heartbeat)
        assert "beat leads" not in beat.process.log_tail(lines=50)
    finally:
        beat.stop()
        state.remove()
        connection.close()


def test_process_with_no_heartbeat_or_an_old_one_is_reported_dead(tmp_path: Path) -> None:
    file = tmp_path / "heartbeat"
    assert not is_alive(file)
    file.touch()
    long_ago = time.time() - heartbeat.MAX_AGE - 1
    os.utime(file, (long_ago, long_ago))
    assert not is_alive(file)
