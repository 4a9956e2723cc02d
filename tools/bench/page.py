"""The report as one HTML page beside its plots."""

import re
from html import escape
from pathlib import Path

from tools.bench import plots
from tools.bench.figures import Measure
from tools.bench.record import PartRecord
from tools.bench.report import number, remarks, wanted

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: right; padding: .3rem .6rem; border-bottom: 1px solid #ddd; vertical-align: top; }
th:first-child, td:first-child { text-align: left; }
.stretch, .reached { color: #1b7837; } .missed { color: #b02a1d; font-weight: 600; }
small { color: #595959; display: block; } img { max-width: 100%; } figure { display: inline-block; margin: .5rem; }
"""
HEADINGS = ("measure", "ours", "limit", "ratio", "reach", "stretch", "spread", "verdict")


def write(folder: Path, records: dict[str, PartRecord]) -> None:
    """`index.html` and the plots it shows, from the records of all parts."""
    measures = [measure for record in records.values() for measure in record.measures]
    images = _draw(folder, measures)
    parts = "".join(_part(name, record) for name, record in records.items())
    figures = "".join(f'<figure><img src="{image}" alt="{escape(alt)}"></figure>' for image, alt in images)
    (folder / "index.html").write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Benchmarks</title>'
        f"<style>{STYLE}</style></head><body><h1>Benchmarks</h1>"
        "<p>Each figure beside its limit, both measured in turns in one run. "
        "Ratio: ours / limit, the median over rounds; spread: largest minus smallest, as a share of the median.</p>"
        f"{figures}{parts}</body></html>\n"
    )


def _draw(folder: Path, measures: list[Measure]) -> list[tuple[str, str]]:
    images = []
    if any(measure.ratio and not measure.curve for measure in measures):
        plots.ratios(measures, folder / "ratios.svg")
        images.append(("ratios.svg", "Every ratio beside its target"))
    for measure in measures:
        if measure.curve:
            name = f"growth-{_slug(measure.name)}.svg"
            plots.curve(measure, folder / name)
            images.append((name, f"How it grows with the catalogue: {measure.name}"))
    return images


def _part(name: str, record: PartRecord) -> str:
    headings = "".join(f"<th>{heading}</th>" for heading in HEADINGS)
    rows = "".join(_row(measure) for measure in record.measures)
    failed = f'<p class="missed">Stopped: {escape(record.failed)}</p>' if record.failed else ""
    facts = ", ".join(f"{what} {escape(value)}" for what, value in record.machine.items())
    return (
        f"<h2>{escape(name)}</h2>{failed}<table><tr>{headings}</tr>{rows}</table>"
        f"<small>{escape(record.when)}, commit {escape(record.commit)}, {escape(record.catalogue)}, "
        f"took {record.seconds:.0f} s; {facts}</small>"
    )


def _row(measure: Measure) -> str:
    target, limit = measure.target, measure.limit
    ratio = measure.ratio or measure.ours
    cells = [
        escape(measure.name) + "".join(f"<small>{escape(line)}</small>" for line in remarks(measure)),
        f"{number(measure.ours.median)} {measure.unit}",
        f"{number(limit.median)} {measure.unit}<small>{escape(measure.limit_name)}</small>" if limit else "",
        number(measure.judged) if limit else "",
        wanted(target, target.reach if target else None),
        wanted(target, target.stretch if target else None),
        f"{ratio.spread:.0%}",
        f'<span class="{measure.verdict}">{measure.verdict}</span>' if target else "",
    ]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
