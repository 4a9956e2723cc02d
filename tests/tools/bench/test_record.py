"""Results as files: read back as they were saved, part by part, and shown on a page."""

from pathlib import Path

import pytest

from tools.bench import page, record
from tools.bench.figures import Better, Measure, Series, Target
from tools.bench.record import PartRecord

pytestmark = pytest.mark.unit

SEARCH = Measure(
    "search / raw <p50>",
    "ms",
    ours=Series((3.0, 4.0)),
    limit=Series((2.0, 2.0)),
    limit_name="raw",
    target=Target(1.6, 1.4),
    details={"p99 ms": 9.0},
    note="a note",
)
GROWTH = Measure(
    "search p50 at 1 M / at 20 k",
    "ms",
    ours=Series((6.0,)),
    limit=Series((3.0,)),
    target=Target(3.0, better=Better.LOWER),
    curve=((20_000.0, 3.0), (1_000_000.0, 6.0)),
)


def record_of(*measures: Measure, failed: str = "") -> PartRecord:
    return PartRecord(measures, "2026-01-01 10:00 UTC", "abc", 12.0, "200 products", {"memory": "4 GiB"}, failed)


def test_saved_records_are_read_back_whole(tmp_path: Path) -> None:
    records = {"search": record_of(SEARCH), "scale": record_of(GROWTH), "orders": record_of(failed="BenchError: no")}
    record.save(tmp_path, records)
    loaded = record.load(tmp_path)
    assert {name: (list(each.measures), each.failed) for name, each in loaded.items()} == {
        "search": ([SEARCH], ""),
        "scale": ([GROWTH], ""),
        "orders": ([], "BenchError: no"),
    }


def test_empty_folder_has_no_records(tmp_path: Path) -> None:
    assert record.load(tmp_path) == {}


def test_page_shows_every_part_with_its_verdicts_and_plots(tmp_path: Path) -> None:
    page.write(
        tmp_path, {"search": record_of(SEARCH), "scale": record_of(GROWTH), "orders": record_of(failed="no <b>")}
    )
    html = (tmp_path / "index.html").read_text()
    assert "search / raw &lt;p50&gt;" in html
    assert '<span class="missed">missed</span>' in html
    assert "Stopped: no &lt;b&gt;" in html
    assert {file.name for file in tmp_path.iterdir()} == {
        "index.html",
        "ratios.svg",
        "growth-search-p50-at-1-m-at-20-k.svg",
    }
