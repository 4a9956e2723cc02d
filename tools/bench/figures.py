"""What was measured: one value a round, and a measure of ours beside its limit."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median


class Better(StrEnum):
    LOWER = "lower"
    HIGHER = "higher"


class Verdict(StrEnum):
    STRETCH = "stretch"
    REACHED = "reached"
    MISSED = "missed"
    INFORMATION = "information"  # no target was set


def percentile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of the ascending values do not exceed."""
    if not ordered:
        raise ValueError("a percentile of no values")
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True)
class Series:
    """One figure, measured once a round."""

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

    def over(self, other: "Series") -> "Series":
        """This one divided by the other, round by round."""
        return Series(tuple(a / b for a, b in zip(self.values, other.values, strict=True)))

    def minus(self, other: "Series") -> "Series":
        return Series(tuple(a - b for a, b in zip(self.values, other.values, strict=True)))


@dataclass(frozen=True)
class Target:
    """What the ratio (without a limit: our own median) is to reach."""

    reach: float
    stretch: float | None = None
    better: Better = Better.LOWER

    def verdict(self, value: float) -> Verdict:
        if self.stretch is not None and self._meets(value, self.stretch):
            return Verdict.STRETCH
        return Verdict.REACHED if self._meets(value, self.reach) else Verdict.MISSED

    def _meets(self, value: float, wanted: float) -> bool:
        return value <= wanted if self.better is Better.LOWER else value >= wanted


@dataclass(frozen=True)
class Measure:
    """One line of the report: `ours`, and `limit` when there is something to compare with, in the same `unit`.

    `details` are further figures worth keeping, by name with the unit in it: {"p99 ms": 12.5}. `curve` is how ours
    grows: (number of products, value) pairs.
    """

    name: str
    unit: str
    ours: Series
    limit: Series | None = None
    limit_name: str = ""
    target: Target | None = None
    details: Mapping[str, float] = field(default_factory=dict)
    note: str = ""
    curve: tuple[tuple[float, float], ...] = ()

    @property
    def ratio(self) -> Series | None:
        """Ours divided by the limit, round by round: a disturbance of a whole round cancels out."""
        return None if self.limit is None else self.ours.over(self.limit)

    @property
    def judged(self) -> float:
        """The value that the target is about."""
        return (self.ratio or self.ours).median

    @property
    def verdict(self) -> Verdict:
        return Verdict.INFORMATION if self.target is None else self.target.verdict(self.judged)
