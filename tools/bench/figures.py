"""Figures: one value per round, ours beside its limit, and the target for their ratio."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median

NANOSECONDS_PER_MS = 1_000_000


class Better(StrEnum):
    LOWER = "lower"
    HIGHER = "higher"


class Verdict(StrEnum):
    STRETCH = "stretch"
    REACHED = "reached"
    MISSED = "missed"
    INFORMATION = "information"  # there is no target, or no ratio to compare with it


def percentile(ordered: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest value that `share` (0 to 1) of all do not exceed."""
    if not ordered:
        raise ValueError("a percentile of no values")
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True)
class Latencies:
    """Times in ms, from when each operation was due to its end, and the seconds of the run."""

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


@dataclass(frozen=True)
class Series:
    """One figure, measured once per round."""

    values: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.values:
            raise ValueError("a series needs at least one round")

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def spread(self) -> float:
        """Largest minus smallest, as a share of the median."""
        return (max(self.values) - min(self.values)) / self.median if self.median else 0.0

    def minus(self, other: "Series") -> "Series":
        return Series(tuple(a - b for a, b in zip(self.values, other.values, strict=True)))


@dataclass(frozen=True)
class Target:
    """What the ratio (without a limit: our own median) should reach."""

    reach: float
    stretch: float | None = None
    better: Better = Better.LOWER

    def verdict(self, value: float) -> Verdict:
        for goal, verdict in ((self.stretch, Verdict.STRETCH), (self.reach, Verdict.REACHED)):
            if goal is not None and (value <= goal if self.better is Better.LOWER else value >= goal):
                return verdict
        return Verdict.MISSED


@dataclass(frozen=True)
class Measure:
    """One line of the report: `ours`, and the `limit` that it is compared with, if there is one.

    `details` are further figures by name, with the unit in the name: {"p99 ms": 12.5}. `curve` is
    the growth of ours: (number of products, value) pairs.
    """

    name: str
    unit: str
    ours: Series
    limit: Series | None = None
    limit_name: str = ""
    target: Target | None = None
    details: Mapping[str, float] = field(default_factory=dict)
    curve: tuple[tuple[float, float], ...] = ()

    @property
    def ratio(self) -> Series | None:
        """Ours divided by the limit, round by round: a disturbance of a whole round cancels out.

        None without a limit, or when the limit was 0 in some round: there is nothing to divide by.
        """
        if self.limit is None or 0 in self.limit.values:
            return None
        return Series(tuple(ours / limit for ours, limit in zip(self.ours.values, self.limit.values, strict=True)))

    @property
    def judged(self) -> float:
        """The value to compare with the target: the median of the ratio, or of ours without one."""
        return (self.ratio or self.ours).median

    @property
    def verdict(self) -> Verdict:
        without_ratio = self.limit is not None and self.ratio is None
        if self.target is None or without_ratio:
            return Verdict.INFORMATION
        return self.target.verdict(self.judged)
