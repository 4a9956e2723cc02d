"""PostgreSQL restarted under load, hanging, or out of connections: the one service that is required."""

import threading
from collections import Counter
from contextlib import ExitStack, closing

import psycopg2
import pytest

from tests.faults.conftest import Trial, eventually, paused
from tools.devstack.chaos.shop import NO_ANSWER, Shop

pytestmark = pytest.mark.faults


def test_restarted_under_load(trial: Trial) -> None:
    """Requests that meet it get 503 and lose nothing; those after it are served, over new connections."""
    seen: Counter[int] = Counter()
    enough = threading.Event()

    def shopper() -> None:
        shop = Shop(trial.system.web.url)
        while not enough.is_set():
            answer = shop.order(trial.store, {trial.products[0]: 1})
            seen[answer.status] += 1
            if answer.status == 201:
                trial.told[answer.body["id"]] = answer.body["status"]

    shoppers = [threading.Thread(target=shopper) for _ in range(4)]
    for thread in shoppers:
        thread.start()
    eventually(lambda: seen[201] >= 20)
    trial.system.stack.postgres.restart()
    before = seen[201]
    eventually(lambda: seen[201] >= before + 20)
    enough.set()
    for thread in shoppers:
        thread.join()
    assert set(seen) <= {201, 503}


def test_hanging(trial: Trial) -> None:
    with paused(trial.system.stack.postgres):
        health = trial.system.shop.health()
        live = trial.system.shop.get("/health/live", {})
    trial.note("PostgreSQL hangs", {"health": health})
    assert (health.status, health.body["status"], live.status) == (503, "unavailable", 200)


def test_out_of_connections(trial: Trial) -> None:
    """Connections that are there go on; a new one is refused, told as 503, and had when there is room again."""
    with ExitStack() as held:
        _take_every_connection(trial, held)
        trial.system.books.rows  # noqa: B018
        statuses = {trial.order().status for _ in range(10)}
        assert statuses <= {201, 503}
        assert NO_ANSWER not in statuses
    eventually(lambda: trial.order().status == 201)


def _take_every_connection(trial: Trial, held: ExitStack) -> None:
    url = trial.system.stack.postgres.url
    while True:
        try:
            held.enter_context(closing(psycopg2.connect(url)))
        except psycopg2.OperationalError:
            return
