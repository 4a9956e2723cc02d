"""The plots of the report page, as SVG."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from tools.bench.figures import Measure, Verdict

mpl.rcParams["svg.hashsalt"] = "bench"  # the same figures draw the same file
COLOURS = {
    Verdict.STRETCH: "#1b7837",
    Verdict.REACHED: "#7fbf7b",
    Verdict.MISSED: "#c0392b",
    Verdict.INFORMATION: "#888888",
}


def ratios(measures: list[Measure], file: Path) -> None:
    """One bar a measure that has a limit: its ratio, each round a dot, and the target as a mark."""
    drawn = [measure for measure in reversed(measures) if measure.ratio and not measure.curve]
    figure = Figure(figsize=(9, 0.6 + 0.36 * len(drawn)), layout="constrained")
    axes = figure.add_subplot()
    for row, measure in enumerate(drawn):
        axes.barh(row, measure.judged, color=COLOURS[measure.verdict], height=0.6)
        rounds = measure.ratio.values if measure.ratio else ()
        axes.plot(rounds, [row] * len(rounds), ".", color="black", markersize=3)
        if measure.target:
            axes.plot([measure.target.reach] * 2, [row - 0.42, row + 0.42], color="black", linewidth=1.6)
    axes.set_yticks(range(len(drawn)), [measure.name for measure in drawn], fontsize=8)
    axes.set_xlabel("ratio; black line: to reach; dots: rounds")
    _save(figure, file)


def curve(measure: Measure, file: Path) -> None:
    """How a figure grows with the number of products, both on logarithmic axes."""
    figure = Figure(figsize=(4.4, 3.2), layout="constrained")
    axes = figure.add_subplot()
    axes.loglog([x for x, _ in measure.curve], [y for _, y in measure.curve], "o-", color="#2c5f8a")
    axes.set_title(measure.name, fontsize=9)
    axes.set_xlabel("products")
    axes.set_ylabel(measure.unit)
    axes.grid(visible=True, which="both", alpha=0.25)
    _save(figure, file)


def _save(figure: Figure, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, metadata={"Date": None})
