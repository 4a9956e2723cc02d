"""Real Celery workers deliver to receivers that fail, hang, redirect and die, while workers are killed too."""

import os
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.backend.workers import celery_worker
from tests.broker import BrokerQueue
from tests.orders.web import database_url_of_test
from tools.devstack.deliveries.trial import SETTINGS, Plan, Trial
from tools.devstack.deliveries.verdict import judge
from tools.devstack.services import State, Worker
from webhooks.tasks import deliver

pytestmark = [pytest.mark.service, pytest.mark.faults, pytest.mark.django_db(transaction=True)]

EVERY = 0.3  # s between two tasks, in place of beat


@contextmanager
def workers(count: int) -> Iterator[list[Worker]]:
    """Workers for the queue, to which a task is sent all the time."""
    stopped = threading.Event()

    def send() -> None:
        while not stopped.wait(EVERY):
            deliver.apply_async(kwargs={"linger": 1.0}, queue="webhooks", expires=5)

    queue = BrokerQueue("webhooks")
    sender = threading.Thread(target=send)
    with ExitStack() as stack:
        started = [stack.enter_context(celery_worker(queues="webhooks", **SETTINGS)) for _ in range(count)]
        sender.start()
        try:
            yield started
        finally:
            stopped.set()
            sender.join()
            queue.clear()


@pytest.mark.timeout(300)
def test_every_event_arrives_in_order_and_none_of_a_rolled_back_order() -> None:
    """A small `./dev webhooks`."""
    environment = {**os.environ, **SETTINGS, "DATABASE_URL": database_url_of_test()}
    state = State.throwaway()
    try:
        with workers(1) as started:
            plan = Plan(events=100, seed=3, every=0.5, kills=3, whole_workers=False, outage=1.0)
            trial = Trial(state, environment, started, plan)
            trial.run(within=120, watch=lambda _: None)
            verdict = judge(trial)
    finally:
        state.remove()
    assert verdict.failures == []
    assert trial.kills.total() == 3
    assert trial.rolled_back
