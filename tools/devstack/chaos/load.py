"""Mixed load: shoppers who search, type, read pages and order, and stock counts."""

import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tools.devstack.chaos.shop import SERVER_ERROR, Response, Shop

WORDS = ("cable", "wireless", "lamp", "printer paper", "usb", "monitor 24", "blak chair", "headset", "laptop stand")
PAUSE = 0.02  # seconds between the requests of a shopper, so that two cores are enough
HIGHEST_COUNT = 40  # units that a stock count may find: few enough for shortages
SENT_TWICE = 0.3  # share of orders that are sent a second time with the same key, as impatient browsers do


@dataclass
class Tally:
    """The responses to all shoppers, and the orders that they acknowledge."""

    requests: Counter[str] = field(default_factory=Counter)  # by kind
    failed: Counter[str] = field(default_factory=Counter)  # by kind and status
    degraded: int = 0
    slowest: float = 0.0
    orders: dict[str, str] = field(default_factory=dict)  # acknowledged: status by id
    rebuild: str = "not started"
    violations: list[str] = field(default_factory=list)  # what must never happen
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, kind: str, response: Response) -> None:
        with self._lock:
            self.requests[kind] += 1
            self.slowest = max(self.slowest, response.seconds)
            if not response.good:
                self.failed[f"{kind} {response.status or 'no answer'}"] += 1
            elif isinstance(response.body, dict):
                self.degraded += bool(response.body.get("degraded"))

    def acknowledge(self, order_id: str, status: str) -> None:
        with self._lock:
            self.orders[order_id] = status

    def violation(self, description: str) -> None:
        with self._lock:
            self.violations.append(description)

    def order_counts(self) -> str:
        statuses = list(self.orders.values())
        confirmed = statuses.count("CONFIRMED")
        return f"{confirmed:,} confirmed, {len(statuses) - confirmed:,} rejected"


class Shopper(threading.Thread):
    """Does one random thing after the other until it is stopped."""

    def __init__(self, shop: Shop, store: int, products: Sequence[int], seed: str, tally: Tally) -> None:
        super().__init__(daemon=True)
        self._shop, self._store, self._products, self._tally = shop, store, products, tally
        self._random = random.Random(seed)  # noqa: S311 - the same seed makes the same shopper
        self._stopped = threading.Event()

    def run(self) -> None:
        chance, shop = self._random, self._shop
        requests: dict[str, tuple[int, Callable[[], Response]]] = {
            "search": (5, lambda: shop.search(chance.choice(WORDS), store_id=self._store)),
            "suggest": (5, lambda: shop.suggest(chance.choice(WORDS)[: chance.randint(3, 8)])),
            "page": (2, lambda: shop.page(q=chance.choice(WORDS))),
            "stock": (1, self._count_stock),
        }
        kinds = [*requests, "order"]
        weights = [*(weight for weight, _ in requests.values()), 4]
        try:
            while not self._stopped.wait(PAUSE):
                (kind,) = chance.choices(kinds, weights)
                if kind == "order":
                    self._order()
                else:
                    self._tally.count(kind, requests[kind][1]())
        except Exception as error:  # noqa: BLE001 - any error ends the load of this shopper
            self._tally.violation(f"a response that a shopper cannot read: {error!r}")

    def stop(self) -> None:
        self._stopped.set()
        self.join()

    def _count_stock(self) -> Response:
        change = {"set": self._random.randint(0, HIGHEST_COUNT), "reason": "chaos"}
        return self._shop.change_stock(self._store, self._random.choice(self._products), change)

    def _order(self) -> None:
        """Place an order, and sometimes send it twice: the same key must never make two orders."""
        lines = {self._random.choice(self._products): self._random.randint(1, 3) for _ in range(3)}
        key = str(uuid.UUID(int=self._random.getrandbits(128)))
        first = self._place(lines, key)
        if self._random.random() < SENT_TWICE or first.status >= SERVER_ERROR or not first.status:
            orders = {order for order in (first.order, self._place(lines, key).order) if order}
            if len(orders) > 1:
                self._tally.violation(f"key {key} made two orders: {orders}")

    def _place(self, lines: dict[int, int], key: str) -> Response:
        response = self._shop.order(self._store, lines, key=key, email="chaos@example.com")
        self._tally.count("order", response)
        if response.order:
            self._tally.acknowledge(*response.order)
        return response
