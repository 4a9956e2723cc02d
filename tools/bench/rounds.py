"""Runs the sides of a comparison in turns, so that whatever else the machine does hits all of them alike."""

from collections.abc import Callable, Mapping

from tools.bench.figures import Series

Figures = Mapping[str, float]
Side = Callable[[], Figures]
Outcome = dict[str, dict[str, Series]]


def interleave(rounds: int, sides: Mapping[str, Side], *, warm_up: bool = True) -> Outcome:
    """Every side once a round, in reverse order every other round; series by side and figure.

    A warm-up runs every side once before and throws the figures away. Every run of a side gives the same figures.
    """
    if warm_up:
        for side in sides.values():
            side()
    runs: dict[str, list[Figures]] = {name: [] for name in sides}
    for number in range(rounds):
        order = list(sides) if number % 2 == 0 else list(reversed(list(sides)))
        for name in order:
            runs[name].append(sides[name]())
    return {name: _series(figures) for name, figures in runs.items()}


def _series(runs: list[Figures]) -> dict[str, Series]:
    return {figure: Series(tuple(run[figure] for run in runs)) for figure in runs[0]}
