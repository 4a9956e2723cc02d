"""One of three OpenSearch nodes is killed under load; every shard has a replica."""

import threading
import time
from collections import Counter

import pytest

from tests.faults.conftest import PATIENCE, Figures, eventually
from tools.devstack.chaos.shop import Shop
from tools.devstack.chaos.system import System, running

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]
# A busy machine answers later than a shopper waits, and this test is not about speed.
PATIENT = {"SEARCH_TIMEOUT": "10"}  # s


def test_no_search_is_degraded_when_a_node_is_killed(figures: Figures) -> None:
    """Changes are indexed during the outage of the node, which joins the cluster again."""
    with running(products=200, stores=1, opensearch_nodes=3, settings=PATIENT) as system:
        seen: Counter[str] = Counter()
        stop = threading.Event()
        shoppers = [threading.Thread(target=shop_around, args=(system, seen, figures, stop)) for _ in range(3)]
        for thread in shoppers:
            thread.start()
        eventually(lambda: seen["200 exact"] >= 20)
        system.stack.opensearch.nodes[2].kill()
        system.audit.rows("UPDATE products_product SET name = name || ' renewed' WHERE mod(id, 2) = 0")
        system.audit.await_index(PATIENCE)
        after = seen["200 exact"]
        eventually(lambda: seen["200 exact"] >= after + 50)
        stop.set()
        for thread in shoppers:
            thread.join()
        assert set(seen) == {"200 exact"}
        system.stack.opensearch.nodes[2].start()
        eventually(system.stack.opensearch.answers)
        assert system.audit.errors() == []


def shop_around(system: System, seen: Counter[str], figures: Figures, stop: threading.Event) -> None:
    shop = Shop(system.web.url)
    while not stop.is_set():
        response = shop.search(f"cable {time.monotonic_ns()}")
        degraded = response.status == 200 and response.body["degraded"]
        figures.record("one node of three killed", "search", response.seconds)
        seen[f"{response.status} {'degraded' if degraded else 'exact'}"] += 1
