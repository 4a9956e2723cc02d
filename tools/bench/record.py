"""Measures as JSON and back. A run of some parts replaces those parts in the file and leaves the others."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tools.bench.figures import Better, Measure, Series, Target

FILE = "results.json"


@dataclass(frozen=True)
class PartRecord:
    """What one part gave, when, on what. `failed` says why it gave nothing (more)."""

    measures: Sequence[Measure]
    when: str
    commit: str
    seconds: float
    catalogue: str
    machine: dict[str, str] = field(default_factory=dict)
    failed: str = ""


def load(folder: Path) -> dict[str, PartRecord]:
    """The records in a folder by part; empty when there are none."""
    try:
        stored = json.loads((folder / FILE).read_text())
    except FileNotFoundError:
        return {}
    return {name: _record(part) for name, part in stored.items()}


def save(folder: Path, records: dict[str, PartRecord]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stored = {name: asdict(record) | {"measures": _rows(record)} for name, record in records.items()}
    (folder / FILE).write_text(json.dumps(stored, indent=1, default=list) + "\n")


def _rows(record: PartRecord) -> list[dict[str, Any]]:
    """Each measure as it is, and what follows from it for readers of the file alone."""
    return [
        asdict(measure) | {"median": measure.ours.median, "judged": measure.judged, "verdict": measure.verdict}
        for measure in record.measures
    ]


def _record(stored: dict[str, Any]) -> PartRecord:
    return PartRecord(**stored | {"measures": [_measure(row) for row in stored["measures"]]})


def _measure(row: dict[str, Any]) -> Measure:
    row = {name: value for name, value in row.items() if name not in {"median", "judged", "verdict"}}
    row["ours"], row["limit"] = _series(row["ours"]), row["limit"] and _series(row["limit"])
    row["target"] = row["target"] and _target(row["target"])
    row["curve"] = tuple((x, y) for x, y in row["curve"])
    return Measure(**row)


def _series(stored: dict[str, Any]) -> Series:
    return Series(tuple(stored["values"]))


def _target(stored: dict[str, Any]) -> Target:
    return Target(**stored | {"better": Better(stored["better"])})
