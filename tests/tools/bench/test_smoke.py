"""The benchmark runs, on a tiny catalogue: a web server, load processes, pgbench, a rebuild. No figure is looked at."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.bench import record

CHECKOUT = Path(__file__).resolve().parents[3]
PARTS = ["search", "orders", "rebuilding"]


@pytest.mark.service
@pytest.mark.timeout(300)
def test_quick_run_measures_saves_and_leaves_nothing_behind(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tools.bench", *PARTS, "--quick", "--borrow", f"--output={tmp_path}"]
    done = subprocess.run(command, cwd=CHECKOUT, env={**os.environ}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    records = record.load(tmp_path)
    assert sorted(records) == sorted(PARTS)
    assert [name for name, each in records.items() if each.failed or not each.measures] == []
    assert (tmp_path / "index.html").is_file()


@pytest.mark.unit
def test_unknown_part_is_refused_by_name(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tools.bench", "sarch", f"--output={tmp_path}"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert (done.returncode, "no such part: sarch" in done.stdout) == (1, True)
