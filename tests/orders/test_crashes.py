"""A killed web server or PostgreSQL in the middle of a stream of orders leaves no partial order."""

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest

from tests.orders.together import run_together
from tests.orders.web import Answer, Client, web_server
from tools.devstack.services import State
from tools.devstack.services.postgres import Postgres
from tools.devstack.state import CHECKOUT

pytestmark = [pytest.mark.faults, pytest.mark.races, pytest.mark.timeout(300)]

PRODUCTS, UNITS = 5, 100_000
ORDERS_BEFORE, ORDERS_AFTER = 30, 10
SEED = f"""
from tests.factories import make_product, make_stock, make_store
store = make_store()
for number in range({PRODUCTS}):
    make_stock(store, make_product(), {UNITS})
"""
HALF_ORDERS = """
    SELECT count(*) FROM orders_order o
    WHERE (SELECT count(*) FROM orders_orderitem i WHERE i.order_id = o.id) <> 3
        OR o.total <> (SELECT sum(line_total) FROM orders_orderitem i WHERE i.order_id = o.id)
"""
CONFIRMED = "SELECT id::text FROM orders_order WHERE status = 'CONFIRMED'"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL of its own with fsync on, as in production."""
    state = State.throwaway()
    server = Postgres(state, durable=True)
    try:
        server.start()
        manage(server, "migrate", "-v0")
        manage(server, "shell", "-v0", "-c", SEED)
        yield server
    finally:
        server.stop()
        state.remove()


def manage(postgres: Postgres, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "DATABASE_URL": postgres.url}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=CHECKOUT,
        env=environment,
        check=True,
        text=True,
        capture_output=True,
    )


def rows(postgres: Postgres, sql: str) -> list[Any]:
    session = psycopg2.connect(postgres.url)
    try:
        cursor = session.cursor()
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]
    finally:
        session.close()


class Stream:
    """Orders from several clients, one after the other without a pause, until stopped."""

    def __init__(self, url: str, store: int, products: list[int]) -> None:
        self._client, self._store, self._products = Client(url), store, products
        self._stop = threading.Event()
        self._confirmed = threading.Semaphore(0)
        self.answers: list[Answer] = []

    def flow(self) -> None:
        while not self._stop.is_set():
            items = [{"product_id": product, "quantity": 1} for product in random.sample(self._products, 3)]
            answer = self._client.post("/orders/", {"store_id": self._store, "items": items})
            self.answers.append(answer)
            if answer.status == 201:
                self._confirmed.release()

    def disturb(self, disturbance: Any) -> None:
        """Do it while orders are placed, and stop when they are placed again."""
        try:
            self._await(ORDERS_BEFORE)
            disturbance()
            self._await(ORDERS_AFTER)
        finally:
            self._stop.set()

    def _await(self, orders: int) -> None:
        for _ in range(orders):
            assert self._confirmed.acquire(timeout=60)

    @property
    def confirmed(self) -> list[str]:
        return [answer.body["id"] for answer in self.answers if answer.status == 201]


def stream_through(postgres: Postgres, disturbance: Any) -> Stream:
    (store,) = rows(postgres, "SELECT id FROM stores_store")
    products = rows(postgres, "SELECT id FROM products_product")
    with web_server(database_url=postgres.url) as web:
        stream = Stream(web.url, store, products)
        run_together([*[stream.flow] * 6, lambda: stream.disturb(lambda: disturbance(web))])
    return stream


def assert_sound(postgres: Postgres, stream: Stream) -> None:
    assert rows(postgres, HALF_ORDERS) == [0]
    assert set(stream.confirmed) <= set(rows(postgres, CONFIRMED))
    assert "0 rows differ" in manage(postgres, "check_stock").stdout


def test_web_server_killed_in_the_middle_of_orders_leaves_no_partial_order(postgres: Postgres) -> None:
    def kill_and_start(web: Any) -> None:
        web.kill()
        web.start()

    stream = stream_through(postgres, kill_and_start)
    assert_sound(postgres, stream)


def test_postgresql_killed_in_the_middle_of_orders_loses_no_confirmed_order(postgres: Postgres) -> None:
    def kill_and_start(web: Any) -> None:
        del web
        postgres.kill()
        postgres.start()

    stream = stream_through(postgres, kill_and_start)
    assert {answer.status for answer in stream.answers} <= {201, 503}
    assert_sound(postgres, stream)


def test_postgresql_restarted_in_the_middle_of_orders_gives_only_503(postgres: Postgres) -> None:
    stream = stream_through(postgres, lambda _web: postgres.restart())
    bodies = [json.dumps(answer.body) for answer in stream.answers if answer.status != 201]
    assert {answer.status for answer in stream.answers} <= {201, 503}
    assert all("Try again" in body for body in bodies)
    assert_sound(postgres, stream)
