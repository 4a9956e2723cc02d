"""A Celery worker of the project in its own processes, on the test's database."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tests.orders.web import database_url_of_test
from tools.devstack.services import State, Worker

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
