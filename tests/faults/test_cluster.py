"""Three OpenSearch nodes with a replica of everything: one of them is killed under load."""

import threading
import time
from collections import Counter

import pytest

from tests.faults.conftest import PATIENCE, Figures, eventually
from tools.devstack.chaos.shop import Shop
from tools.devstack.chaos.system import System, running

pytestmark = [pytest.mark.faults, pytest.mark.timeout(400)]
# Whether other nodes answer is what is asked, not how soon, beside other tests: a shopper has less patience.
PATIENT = {"SEARCH_TIMEOUT": "10"}  # s


def test_node_killed_under_load(figures: Figures) -> None:
    """No search fails or is answered by PostgreSQL, every change arrives while the node is away; it is taken back."""
    with running(products=200, stores=1, opensearch_nodes=3, settings=PATIENT) as system:
        seen: Counter[str] = Counter()
        enough = threading.Event()
        shoppers = [threading.Thread(target=shop_around, args=(system, seen, figures, enough)) for _ in range(3)]
        for thread in shoppers:
            thread.start()
        eventually(lambda: seen["200 exact"] >= 20)
        system.stack.opensearch.nodes[2].kill()
        system.books.rows("UPDATE products_product SET name = name || ' anew' WHERE mod(id, 2) = 0")
        system.books.await_index(PATIENCE)
        after = seen["200 exact"]
        eventually(lambda: seen["200 exact"] >= after + 50)
        enough.set()
        for thread in shoppers:
            thread.join()
        assert set(seen) == {"200 exact"}
        system.stack.opensearch.nodes[2].start()
        eventually(system.stack.opensearch.answers)
        assert system.books.wrong() == []


def shop_around(system: System, seen: Counter[str], figures: Figures, enough: threading.Event) -> None:
    shop = Shop(system.web.url)
    while not enough.is_set():
        answer = shop.search(f"cable {time.monotonic_ns()}")
        degraded = answer.status == 200 and answer.body["degraded"]
        figures.note("one node of three killed", "search", answer.seconds)
        seen[f"{answer.status} {'degraded' if degraded else 'exact'}"] += 1
