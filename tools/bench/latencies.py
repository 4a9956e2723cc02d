"""What one load run saw, whatever made the load."""

from collections.abc import Sequence
from dataclasses import dataclass

from tools.bench.figures import percentile

NANOSECONDS_PER_MS = 1_000_000


@dataclass(frozen=True)
class Latencies:
    """Times in ms from when each operation was due to when it was done, and how long the run lasted."""

    milliseconds: Sequence[float]
    seconds: float

    def figures(self) -> dict[str, float]:
        """`per_second`, and `p50`, `p95`, `p99`, `max` in ms."""
        ordered = sorted(self.milliseconds)
        shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
        return {
            "per_second": len(ordered) / self.seconds,
            **{name: percentile(ordered, share) for name, share in shares.items()},
        }
