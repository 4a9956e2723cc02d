"""The index is correct after a storm of changes and killed processes. Services and workers are started for it.

STORM_SECONDS is the length of a storm, STORM_PRODUCTS the size of the catalogue. STORM_QUIET is how soon after a storm
the index has to be correct: 10 s on an idle machine; the default allows for other tests running at the same time.
"""

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

import pytest
from opensearchpy import OpenSearch, TransportError

from tools.devstack.chaos.audit import Audit
from tools.devstack.services import Beat, Stack, Worker

KEEP = "KEEP"  # prefix of the SKUs that are never hidden or deleted: see storm.py

SECONDS = float(os.environ.get("STORM_SECONDS", "5"))
PRODUCTS = int(os.environ.get("STORM_PRODUCTS", "1000"))
WRITERS = 3
QUIET = float(os.environ.get("STORM_QUIET", "90"))
NO_DIFFERENCES = {"missing": [], "extra": [], "different": [], "other version": [], "pending": 0}

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


class LiveShop:
    """Services, workers and beat for these tests, and the processes that they start."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.environment = {
            **os.environ,
            **stack.environment(),
            "DJANGO_SETTINGS_MODULE": "backend.settings",
            "DEBUG": "true",
            "BROKER_PREFIX": "celery:",
        }
        self.workers = [
            Worker(stack.state, self.environment, name=f"indexer-{number}", queues="indexing") for number in range(2)
        ]
        self.beat = Beat(stack.state, self.environment)
        self.client = OpenSearch(stack.environment()["OPENSEARCH_URL"], timeout=5)
        self.audit = Audit(self.environment)
        self.alias = f"{os.environ['INDEX_PREFIX']}products"

    def launch(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> str:
        return finish(self.launch(*arguments))

    def prepare(self) -> None:
        self.run("manage.py", "migrate", "--verbosity", "0")
        self.run("-m", "tests.indexing.storm", "fill", str(PRODUCTS))
        self.run("manage.py", "reindex")
        for service in (*self.workers, self.beat):
            service.launch()
        for worker in self.workers:
            worker.wait_ready()

    def stop(self) -> None:
        for service in (*self.workers, self.beat):
            service.kill()

    @contextmanager
    def storm(self, seconds: float) -> Iterator[None]:
        """Run writers meanwhile."""
        writers = [
            self.launch("-m", "tests.indexing.storm", "change", str(seconds), str(seed)) for seed in range(WRITERS)
        ]
        try:
            yield
            for writer in writers:
                assert int(finish(writer)) > 20
        finally:
            for writer in writers:
                writer.kill()

    def compare(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run("-m", "tests.indexing.storm", "compare"))
        return found

    def logs(self) -> str:
        return "\n".join(service.process.log_tail(lines=40) for service in (*self.workers, self.beat))

    def differences_soon(self) -> dict[str, Any]:
        """The differences when there are none any more, or after QUIET."""
        end = monotonic() + QUIET
        with suppress(TimeoutError):
            self.audit.await_index(QUIET)
        found = self.compare()
        while monotonic() < end and found != {**NO_DIFFERENCES, "products": found["products"]}:
            found = self.compare()
        return found


def finish(process: "subprocess.Popen[str]") -> str:
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    return output


@pytest.fixture(scope="module")
def shop() -> Iterator[LiveShop]:
    with Stack.throwaway(durable=False) as stack:
        opened = LiveShop(stack)
        try:
            opened.prepare()
            yield opened
        finally:
            opened.stop()


def assert_index_is_correct(shop: LiveShop) -> None:
    found = shop.differences_soon()
    assert found == {**NO_DIFFERENCES, "products": found["products"]}, shop.logs()
    checked = json.loads(shop.run("manage.py", "check_index", "--json"))
    assert (checked["missing"], checked["stale"], checked["extra"], checked["parked"]) == (0, 0, 0, 0)


def test_a_storm_with_workers_killed_redis_restarted_and_opensearch_stopped(shop: LiveShop) -> None:
    chance = random.Random(1)
    with shop.storm(SECONDS):
        end = monotonic() + SECONDS
        shop.stack.redis.restart()
        shop.stack.opensearch.stop()
        shop.stack.opensearch.start()
        while monotonic() < end:
            worker = chance.choice(shop.workers)
            worker.kill()
            worker.start()

    assert_index_is_correct(shop)


class Reader:
    """Searches continuously through the alias for the products that are never hidden or deleted."""

    def __init__(self, shop: LiveShop) -> None:
        self.shop = shop
        self.expected = sum(1 for number in range(PRODUCTS) if number % 2)
        self.counts: set[int] = set()
        self.errors: list[str] = []
        self.done = threading.Event()

    @contextmanager
    def reading(self) -> Iterator[None]:
        thread = threading.Thread(target=self._read)
        thread.start()
        try:
            yield
        finally:
            self.done.set()
            thread.join()

    def _read(self) -> None:
        query = {"size": 0, "track_total_hits": True, "query": {"prefix": {"sku": KEEP}}}
        while not self.done.is_set():
            try:
                answer = self.shop.client.search(index=self.shop.alias, body=query)
            except TransportError as error:
                self.errors.append(str(error))
            else:
                self.counts.add(answer["hits"]["total"]["value"])


def test_a_rebuild_in_a_storm_while_others_search(shop: LiveShop) -> None:
    reader = Reader(shop)
    with reader.reading(), shop.storm(SECONDS / 2):
        shop.run("manage.py", "reindex")

    assert (reader.errors, reader.counts) == ([], {reader.expected})
    assert_index_is_correct(shop)


def test_a_rebuild_that_is_killed_again_and_again_and_resumed_in_a_storm(shop: LiveShop) -> None:
    chance = random.Random(2)
    reader = Reader(shop)
    with reader.reading(), shop.storm(SECONDS):
        for _ in range(3):
            rebuild = shop.launch("manage.py", "reindex", "--resume")
            with suppress(subprocess.TimeoutExpired):
                rebuild.wait(timeout=chance.uniform(1.5, 4))
            rebuild.kill()
            rebuild.communicate()
        shop.run("manage.py", "reindex", "--resume")

    assert (reader.errors, reader.counts) == ([], {reader.expected})
    assert_index_is_correct(shop)


def test_changes_without_opensearch_take_one_row_per_product(shop: LiveShop) -> None:
    count = "from indexing.models import SyncState; print(SyncState.objects.count())"
    before = int(shop.run("manage.py", "shell", "--verbosity", "0", "-c", count))
    change = """
from products.models import Product
for price in range(20):
    Product.objects.update(price=price)
"""
    shop.stack.opensearch.stop()
    try:
        shop.run("manage.py", "shell", "--verbosity", "0", "-c", change)
        assert int(shop.run("manage.py", "shell", "--verbosity", "0", "-c", count)) == before
    finally:
        shop.stack.opensearch.start()

    assert_index_is_correct(shop)
