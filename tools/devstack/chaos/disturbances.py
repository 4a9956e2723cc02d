"""What goes wrong: parts of the system killed, hung or restarted, one or two at a time."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from tools.devstack.chaos.system import System

CALM = (2.0, 6.0)  # seconds between two disturbances
LASTS = (1.0, 8.0)  # seconds that one lasts


class Part(Protocol):
    """A service, or a cluster of them."""

    def launch(self) -> None: ...
    def kill(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...


@dataclass(frozen=True)
class Disturbance:
    name: str
    begin: Callable[[], None]
    end: Callable[[], None]


def all_of(system: System) -> list[Disturbance]:
    """Every disturbance, each ended by what an operator's supervisor does: start it again."""
    stack = system.stack
    kept: dict[str, Part] = {
        "OpenSearch": stack.opensearch,
        "Redis": stack.redis,
        "the worker": system.worker,
        "the indexer": system.indexer,
        "beat": system.beat,
    }
    killed = [Disturbance(f"{name} killed", part.kill, part.launch) for name, part in kept.items()]
    hung = [
        Disturbance(f"{name} hung", part.pause, part.resume)
        for name, part in {**kept, "PostgreSQL": stack.postgres}.items()
    ]
    return [
        *killed,
        *hung,
        Disturbance("PostgreSQL restarted", stack.postgres.restart, _nothing),
        Disturbance("Redis emptied", lambda: _empty(stack.redis.url), _nothing),
    ]


def _nothing() -> None:
    """It is over as soon as it has begun."""


def _empty(url: str) -> None:
    import redis  # noqa: PLC0415 - only for this

    redis.Redis.from_url(url).flushall()


class Troublemaker(threading.Thread):
    """Disturbs the system until told to stop; what it began it ends."""

    def __init__(self, choices: Sequence[Disturbance], seed: str) -> None:
        super().__init__(daemon=True)
        self._choices = choices
        self._random = random.Random(seed)  # noqa: S311 - the same seed gives the same trouble
        self._enough = threading.Event()
        self.now = ""
        self.done: Counter[str] = Counter()
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            while self._choices and not self._enough.wait(self._random.uniform(*CALM)):
                self._disturb(self._random.choice(self._choices))
        except Exception as error:  # noqa: BLE001 - told by the verdict: nothing is proved without trouble
            self.failure = error

    def _disturb(self, disturbance: Disturbance) -> None:
        self.now = disturbance.name
        disturbance.begin()
        try:
            self._enough.wait(self._random.uniform(*LASTS))
        finally:
            disturbance.end()
        self.done[disturbance.name] += 1
        self.now = ""

    def stop(self) -> None:
        self._enough.set()
        self.join()


def settle(system: System, seconds: float) -> None:
    """Wait until every part is well again by itself; TimeoutError after so many seconds."""
    deadline = time.monotonic() + seconds
    while system.shop.health().body != WELL:
        if time.monotonic() > deadline:
            raise TimeoutError(f"not well after {seconds:.0f} s: {system.shop.health().body}")
        time.sleep(0.5)
    system.books.await_index(max(1.0, deadline - time.monotonic()))


WELL = {"status": "ok", "postgresql": "ok", "redis": "ok", "opensearch": "ok", "workers": "ok"}
