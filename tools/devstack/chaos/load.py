"""Mixed load: shoppers who search, type, look and order, and a store that counts its stock."""

import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tools.devstack.chaos.shop import Answer, Shop

WORDS = ("cable", "wireless", "lamp", "printer paper", "usb", "monitor 24", "blak chair", "headset", "laptop stand")
PAUSE = 0.02  # seconds between a shopper's requests: people think, and two cores are shared
STOCKED_UP_TO = 40  # units a count may find: few enough for shortages
TOLD_AGAIN = 0.3  # share of orders that are sent a second time under the same key, as impatient browsers do


@dataclass
class Tally:
    """What all callers saw and were told."""

    requests: Counter[str] = field(default_factory=Counter)  # by kind
    bad: Counter[str] = field(default_factory=Counter)  # answers of no use to a shopper, by kind and status
    degraded: int = 0
    slowest: float = 0.0
    orders: dict[str, str] = field(default_factory=dict)  # id: status, as told to the customer
    rebuild: str = "not begun"
    broken_promises: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, kind: str, answer: Answer) -> None:
        with self._lock:
            self.requests[kind] += 1
            self.slowest = max(self.slowest, answer.seconds)
            if not answer.good:
                self.bad[f"{kind} {answer.status or 'no answer'}"] += 1
            elif isinstance(answer.body, dict):
                self.degraded += bool(answer.body.get("degraded"))

    def told(self, order_id: str, status: str) -> None:
        with self._lock:
            self.orders[order_id] = status

    def promise_broken(self, what: str) -> None:
        with self._lock:
            self.broken_promises.append(what)


class Shopper(threading.Thread):
    """Does one thing after another, at random, until told to stop."""

    def __init__(self, shop: Shop, store: int, products: Sequence[int], seed: str, tally: Tally) -> None:
        super().__init__(daemon=True)
        self._shop, self._store, self._products, self._tally = shop, store, products, tally
        self._random = random.Random(seed)  # noqa: S311 - the same seed gives the same shopper
        self._enough = threading.Event()

    def run(self) -> None:
        actions: list[tuple[Callable[[], None], int]] = [
            (self._search, 5),
            (self._suggest, 5),
            (self._look, 2),
            (self._order, 4),
            (self._count_stock, 1),
        ]
        try:
            while not self._enough.wait(PAUSE):
                self._random.choices([action for action, _ in actions], [weight for _, weight in actions])[0]()
        except Exception as error:  # noqa: BLE001 - whatever it is, this shopper is missing from the load
            self._tally.promise_broken(f"an answer that no shopper understands: {error!r}")

    def stop(self) -> None:
        self._enough.set()
        self.join()

    def _search(self) -> None:
        self._tally.count("search", self._shop.search(self._random.choice(WORDS), store_id=self._store))

    def _suggest(self) -> None:
        self._tally.count("suggest", self._shop.suggest(self._random.choice(WORDS)[: self._random.randint(3, 8)]))

    def _look(self) -> None:
        self._tally.count("page", self._shop.page(q=self._random.choice(WORDS)))

    def _count_stock(self) -> None:
        change = {"set": self._random.randint(0, STOCKED_UP_TO), "reason": "chaos"}
        answer = self._shop.change_stock(self._store, self._random.choice(self._products), change)
        self._tally.count("stock", answer)

    def _order(self) -> None:
        lines = {self._random.choice(self._products): self._random.randint(1, 3) for _ in range(3)}
        key = str(uuid.UUID(int=self._random.getrandbits(128)))
        first = self._place(lines, key)
        if self._random.random() < TOLD_AGAIN or first.status >= 500 or not first.status:  # noqa: PLR2004 - HTTP
            second = self._place(lines, key)
            self._compare(key, first, second)

    def _place(self, lines: dict[int, int], key: str) -> Answer:
        answer = self._shop.order(self._store, lines, key=key, email="chaos@example.com")
        self._tally.count("order", answer)
        if told := _order_of(answer):
            self._tally.told(*told)
        return answer

    def _compare(self, key: str, first: Answer, second: Answer) -> None:
        """The same key never makes two orders."""
        told = [found for found in (_order_of(first), _order_of(second)) if found]
        if len(set(told)) > 1:
            self._tally.promise_broken(f"key {key} made two orders: {told}")


def _order_of(answer: Answer) -> tuple[str, str] | None:
    """The id and status of the order that an answer tells of, confirmed or rejected."""
    body = answer.body if isinstance(answer.body, dict) else {}
    order = body if answer.status == 201 else body.get("order")  # noqa: PLR2004 - HTTP
    return (order["id"], order["status"]) if order else None
