"""The plots of the report, as SVG."""

import re
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


def draw(folder: Path, measures: list[Measure]) -> dict[str, str]:
    """Draw the ratios and the curves; titles by file name."""
    figures: dict[str, tuple[str, Figure]] = {}
    if ratios := [measure for measure in measures if measure.ratio and not measure.curve]:
        figures["ratios.svg"] = ("Every ratio beside its target", _ratios(ratios))
    for measure in measures:
        if measure.curve:
            slug = re.sub(r"[^a-z0-9]+", "-", measure.name.lower()).strip("-")
            figures[f"growth-{slug}.svg"] = (f"Growth: {measure.name}", _curve(measure))
    for file, (_, figure) in figures.items():
        figure.savefig(folder / file, metadata={"Date": None})
    return {file: title for file, (title, _) in figures.items()}


def _ratios(measures: list[Measure]) -> Figure:
    """One bar per measure: its ratio, each round as a dot, and the target as a mark."""
    figure = Figure(figsize=(9, 0.6 + 0.36 * len(measures)), layout="constrained")
    axes = figure.add_subplot()
    for row, measure in enumerate(reversed(measures)):
        axes.barh(row, measure.judged, color=COLOURS[measure.verdict], height=0.6)
        rounds = measure.ratio.values if measure.ratio else ()
        axes.plot(rounds, [row] * len(rounds), ".", color="black", markersize=3)
        if measure.target:
            axes.plot([measure.target.reach] * 2, [row - 0.42, row + 0.42], color="black", linewidth=1.6)
    axes.set_yticks(range(len(measures)), [measure.name for measure in reversed(measures)], fontsize=8)
    axes.set_xlabel("ratio; black line: target; dots: rounds")
    return figure


def _curve(measure: Measure) -> Figure:
    """Both axes are logarithmic."""
    figure = Figure(figsize=(4.4, 3.2), layout="constrained")
    axes = figure.add_subplot()
    axes.loglog([x for x, _ in measure.curve], [y for _, y in measure.curve], "o-", color="#2c5f8a")
    axes.set_title(measure.name, fontsize=9)
    axes.set_xlabel("products")
    axes.set_ylabel(measure.unit)
    axes.grid(visible=True, which="both", alpha=0.25)
    return figure
