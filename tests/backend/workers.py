"""A Celery worker of the project, in processes of its own, on the test's own database."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tests.orders.web import database_url_of_test
from tools.devstack.services import State, Worker

FIGURES = "figures"


@contextmanager
def celery_worker(*, queues: str = "orders,default", **settings: str) -> Iterator[Worker]:
    """Ready for tasks, with its figures on the port that its state calls FIGURES; stopped at the end."""
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
