"""Ranges of numbers with round bounds, which fit the numbers that were counted.

Numbers are floats here, as arithmetic and caches take a fraction of the time that they take with decimals; `exact`
gives the decimal number back.
"""

import functools
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import NamedTuple

MOST_RANGES = 6
# A bound may lie so far from where it would part the hits evenly, as a share of a range's hits.
SLACK = 0.6
MAX_CACHED_BOUNDS = 4_096  # prices come in cells of two digits, so the same bounds are looked for again and again
_STEPS = (5, 2, 1)


class Range(NamedTuple):
    """From `low`, included, to below `high`; None for no bound."""

    low: float | None
    high: float | None
    hits: int


def round_ranges(values: Sequence[float], counts: Iterable[int], most: int = MOST_RANGES) -> list[Range]:
    """At most so many ranges, with about the same number of hits each. None for fewer than two.

    `values`: in ascending order, with the count of each.
    """
    totals = list(itertools.accumulate(counts))
    bounds = _bounds(values, totals, most)
    if not bounds:
        return []
    below = [0, *(totals[bisect_left(values, bound) - 1] for bound in bounds), totals[-1]]
    edges = [None, *bounds, None]
    return [
        Range(low, high, up_to - before)
        for (low, high), (before, up_to) in zip(itertools.pairwise(edges), itertools.pairwise(below), strict=True)
    ]


def _bounds(values: Sequence[float], totals: Sequence[int], most: int) -> list[float]:
    """Round numbers near the places that part the hits evenly. Each has values on both sides."""
    if len(values) < 2:  # noqa: PLR2004 - a bound is between two values
        return []
    share = totals[-1] / most
    bounds: list[float] = []
    for number in range(1, most):
        ideal, slack = share * number, share * SLACK
        # A bound in (values[i], values[i + 1]] leaves totals[i] hits below it.
        first = bisect_left(totals, ideal - slack, hi=len(values) - 1)
        last = bisect_right(totals, ideal + slack, hi=len(values) - 1)
        if first == last:
            continue
        bound = roundest(values[first], values[last])
        if not bounds or bisect_left(values, bound) > bisect_left(values, bounds[-1]):
            bounds.append(bound)
    return bounds


@functools.lru_cache(MAX_CACHED_BOUNDS)
def roundest(low: float, high: float) -> float:
    """The number with the fewest decimal digits above `low` and not above `high`; of several, the middle one."""
    lowest, highest = exact(low), exact(high)
    exponent = max(lowest.adjusted(), highest.adjusted(), (highest - lowest).adjusted()) + 1
    while True:
        for digit in _STEPS:
            step = Decimal(digit).scaleb(exponent)
            first = (lowest / step).to_integral_value(ROUND_FLOOR) + 1
            last = (highest / step).to_integral_value(ROUND_FLOOR)
            if first <= last:
                return float(((first + last) / 2).to_integral_value(ROUND_FLOOR) * step)
        exponent -= 1


@functools.lru_cache(MAX_CACHED_BOUNDS)
def exact(number: float) -> Decimal:
    """The decimal number that was read as this float."""
    return Decimal(str(number))
