"""The table on the terminal."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tools.bench.figures import Better, Measure, Target, Verdict

STYLES = {Verdict.STRETCH: "bold green", Verdict.REACHED: "green", Verdict.MISSED: "bold red"}
BIG = 100.0
MIDDLE = 10.0
LOG_WIDTH = 150  # characters, where there is no terminal to ask


def table(title: str, measures: Iterable[Measure]) -> Table:
    drawn = Table(title=title, title_justify="left", expand=False)
    for heading in ("measure", "ours", "limit", "ratio", "reach", "stretch", "spread"):
        drawn.add_column(heading, justify="left" if heading == "measure" else "right")
    for measure in measures:
        drawn.add_row(*_cells(measure))
    return drawn


def show(title: str, measures: list[Measure], console: Console) -> None:
    console.print(table(title, measures))
    for measure in measures:
        for line in remarks(measure):
            console.print(f"  {measure.name}: {line}", style="dim", highlight=False)


def remarks(measure: Measure) -> list[str]:
    """Its details and its note, for people."""
    details = ", ".join(f"{name} {number(value)}" for name, value in measure.details.items())
    return [line for line in (details, measure.note) if line]


def number(value: float) -> str:
    """Three digits that matter."""
    size = abs(value)
    if size >= BIG:
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= MIDDLE else f"{value:.2f}"


def wanted(target: Target | None, value: float | None) -> str:
    if target is None or value is None:
        return ""
    return f"{'at most' if target.better is Better.LOWER else 'at least'} {number(value)}"


def _cells(measure: Measure) -> list[str | Text]:
    target, ratio = measure.target, measure.ratio
    judged = Text(number(measure.judged), style=STYLES.get(measure.verdict, ""))
    return [
        measure.name,
        Text(f"{number(measure.ours.median)} {measure.unit}") if ratio else judged + Text(f" {measure.unit}"),
        f"{number(measure.limit.median)} {measure.unit}" if measure.limit else "",
        judged if ratio else "",
        wanted(target, target.reach if target else None),
        wanted(target, target.stretch if target else None),
        f"{(ratio or measure.ours).spread:.0%}",
    ]
