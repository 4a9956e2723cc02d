"""One whole system for all tests of faults, on services of its own; it recovers after each test."""

import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tools.devstack.chaos.shop import Response, Shop
from tools.devstack.chaos.system import System, running
from tools.devstack.services import Server, Web

PATIENCE = 60.0  # seconds for any recovery
POLL_SECONDS = 0.1
AT_ONCE = 2  # requests of each kind
SEARCHES = 60  # of which a percentile is taken
CIRCUITS = ("opensearch", "redis", "replica")


class Figures:
    """The slowest response of each kind under each fault: the table in docs/failures.md."""

    def __init__(self) -> None:
        self._slowest: defaultdict[str, dict[str, float]] = defaultdict(dict)

    def record(self, fault: str, kind: str, seconds: float) -> None:
        seen = self._slowest[fault]
        seen[kind] = max(round(seconds, 3), seen.get(kind, 0.0))

    def write(self) -> None:
        """Write the JSON file that FAULT_FIGURES names, if it is set."""
        if path := os.environ.get("FAULT_FIGURES"):
            Path(path).write_text(json.dumps(self._slowest, indent=2))


@dataclass
class Trial:
    """A system under a fault, and the orders that it has acknowledged."""

    system: System
    store: int
    products: list[int]
    figures: Figures
    acknowledged: dict[str, str] = field(default_factory=dict)

    def request_everything(self) -> dict[str, Response]:
        """One request of each kind: search, suggest, order, page, health."""
        return {kind: send(self.system.shop) for kind, send in self._requests().items()}

    def request_at_once(self) -> dict[str, Response]:
        """Two requests of each kind at once, to reach every web process; the worst of each."""
        with ThreadPoolExecutor(max_workers=len(self._requests()) * AT_ONCE) as shoppers:
            sent = {
                kind: [shoppers.submit(send, Shop(self.system.web.url)) for _ in range(AT_ONCE)]
                for kind, send in self._requests().items()
            }
        worst = {}
        for kind, futures in sent.items():
            responses = [future.result() for future in futures]
            worst[kind] = max(responses, key=lambda response: (not response.good, response.seconds))
        return worst

    def _requests(self) -> dict[str, Callable[[Shop], Response]]:
        """A request of each kind. No word is sent twice, so that no cache answers."""
        return {
            "search": lambda shop: shop.search(f"cable {time.monotonic_ns()}"),
            "suggest": lambda shop: shop.suggest(f"cab{time.monotonic_ns() % 100_000}"),
            "order": lambda _: self.order(),
            "page": lambda shop: shop.page(q=f"cable {time.monotonic_ns()}"),
            "health": Shop.health,
        }

    def searches(self) -> list[Response]:
        """Of a shopper whom the fault is not about; no cache has the answers."""
        shop = Shop(self.system.web.url)
        return [shop.search(f"cable {time.monotonic_ns()}") for _ in range(SEARCHES)]

    def record_bystander(self, fault: str, idle: Sequence[Response], beside: Sequence[Response]) -> None:
        """Record the 95th percentile of a shopper's searches before the fault and beside it."""
        for when, responses in {"idle": idle, "beside": beside}.items():
            seconds = sorted(response.seconds for response in responses)
            self.figures.record(fault, f"search, {when}: p95", seconds[int(0.95 * len(seconds))])

    def order(self) -> Response:
        """Order one product. An acknowledged order is compared with the database at the end."""
        response = self.system.shop.order(self.store, {self.products[0]: 1}, email="ada@example.com")
        if response.status == 201:
            self.acknowledged[response.body["id"]] = response.body["status"]
        return response

    def record(self, fault: str, responses: dict[str, Response]) -> dict[str, int]:
        """Record the times for the table in docs/failures.md; the statuses by kind."""
        for kind, response in responses.items():
            self.figures.record(fault, kind, response.seconds)
        return {kind: response.status for kind, response in responses.items()}

    def rename(self, name: str) -> int:
        """Change a product by plain SQL; its id."""
        product_id = self.products[1]
        self.system.audit.rows("UPDATE products_product SET name = %s WHERE id = %s", [name, product_id])
        return product_id

    def finds(self, words: str, product_id: int) -> bool:
        """Whether a search that is not degraded finds the product."""
        response = self.system.shop.search(words)
        return (
            response.status == 200
            and not response.body["degraded"]
            and product_id in [hit["id"] for hit in response.body["results"]]
        )

    def open_circuits(self) -> set[str]:
        """The services that a web process does not use at the moment."""
        metrics = Shop(self.system.web.url).get("/metrics", {}).body  # a customer's token is refused there
        return {name for name in CIRCUITS if f'breaker_open{{service="{name}"}} 0.0' not in metrics}

    def circuits_closed(self) -> bool:
        """Whether every web process uses OpenSearch, Redis and the standby again."""
        self.request_at_once()
        return not self.open_circuits()

    def recover(self) -> None:
        """Wait for the recovery of every part, then check the orders, the stock and the index."""
        eventually(lambda: self.system.shop.health().status == 200)
        eventually(lambda: self.system.shop.search(f"cable {time.monotonic_ns()}").body["degraded"] is False)
        eventually(self.circuits_closed)
        self.system.audit.await_index(PATIENCE)
        assert [process.name for process in self.system.project.application if not process.running] == []
        assert self.system.audit.lost_orders(self.acknowledged) == []
        assert self.system.audit.errors() == []


