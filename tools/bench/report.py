"""Measures as a table on the terminal, and as a Markdown page with plots."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tools.bench import plots, record
from tools.bench.figures import Better, Measure, Verdict
from tools.bench.parts import PARTS
from tools.bench.record import PartRecord
from tools.devstack.state import CHECKOUT

FOLDER = CHECKOUT / ".bench"  # git ignores it
PAGE = "results.md"
HEADINGS = ("measure", "ours", "limit", "ratio", "reach", "stretch", "spread", "verdict")
STYLES = {Verdict.STRETCH: "bold green", Verdict.REACHED: "green", Verdict.MISSED: "bold red"}
LOG_WIDTH = 150  # characters, where there is no terminal to ask for its width
INTRODUCTION = """\
# Measured

Made by `./dev bench`. Ratio: ours / limit, the median over the rounds. Spread: largest minus smallest, as a share of
the median. Both sides of a ratio are measured in turns, in one run.
"""


def add_common_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--borrow", action="store_true", help="use the services that the environment names")
    parser.add_argument(
        "--output", type=_folder, default=FOLDER, metavar="FOLDER", help=f"where results go (default {FOLDER.name}/)"
    )


def _folder(text: str) -> Path:
    return Path(text).resolve()


def console() -> Console:
    return Console(width=None if sys.stdout.isatty() else LOG_WIDTH)


def show(title: str, measures: list[Measure], console: Console) -> None:
    table = Table(title=title, title_justify="left")
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading == "measure" else "right")
    for measure in measures:
        table.add_row(*_cells(measure), style=STYLES.get(measure.verdict, ""))
    console.print(table)
    for line in _remarks(measures):
        console.print(f"  {line}", style="dim", highlight=False, markup=False)


def save(folder: Path, records: dict[str, PartRecord]) -> None:
    """Write the JSON file, the page and its plots. Parts that are not given stay as they were."""
    known = record.load(folder) | records
    ordered = {name: known[name] for name in [*PARTS, *known] if name in known}
    record.save(folder, ordered)
    measures = [measure for each in ordered.values() for measure in each.measures]
    lines = [INTRODUCTION, *(f"![{name}]({file})" for file, name in plots.draw(folder, measures).items()), ""]
    for name, each in ordered.items():
        rows = [HEADINGS, ("---",) * len(HEADINGS), *(_cells(measure) for measure in each.measures)]
        lines += [f"## {name}", "", *([f"**Failed: {each.failed}**", ""] if each.failed else [])]
        lines += [*(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows), ""]
        lines += [*(f"- {line}" for line in _remarks(each.measures)), ""]
        machine = ", ".join(f"{what} {value}" for what, value in each.machine.items())
        lines += [f"{each.when}, commit {each.commit}, {each.catalogue}, {each.seconds:.0f} s. {machine}.", ""]
    (folder / PAGE).write_text("\n".join(lines))


def number(value: float) -> str:
    """Three significant digits, or all digits before the point."""
    size = abs(value)
    if size >= 100:  # noqa: PLR2004
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}"  # noqa: PLR2004


def _cells(measure: Measure) -> tuple[str, ...]:
    """One row, under HEADINGS."""
    target, limit, ratio = measure.target, measure.limit, measure.ratio
    word = "at most" if target is None or target.better is Better.LOWER else "at least"
    return (
        measure.name,
        f"{number(measure.ours.median)} {measure.unit}",
        f"{number(limit.median)} {measure.unit}" if limit else "",
        number(ratio.median) if ratio else "",
        f"{word} {number(target.reach)}" if target else "",
        f"{word} {number(target.stretch)}" if target and target.stretch is not None else "",
        f"{(ratio or measure.ours).spread:.0%}",
        measure.verdict.value if target else "",
    )


def _remarks(measures: Iterable[Measure]) -> list[str]:
    """What each measure was compared with, its details and its curve."""
    lines = []
    for measure in measures:
        facts = [f"limit: {measure.limit_name}"] if measure.limit_name else []
        facts += [f"{name} {number(value)}" for name, value in measure.details.items()]
        facts += [f"{size:,.0f} products {number(value)} {measure.unit}" for size, value in measure.curve]
        if facts:
            lines.append(f"{measure.name}: {', '.join(facts)}")
    return lines
