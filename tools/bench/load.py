"""Puts HTTP load on a server from a process of its own; see `generator.py` for the two kinds of load."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tools.bench.errors import BenchError
from tools.bench.latencies import NANOSECONDS_PER_MS, Latencies
from tools.bench.wire import Request

CHECKOUT = Path(__file__).resolve().parents[2]
OK = frozenset({200})


@dataclass(frozen=True)
class Load:
    """A load on the server at `url`: the requests in turn, over and over, for `seconds`.

    `rate` requests a second at fixed times (then `connections` is the most under way at once); None: a closed loop.
    """

    url: str
    requests: Sequence[Request]
    seconds: float
    connections: int = 1
    rate: float | None = None
    expected: Collection[int] = OK

    def run(self) -> Latencies:
        """Blocks until it is done. An answer with another status than those expected is an error."""
        process = self._start()
        return self._finish(process)

    def run_figures(self) -> dict[str, float]:
        return self.run().figures()

    @contextmanager
    def in_background(self) -> Iterator[None]:
        """The load runs beside the block, which waits for its end. A failed load fails the block."""
        process = self._start()
        try:
            yield
            self._finish(process)
        finally:
            process.kill()
            process.wait()

    def _start(self) -> "subprocess.Popen[str]":
        with tempfile.TemporaryFile("w+") as job:
            json.dump(self._job(), job)
            job.seek(0)
            return subprocess.Popen(
                [sys.executable, "-m", "tools.bench.generator"],
                stdin=job,
                stdout=subprocess.PIPE,
                cwd=CHECKOUT,
                text=True,
            )

    def _finish(self, process: "subprocess.Popen[str]") -> Latencies:
        output, _ = process.communicate()
        if process.returncode:
            raise BenchError(f"the load generator failed on {self.url}; its reason is above")
        outcome = json.loads(output)
        self._refuse_unexpected(outcome["statuses"])
        return Latencies([value / NANOSECONDS_PER_MS for value in outcome["latencies_ns"]], outcome["seconds"])

    def _job(self) -> dict[str, object]:
        address = urlsplit(self.url)
        return {
            "host": address.hostname,
            "port": address.port,
            "requests": [asdict(request) for request in self.requests],
            "connections": self.connections,
            "seconds": self.seconds,
            "rate": self.rate,
        }

    def _refuse_unexpected(self, statuses: dict[str, int]) -> None:
        unexpected = {status: count for status, count in statuses.items() if int(status) not in self.expected}
        if unexpected:
            path = self.requests[0].path
            raise BenchError(f"{self.url}{path.lstrip('/')} and its like answered {unexpected}: not what is measured")
