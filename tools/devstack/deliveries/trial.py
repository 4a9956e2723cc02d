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
from pathlib import Path
from typing import Any

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


class Trial:
    """One run. `environment` has SETTINGS and the addresses of the services; `state` chooses ports."""

    def __init__(self, state: State, environment: Mapping[str, str], workers: Sequence[Service], *, seed: int) -> None:
        self.audit = Audit(environment)
        self.kills: Counter[str] = Counter()
        self.rolled_back: list[str] = []
        self._environment = dict(environment)
        self._state, self._workers, self._seed = state, workers, seed
        self._receivers: dict[str, subprocess.Popen[bytes]] = {}
        self._stopped = threading.Event()
        self.folder = state.folder / "deliveries"
        self.folder.mkdir()

    def log_of(self, receiver: str) -> Path:
        return self.folder / f"{receiver}.log"

    def run(self, events: int, *, every: float, within: float, watch: Callable[[int], None]) -> None:
        """Make the events while workers and a receiver are killed in turn, one each `every` seconds.

        Ends when every event has arrived; TimeoutError after `within` seconds. `watch` is called with
        the number of deliveries that are still due.
        """
        try:
            for name in BEHAVIOURS:
                self._start(name)
            secrets = self._changes("prepare", json.dumps({name: self._url(name) for name in BEHAVIOURS}))
            (self.folder / "secrets.json").write_text(json.dumps(secrets), encoding="utf-8")
            killer = threading.Thread(target=self._kill, args=(every,))
            killer.start()
            try:
                self.rolled_back = self._changes("run", str(events), str(self._seed))["rolled_back"]
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

    def _kill(self, every: float) -> None:
        """Kill a worker or the receiver `killed`, in turn, and start it again."""
        chance = random.Random(self._seed)  # noqa: S311 - the same seed kills in the same order
        while not self._stopped.wait(every):
            victim = chance.choice([*self._workers, None])
            if victim is None:
                self._receivers["killed"].kill()
                self._receivers["killed"].wait()
                self._stopped.wait(every / 4)
                self._start("killed")
                self.kills["receiver"] += 1
            else:
                victim.kill()
                victim.start()  # a worker that is killed whenever it starts would send nothing
                self.kills["worker"] += 1

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
