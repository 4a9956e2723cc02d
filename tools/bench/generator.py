"""The HTTP load generator: `python -m tools.bench.generator < job.json > outcome.json`.

Closed loop: every connection sends its next request when the last is answered. Fixed rate: requests
fall due at even times whatever the server does, and the time of a request runs from when it was
due, so that a stall counts for every request that it delayed (no coordinated omission).
"""

import itertools
import json
import math
import selectors
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from tools.bench.wire import Connection, Request

GRACE_SECONDS = 15.0


@dataclass
class Arrivals:
    """When requests fall due: at once in a closed loop, else `rate` a second; none after `end`."""

    start: float
    end: float
    rate: float | None = None
    taken: int = 0

    def take(self, now: float) -> float | None:
        """The due time of the next request, if it is due by now."""
        due = self.next_due(now)
        if due is None or due > now:
            return None
        self.taken += 1
        return due

    def next_due(self, now: float) -> float | None:
        due = now if self.rate is None else self.start + self.taken / self.rate
        return due if due < self.end else None


@dataclass
class Outcome:
    latencies_ns: list[int] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    finished: float = 0.0

    def record(self, status: int, due: float, now: float) -> None:
        self.latencies_ns.append(round((now - due) * 1e9))
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.finished = now


class Generator:
    """Sends the requests in turn over a number of connections."""

    def __init__(self, address: tuple[str, int], requests: Iterator[bytes], connections: int) -> None:
        self._requests = requests
        self._address = address
        self._unopened = connections
        self._idle: list[Connection] = []
        self._busy: dict[int, tuple[Connection, float]] = {}  # with the due time of the request, by descriptor
        self._selector = selectors.DefaultSelector()
        self.outcome = Outcome()

    def run(self, arrivals: Arrivals) -> Outcome:
        while True:
            now = time.perf_counter()
            while (self._idle or self._unopened) and (due := arrivals.take(now)) is not None:
                self._send(due)
            next_due = arrivals.next_due(now)
            if next_due is None and not self._busy:
                return self.outcome
            if now > arrivals.end + GRACE_SECONDS:
                raise TimeoutError(f"{len(self._busy)} requests were not answered within {GRACE_SECONDS} s")
            timeout = 1.0
            if next_due is not None and (self._idle or self._unopened):
                # A selector rounds up to whole milliseconds, which would send every request late.
                timeout = max(0.0, math.floor((next_due - now) * 1000) / 1000)
            self._receive(timeout)

    def _send(self, due: float) -> None:
        if self._idle:
            connection = self._idle.pop()
        else:
            # Opened when it is needed: a server may keep a thread waiting on a connection that
            # stays silent.
            self._unopened -= 1
            connection = Connection(self._address)
        self._busy[connection.socket.fileno()] = (connection, due)
        self._selector.register(connection.socket, selectors.EVENT_READ)
        connection.send(next(self._requests))

    def _receive(self, timeout: float) -> None:
        for key, _ in self._selector.select(timeout):
            connection, due = self._busy[key.fd]
            status = connection.receive()
            if status is None:
                continue
            self.outcome.record(status, due, time.perf_counter())
            del self._busy[key.fd]
            self._selector.unregister(connection.socket)
            if connection.closing:
                connection.socket.close()
                connection.connect()
            self._idle.append(connection)


def main() -> None:
    job = json.load(sys.stdin)
    host, port = job["host"], job["port"]
    encoded = [Request(**request).encoded(f"{host}:{port}") for request in job["requests"]]
    generator = Generator((host, port), itertools.cycle(encoded), job["connections"])
    start = time.perf_counter()
    outcome = generator.run(Arrivals(start, start + job["seconds"], job["rate"]))
    seconds = outcome.finished - start
    json.dump({"latencies_ns": outcome.latencies_ns, "statuses": outcome.statuses, "seconds": seconds}, sys.stdout)


if __name__ == "__main__":
    main()
