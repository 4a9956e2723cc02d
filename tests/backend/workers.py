"""A Celery worker of the project in its own processes, on the test's database."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.orders.web import database_url_of_test
from tools.devstack.services import State, Worker
from tools.devstack.state import CHECKOUT

FIGURES = "figures"


@contextmanager
def celery_worker(*, queues: str = "orders,default", **settings: str) -> Iterator[Worker]:
    """A running worker, with its metrics on the port that its state calls FIGURES."""
    state = State.throwaway()
    environment = {
        **os.environ,
        "DATABASE_URL": database_url_of_test(),
        "EMAIL_URL": "dummymail://",
        "WORKER_METRICS_PORT": str(state.port(FIGURES)),
        **settings,
    }
    worker = Worker(state, environment, name="worker", queues=queues)
    try:
        worker.start()
        yield worker
    finally:
        worker.stop()
        state.remove()


def is_alive(file: Path) -> bool:
    """Whether the health check of a container finds the heartbeat file fresh."""
    environment = {**os.environ, "HEARTBEAT_FILE": str(file)}
    check = subprocess.run(
        [sys.executable, "-P", "backend/observability/heartbeat.py"], cwd=CHECKOUT, env=environment, check=False
    )
    return check.returncode == 0
