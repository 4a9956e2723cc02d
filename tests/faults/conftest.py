"""One whole system for all fault tests, on services of its own; each test leaves it well again."""

import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tools.devstack.chaos.shop import Answer, Shop
from tools.devstack.chaos.system import System, running

PATIENCE = 60.0  # seconds for anything that should come about by itself
POLL_SECONDS = 0.1


class Figures:
    """How long the slowest answer of each kind took under each fault: the table in docs/operations.md."""

    def __init__(self) -> None:
        self._slowest: defaultdict[str, dict[str, float]] = defaultdict(dict)

    def note(self, fault: str, kind: str, seconds: float) -> None:
        seen = self._slowest[fault]
        seen[kind] = max(round(seconds, 2), seen.get(kind, 0.0))

    def write(self) -> None:
        """To the file that FAULT_FIGURES names, if it does."""
        if path := os.environ.get("FAULT_FIGURES"):
            Path(path).write_text(json.dumps(self._slowest, indent=2))


@dataclass
class Trial:
    """A system that is being disturbed, and what its customers saw and were told."""

    system: System
    store: int
    products: list[int]
    figures: Figures
    told: dict[str, str] = field(default_factory=dict)

    def ask_everything(self) -> dict[str, Answer]:
        """One of each: search, suggest, order, page, health."""
        return {kind: ask(self.system.shop) for kind, ask in self._kinds().items()}

    def ask_at_once(self) -> dict[str, Answer]:
        """Two of each at the same moment, over new connections, so that every web process has some; the slowest."""
        with ThreadPoolExecutor(max_workers=len(self._kinds()) * AT_ONCE) as shoppers:
            asked = {
                kind: [shoppers.submit(ask, Shop(self.system.web.url)) for _ in range(AT_ONCE)]
                for kind, ask in self._kinds().items()
            }
        return {kind: _worst([future.result() for future in futures]) for kind, futures in asked.items()}

    def _kinds(self) -> dict[str, Callable[[Shop], Answer]]:
        """How each is asked. A word is never asked twice, so that no cache answers."""
        return {
            "search": lambda shop: shop.search(f"cable {time.monotonic_ns()}"),
            "suggest": lambda shop: shop.suggest(f"cab{time.monotonic_ns() % 100_000}"),
            "order": lambda _: self.order(),
            "page": lambda shop: shop.page(q=f"cable {time.monotonic_ns()}"),
            "health": Shop.health,
        }

    def order(self) -> Answer:
        """Order one product; what the customer is told is remembered, to be held against the books."""
        answer = self.system.shop.order(self.store, {self.products[0]: 1}, email="ada@example.com")
        if answer.status == 201:
            self.told[answer.body["id"]] = answer.body["status"]
        return answer

    def statuses(self) -> dict[str, int]:
        return {name: answer.status for name, answer in self.ask_everything().items()}

    def note(self, fault: str, answers: dict[str, Answer]) -> dict[str, int]:
        """Remember how long each took, for the table in docs/operations.md; the statuses."""
        for name, answer in answers.items():
            self.figures.note(fault, name, answer.seconds)
        return {name: answer.status for name, answer in answers.items()}

    def rename(self, name: str) -> int:
        """Change a product behind the application's back; its id."""
        product_id = self.products[1]
        self.system.books.rows("UPDATE products_product SET name = %s WHERE id = %s", [name, product_id])
        return product_id

    def finds(self, words: str, product_id: int) -> bool:
        """Whether a search that is not degraded finds the product."""
        answer = self.system.shop.search(words)
        return (
            answer.status == 200
            and not answer.body["degraded"]
            and product_id in [hit["id"] for hit in answer.body["results"]]
        )

    def trusts_every_service(self) -> bool:
        """Whether no web process leaves a service alone any more that failed it."""
        self.ask_at_once()
        told = self.system.shop.get("/metrics", {}).body
        return 'breaker_open{service="opensearch"} 0.0' in told and 'breaker_open{service="redis"} 0.0' in told

    def recover(self) -> None:
        """Wait until every part is well by itself, then hold the books against what customers were told."""
        eventually(lambda: self.system.shop.health().status == 200)
        eventually(lambda: self.system.shop.search(f"cable {time.monotonic_ns()}").body["degraded"] is False)
        eventually(self.trusts_every_service)
        self.system.books.await_index(PATIENCE)
        assert self.system.books.lost_orders(self.told) == []
        assert self.system.books.wrong() == []


AT_ONCE = 2


def _worst(answers: list[Answer]) -> Answer:
    """One that failed, else the slowest."""
    return max(answers, key=lambda answer: (not answer.good, answer.seconds))


def eventually(holds: Callable[[], bool]) -> float:
    """Wait until it holds; the seconds it took."""
    started = time.monotonic()
    while not _true(holds):
        assert time.monotonic() - started < PATIENCE, "it did not come about by itself"
        time.sleep(POLL_SECONDS)
    return time.monotonic() - started


def _true(holds: Callable[[], bool]) -> bool:
    """Whether it holds; no when what is asked is not there to be asked."""
    try:
        return holds()
    except (KeyError, TypeError, OSError):
        return False


@contextmanager
def paused(*services: object) -> Iterator[None]:
    """The services hang: alive, connections open, no answer."""
    for service in services:
        service.pause()  # type: ignore[attr-defined] # OpenSearch and every Service have it
    try:
        yield
    finally:
        for service in services:
            service.resume()  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def figures() -> Iterator[Figures]:
    seen = Figures()
    yield seen
    seen.write()


@pytest.fixture(scope="session")
def session_trial(figures: Figures) -> Iterator[Trial]:
    with running(products=300, stores=2) as system:
        store = system.books.value("SELECT min(id) FROM stores_store")
        stocked = system.books.rows(
            "SELECT product_id FROM stores_inventory WHERE store_id = %s ORDER BY quantity DESC LIMIT 5", [store]
        )
        trial = Trial(system, store, [product_id for (product_id,) in stocked], figures)
        trial.system.shop.change_stock(store, trial.products[0], {"set": 100_000})
        yield trial


@pytest.fixture
def trial(session_trial: Trial) -> Iterator[Trial]:
    """The system, well and idle at the start, and well again at the end without any help."""
    yield session_trial
    session_trial.recover()