def eventually(condition: Callable[[], bool]) -> None:
    """Wait until the condition is true. A service that does not answer makes it false."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if condition():
                return
        except (KeyError, TypeError, OSError):
            pass
        assert time.monotonic() < deadline, f"not within {PATIENCE:g} s"
        time.sleep(POLL_SECONDS)


@contextmanager
def paused(*services: Server) -> Iterator[None]:
    """Services that hang during the block: alive, connections open, no answer."""
    for service in services:
        service.pause()
    try:
        yield
    finally:
        for service in services:
            service.resume()


@pytest.fixture(scope="session")
def figures() -> Iterator[Figures]:
    seen = Figures()
    yield seen
    seen.write()


@pytest.fixture(scope="package")  # no longer: it takes processor time from the tests that come after
def shared_trial(figures: Figures) -> Iterator[Trial]:
    with running(products=300, stores=2, settings={"DJANGO_SETTINGS_MODULE": "tests.faults.settings"}) as system:
        store = system.audit.value("SELECT min(id) FROM stores_store")
        stocked = system.audit.rows(
            "SELECT product_id FROM stores_inventory WHERE store_id = %s ORDER BY quantity DESC LIMIT 5", [store]
        )
        trial = Trial(system, store, [product_id for (product_id,) in stocked], figures)
        trial.system.shop.change_stock(store, trial.products[0], {"set": 100_000})
        yield trial


@pytest.fixture
def trial(shared_trial: Trial) -> Iterator[Trial]:
    """The system, healthy and idle at the start. It has to recover without help at the end."""
    yield shared_trial
    shared_trial.recover()


@pytest.fixture(scope="package")
def patient_web(shared_trial: Trial) -> Iterator[Web]:
    project = shared_trial.system.project
    server = Web(project.state, project.environment | {"SEARCH_TIMEOUT": "10"}, port_name="patient web")
    try:
        server.start()
        yield server
    finally:
        server.kill()  # to stop takes seconds, for requests on open connections


@pytest.fixture
def patient(trial: Trial, patient_web: Web) -> Trial:
    """With a web server that waits longer for OpenSearch than shoppers do: for tests that degrade no search.

    On a busy machine some search takes longer than the usual timeout, and what degrades it is not the fault.
    """
    shop = Shop(patient_web.url, token=trial.system.project.access()["staff_token"])
    return replace(trial, system=replace(trial.system, web=patient_web, shop=shop))
