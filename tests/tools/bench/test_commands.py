"""`./dev bench` and `./dev bench scale` on tiny catalogues. No figure is checked."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.bench import record
from tools.bench.figures import Measure, Series
from tools.devstack.state import CHECKOUT

PARTS = ["search", "orders", "rebuilding"]


def run(*arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run a command in the folder, on the services of this test run."""
    return subprocess.run(arguments, cwd=folder, env={**os.environ}, capture_output=True, text=True, check=False)


@pytest.mark.service
@pytest.mark.xdist_group("bench")
@pytest.mark.timeout(300)
def test_quick_run_measures_and_saves_every_part(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tools.bench", *PARTS, "--quick", "--borrow", f"--output={tmp_path}"]
    done = run(*command, folder=CHECKOUT)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    records = record.load(tmp_path)
    assert sorted(records) == sorted(PARTS)
    assert [name for name, each in records.items() if each.failed or not each.measures] == []
    assert (tmp_path / "results.md").is_file()


@pytest.mark.service
@pytest.mark.xdist_group("bench")
@pytest.mark.timeout(300)
def test_scale_compares_sizes_and_saves_to_the_named_folder(tmp_path: Path) -> None:
    """A relative folder is relative to the developer's working directory, as for any command."""
    earlier = {"reindex": 1.0, "index size": 0.4, "merging after a reindex": 0.0, "no longer measured": 1.0}
    measures_of_200 = [Measure(name, "s", Series((value,)), curve=((200.0, value),)) for name, value in earlier.items()]
    last = record.of_now(measures_of_200, began=0.0, catalogue="generated")
    record.save(tmp_path / "figures", {"scale": last})
    options = ["--sizes", "400", "--keep", "--quick", "--borrow", "--output", "figures"]
    done = run(str(CHECKOUT / "dev"), "bench", "scale", *options, folder=tmp_path)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert f"Saved to {tmp_path / 'figures'}" in done.stdout
    measures = {each.name.partition(":")[0]: each for each in record.load(tmp_path / "figures")["scale"].measures}
    assert set(measures) == {"reindex", "index size", "merging after a reindex"}
    assert [size for size, _ in measures["index size"].curve] == [200, 400]
    assert measures["reindex"].ratio is not None
    # So few products leave nothing to merge: 0.00 s at the smallest size, which nothing can be
    # divided by.
    assert measures["merging after a reindex"].limit_name == "200 products"


@pytest.mark.unit
def test_unknown_part_is_refused_by_name(tmp_path: Path) -> None:
    done = run(sys.executable, "-m", "tools.bench", "sarch", f"--output={tmp_path}", folder=CHECKOUT)
    assert (done.returncode, "no such part: sarch" in done.stdout) == (1, True)
