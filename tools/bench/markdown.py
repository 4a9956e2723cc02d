"""The table of all measures as Markdown, for those who read the repository and not the page."""

from pathlib import Path

from tools.bench.figures import Measure
from tools.bench.record import PartRecord
from tools.bench.report import number, wanted

HEADINGS = ("measure", "ours", "limit", "ratio", "reach", "stretch", "spread", "verdict")


def write(folder: Path, records: dict[str, PartRecord]) -> None:
    """`results.md`, one table a part."""
    lines = ["# Measured", "", "Made by `./dev bench`; `index.html` beside it has the plots.", ""]
    lines += ["Ratio: ours / limit, median over rounds. Spread: largest minus smallest, as a share of the median.", ""]
    for name, record in records.items():
        lines += _part(name, record)
    (folder / "results.md").write_text("\n".join(lines))


def _part(name: str, record: PartRecord) -> list[str]:
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(_row(measure) for measure in record.measures)]
    about = f"{record.when}, commit {record.commit}, {record.catalogue}, {record.seconds:.0f} s. "
    machine = ", ".join(record.machine.get(what, "") for what in ("processor", "memory", "system"))
    stopped = [f"**Stopped: {record.failed}**", ""] if record.failed else []
    table = [f"| {' | '.join(row)} |" for row in rows]
    return [f"## {name}", "", *stopped, *table, "", *_details(record), f"{about}{machine}.", ""]


def _row(measure: Measure) -> tuple[str, ...]:
    target, limit = measure.target, measure.limit
    return (
        measure.name.replace("|", "/"),
        f"{number(measure.ours.median)} {measure.unit}",
        f"{number(limit.median)} {measure.unit}" if limit else "",
        number(measure.judged) if limit else "",
        wanted(target, target.reach if target else None),
        wanted(target, target.stretch if target else None),
        f"{(measure.ratio or measure.ours).spread:.0%}",
        measure.verdict.value if target else "",
    )


def _details(record: PartRecord) -> list[str]:
    lines = [f"- {measure.name}: {_listed(measure)}" for measure in record.measures if measure.details]
    return [*lines, ""] if lines else []


def _listed(measure: Measure) -> str:
    return ", ".join(f"{name} {number(value)}" for name, value in measure.details.items())
