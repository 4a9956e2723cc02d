"""Results are saved part by part, read back unchanged, and shown on a Markdown page with plots."""

from pathlib import Path

import pytest

from tools.bench import record, report
from tools.bench.figures import Better, Measure, Series, Target
from tools.bench.record import PartRecord

pytestmark = pytest.mark.unit

SEARCH = Measure(
    "search | raw, p50",
    "ms",
    ours=Series((3.0, 4.0)),
    limit=Series((2.0, 2.0)),
    limit_name="raw",
    target=Target(1.6, 1.4),
    details={"p99 ms": 9.0},
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


def test_page_shows_every_part_with_its_verdicts_details_and_plots(tmp_path: Path) -> None:
    records = {"search": record_of(SEARCH), "scale": record_of(GROWTH), "orders": record_of(failed="BenchError: no")}
    report.save(tmp_path, records)
    page = (tmp_path / "results.md").read_text()
    assert "| search / raw, p50 | 3.50 ms | 2.00 ms | 1.75 | at most 1.60 | at most 1.40 | 29% | missed |" in page
    assert "- search | raw, p50: limit: raw, p99 ms 9.00" in page
    assert ": 20,000 products 3.00 ms, 1,000,000 products 6.00 ms" in page
    assert "**Failed: BenchError: no**" in page
    plots = {"ratios.svg", "growth-search-p50-at-1-m-at-20-k.svg"}
    assert all(f"({plot})" in page for plot in plots)
    assert {file.name for file in tmp_path.iterdir()} == {"results.json", "results.md", *plots}


def test_saving_a_part_keeps_the_other_parts(tmp_path: Path) -> None:
    report.save(tmp_path, {"orders": record_of(GROWTH)})
    report.save(tmp_path, {"search": record_of(SEARCH)})
    assert list(record.load(tmp_path)) == ["search", "orders"]


def test_measure_with_a_limit_of_zero_is_shown_without_a_ratio(tmp_path: Path) -> None:
    merging = Measure("merging", "s", Series((0.2,)), Series((0.0,)), curve=((200.0, 0.0), (400.0, 0.2)))
    report.save(tmp_path, {"scale": record_of(merging)})
    assert "| merging | 0.20 s | 0.00 s |  |  |  | 0% |  |" in (tmp_path / "results.md").read_text()
