"""Faults: parts of the system are killed, paused or restarted, and the index is rebuilt."""

import random
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tools.devstack.chaos.background import BackgroundClients
from tools.devstack.chaos.load import Tally
from tools.devstack.chaos.shop import Shop
from tools.devstack.chaos.slow_clients import SlowClients
from tools.devstack.chaos.system import System
from tools.devstack.services import Server
from tools.devstack.state import CHECKOUT

PAUSE = (2.0, 6.0)  # seconds between two faults
DURATION = (1.0, 8.0)  # seconds of one fault
SLOW_CLIENTS = 100  # of each kind


@dataclass(frozen=True)
class Fault:
    name: str
    begin: Callable[[], None]
    end: Callable[[], None] = lambda: None


def all_faults(system: System) -> list[Fault]:
    """Every fault; it ends as in production, where a supervisor starts the process again."""
    stack = system.stack
    restartable: dict[str, Server] = {
        "OpenSearch": stack.opensearch,
        "Redis": stack.redis,
        "the standby": system.standby,
        "the worker": system.worker,
        "the indexer": system.indexer,
        "beat": system.beat,
    }
    slow, flood = SlowClients(system.web.url, SLOW_CLIENTS), CursorFlood(system.web.url)

    return [
        *(Fault(f"{name} killed", server.kill, server.launch) for name, server in restartable.items()),
        *(
            Fault(f"{name} paused", server.pause, server.resume)
            for name, server in {**restartable, "PostgreSQL": stack.postgres}.items()
        ),
        Fault("PostgreSQL restarted", stack.postgres.restart),
        Fault("Redis emptied", stack.redis.empty),
        Fault("Redis full", stack.redis.fill, stack.redis.make_room),
        Fault("Redis read-only", stack.redis.refuse_writes, stack.redis.accept_writes),
        Fault("the standby behind", system.standby.pause_replay, system.standby.resume_replay),
        Fault("slow clients", slow.begin, slow.end),
        Fault("cursors opened without end", flood.begin, flood.end),
    ]


class CursorFlood(BackgroundClients):
    """A client that opens cursors, each a view of the index, and reads none of them to its end."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def run(self, stopped: threading.Event) -> None:
        shop = Shop(self._url)
        while not stopped.is_set():
            page = shop.search("", cursor="").body  # the first page
            if isinstance(page, dict) and page.get("next"):
                shop.get(f"/search/products/?{page['next'].partition('?')[2]}", {})  # the second, with its view


class FaultInjector(threading.Thread):
    """Makes one fault after the other until it is stopped, and ends each of them."""

    def __init__(self, choices: Sequence[Fault], seed: str) -> None:
        super().__init__(daemon=True)
        self._choices = choices
        self._random = random.Random(seed)  # noqa: S311 - the same seed makes the same faults
        self._stopped = threading.Event()
        self.now = ""
        self.done: Counter[str] = Counter()
        self.failure: Exception | None = None

    def run(self) -> None:
        try:
            while self._choices and not self._stopped.wait(self._random.uniform(*PAUSE)):
                fault = self._random.choice(self._choices)
                self.now = fault.name
                fault.begin()
                try:
                    self._stopped.wait(self._random.uniform(*DURATION))
                finally:
                    fault.end()
                self.done[fault.name] += 1
                self.now = ""
        except Exception as error:  # noqa: BLE001 - the verdict reports it: a run without faults proves nothing
            self.failure = error

    def stop(self) -> None:
        self._stopped.set()
        self.join()


class Rebuild(threading.Thread):
    """Runs `manage.py reindex` once, `after` seconds from its start. It may fail under a fault."""

    def __init__(self, system: System, tally: Tally, *, after: float) -> None:
        super().__init__(daemon=True)
        self._project, self._tally, self._after = system.project, tally, after
        self._cancelled = threading.Event()

    def run(self) -> None:
        if self._cancelled.wait(self._after):
            return
        result = subprocess.run(
            self._project.manage_argv("reindex"),
            env=self._project.environment,
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=False,
        )
        self._tally.rebuild = "done" if result.returncode == 0 else f"failed: {result.stderr.strip()[-300:]}"

    def stop(self) -> None:
        """Wait for the end of a rebuild that has begun; cancel one that has not."""
        self._cancelled.set()
        self.join()
