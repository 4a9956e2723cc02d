"""Runs the sides of a comparison in turns: other work on the machine disturbs all of them alike."""

import time
from collections.abc import Callable, Mapping

from tools.bench.figures import Series

Figures = Mapping[str, float]
Side = Callable[[], Figures]
Outcome = dict[str, dict[str, Series]]


def interleave(rounds: int, sides: Mapping[str, Side], *, warm_up: bool = True) -> Outcome:
    """Run every side once per round, in reverse order every other round; series by side and figure.

    A warm-up runs every side once before and drops the figures. A side has to return the same
    figures in every run.
    """
    if warm_up:
        for side in sides.values():
            side()
    runs: dict[str, list[Figures]] = {name: [] for name in sides}
    for number in range(rounds):
        for name in list(sides) if number % 2 == 0 else reversed(list(sides)):
            runs[name].append(sides[name]())
    return {
        name: {figure: Series(tuple(run[figure] for run in done)) for figure in done[0]} for name, done in runs.items()
    }


def per_second(units: int, work: Callable[[], object]) -> dict[str, float]:
    """Do the work; the figure `per_second` of the units in it."""
    began = time.perf_counter()
    work()
    return {"per_second": units / (time.perf_counter() - began)}
