"""Puts HTTP load on a server from a process of its own (`generator.py`)."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from urllib.parse import urlsplit

from tools.bench.errors import BenchError
from tools.bench.figures import NANOSECONDS_PER_MS, Latencies
from tools.bench.wire import Request
from tools.devstack.state import CHECKOUT

OK = frozenset({200})


@dataclass(frozen=True)
class Load:
    """A load on the server at `url`: the requests in turn, over and over, for `seconds`.

    With a `rate`, that many requests a second fall due at even times, and `connections` limits how
    many are under way at once. Without: a closed loop.
    """

    url: str
    requests: Sequence[Request]
    seconds: float
    connections: int = 1
    rate: float | None = None
    expected: Collection[int] = OK

    def run(self) -> Latencies:
        """Block until it is done. BenchError when a response has an unexpected status."""
        return self._finish(self._start())

    def run_figures(self) -> dict[str, float]:
        return self.run().figures()

    @contextmanager
    def in_background(self) -> Iterator[None]:
        """Run the load beside the block, and wait for its end. A failed load fails the block."""
        process = self._start()
        try:
            yield
            self._finish(process)
        finally:
            process.kill()
            process.wait()

    def _start(self) -> "subprocess.Popen[str]":
        address = urlsplit(self.url)
        job = {
            "host": address.hostname,
            "port": address.port,
            "requests": [asdict(request) for request in self.requests],
            "connections": self.connections,
            "seconds": self.seconds,
            "rate": self.rate,
        }
        with tempfile.TemporaryFile("w+") as file:
            json.dump(job, file)
            file.seek(0)
            command = [sys.executable, "-m", "tools.bench.generator"]
            return subprocess.Popen(command, stdin=file, stdout=subprocess.PIPE, cwd=CHECKOUT, text=True)

    def _finish(self, process: "subprocess.Popen[str]") -> Latencies:
        output, _ = process.communicate()
        if process.returncode:
            raise BenchError(f"the load generator failed on {self.url}; the reason is above")
        outcome = json.loads(output)
        unexpected = {status: n for status, n in outcome["statuses"].items() if int(status) not in self.expected}
        if unexpected:
            path = self.requests[0].path.lstrip("/")
            raise BenchError(f"{self.url}{path} and the requests after it got unexpected statuses: {unexpected}")
        return Latencies([value / NANOSECONDS_PER_MS for value in outcome["latencies_ns"]], outcome["seconds"])
