"""Events for bad receivers, sent by workers that are killed."""

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tools.devstack.chaos.audit import Audit
from tools.devstack.services import Service
from tools.devstack.state import CHECKOUT, State

HERE, TRAP = "127.0.0.1", "127.0.0.2"  # events may be sent to the first only
# What the receivers do; the process of `killed` is killed, and started again on its port.
BEHAVIOURS = {
    "good": "good",
    "failing": "failing",
    "hanging": "hanging",
    "redirecting": "redirecting",
    "killed": "good",
    "forbidden": "trap",
}
FIRST_PRICE = 100
TIMEOUT = 1.0  # s of an attempt
HANG = 3 * TIMEOUT
OUTAGE = 4.0  # s at the beginning, in which `failing` refuses everything
WHOLE = 0.5  # share of the kills of a worker that kill its main process too
SETTINGS = {
    "WEBHOOK_ALLOWED_NETWORKS": f"{HERE}/32",
    "WEBHOOK_TIMEOUT": str(TIMEOUT),
    "WEBHOOK_CONNECT_TIMEOUT": str(TIMEOUT),
    "WEBHOOK_RETRY_SECONDS": "0.2",
}
POLL = 0.2  # s
WAITING = """
    SELECT count(*) FROM webhooks_delivery AS delivery
    JOIN webhooks_subscription AS subscription ON subscription.id = delivery.subscription_id
    WHERE delivery.state <> 'DELIVERED' AND subscription.name <> 'forbidden'
"""


@dataclass(frozen=True)
class Plan:
    """`every` so many seconds something is killed, at most `kills` times."""

    events: int
    seed: int
    every: float = 4.0
    kills: int = 1_000
    whole_workers: bool = True  # or only processes of their pools
    outage: float = OUTAGE


class Trial:
    """One run. `environment` has SETTINGS and the addresses of the services; `state` chooses ports."""

    def __init__(self, state: State, environment: Mapping[str, str], workers: Sequence[Service], plan: Plan) -> None:
        self.audit = Audit(environment)
        self.kills: Counter[str] = Counter()
        self.failure: Exception | None = None  # of the thread that kills
        self.rolled_back: list[str] = []
        self._environment = dict(environment)
        self._state, self._workers, self._plan = state, workers, plan
        self._receivers: dict[str, subprocess.Popen[bytes]] = {}
        self._stopped = threading.Event()
        self.folder = state.folder / "deliveries"
        self.folder.mkdir()

    def log_of(self, receiver: str) -> Path:
        return self.folder / f"{receiver}.log"

    def run(self, *, within: float, watch: Callable[[int], None]) -> None:
        """Make the events while workers and a receiver are killed.

        Ends when every event has arrived; TimeoutError after `within` seconds. `watch` is called with
        the number of deliveries that are still due.
        """
        try:
            for name in BEHAVIOURS:
                self._start(name)
            secrets = self._changes("prepare", json.dumps({name: self._url(name) for name in BEHAVIOURS}))
            (self.folder / "secrets.json").write_text(json.dumps(secrets), encoding="utf-8")
            killer = threading.Thread(target=self._kill)
            killer.start()
            try:
                self.rolled_back = self._changes("run", str(self._plan.events), str(self._plan.seed))["rolled_back"]
                self._await_delivery(within, watch)
            finally:
                self._stopped.set()
                killer.join()
        finally:
            for process in self._receivers.values():
                process.kill()
                process.wait()
            self.audit.close()

    def _await_delivery(self, within: float, watch: Callable[[int], None]) -> None:
        deadline = time.monotonic() + within
        while waiting := int(self.audit.value(WAITING)):
            watch(waiting)
            if time.monotonic() > deadline:
                raise TimeoutError(f"{waiting} deliveries are left after {within:.0f} s")
            time.sleep(POLL)

    def _kill(self) -> None:
        """Kill a worker, a process of its pool or the receiver `killed`; they start again."""
        plan = self._plan
        chance = random.Random(plan.seed)  # noqa: S311 - the same seed kills in the same order
        try:
            while self.kills.total() < plan.kills and not self._stopped.wait(plan.every):
                self._kill_one(chance)
        except Exception as error:  # noqa: BLE001 - the verdict reports it: a run without kills proves nothing
            self.failure = error

    def _kill_one(self, chance: random.Random) -> None:
        victim = chance.choice([*self._workers, None])
        if victim is None:
            self._receivers["killed"].kill()
            self._receivers["killed"].wait()
            self._stopped.wait(self._plan.every / 4)
            self._start("killed")
            self.kills["receiver"] += 1
        elif self._plan.whole_workers and chance.random() < WHOLE:
            victim.kill()
            victim.start()  # a worker that is killed whenever it starts would send nothing
            self.kills["worker"] += 1
        elif victim.process.pid:
            with suppress(psutil.NoSuchProcess):
                for child in psutil.Process(victim.process.pid).children(recursive=True):
                    with suppress(psutil.NoSuchProcess):
                        child.kill()  # Celery starts another one
            self.kills["process of a worker's pool"] += 1

    def _start(self, name: str) -> None:
        options = {
            "name": name,
            "address": TRAP if name == "forbidden" else HERE,
            "port": self._state.port(f"receiver {name}"),
            "behaviour": BEHAVIOURS[name],
            "log": str(self.log_of(name)),
            "secrets": str(self.folder / "secrets.json"),
            "target": self._url("forbidden"),
            "hang": HANG,
            "outage": self._plan.outage,
        }
        argv = [sys.executable, "-m", "tools.devstack.deliveries.receiver", json.dumps(options)]
        self._receivers[name] = subprocess.Popen(argv, cwd=CHECKOUT, stderr=subprocess.DEVNULL)

    def _url(self, name: str) -> str:
        return f"http://{TRAP if name == 'forbidden' else HERE}:{self._state.port(f'receiver {name}')}/hook"

    def _changes(self, *arguments: str) -> Any:
        argv = [sys.executable, "-m", "tools.devstack.deliveries.changes", *arguments]
        # The log of this process is of no interest, unless it fails.
        done = subprocess.run(argv, cwd=CHECKOUT, env=self._environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"the load failed: {done.stderr[-2000:]}")
        return json.loads(done.stdout.splitlines()[-1])


def received(log: Path) -> list[dict[str, Any]]:
    """What a receiver wrote down. A line that it was killed in is not one."""
    lines = []
    with suppress(FileNotFoundError):
        for line in log.read_text(encoding="utf-8").splitlines():
            with suppress(ValueError):
                lines.append(json.loads(line))
    return lines
