"""How the figures grow with the catalogue: takes about 20 minutes and 10 GB of disk.

Each size is measured on a system of its own, in a process of its own, and becomes one point of
every curve. All sizes have the same number of stores, and each product is stocked by the same
number of them.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.bench import record, report
from tools.bench.figures import Measure, Series, Target
from tools.devstack import interrupts
from tools.devstack.console import say
from tools.devstack.state import CHECKOUT

SIZES = (20_000, 200_000, 1_000_000)
STORES, STORES_PER_PRODUCT = 200, 10
SEPARATOR = ": "  # between the name of a measure and the sizes that are compared
TARGETS = {"suggest p50": Target(2.0, 1.5), "search, like share of the catalogue, p50": Target(3.0, 2.0)}

Point = dict[str, Measure]  # of one size, by name


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("./dev bench scale", description="Measure how the figures grow.")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="numbers of products")
    parser.add_argument("--keep", action="store_true", help="keep the other sizes of the last results")
    parser.add_argument("--quick", action="store_true", help="a smoke test: the figures mean nothing")
    report.add_common_options(parser)
    options = parser.parse_args(arguments)

    began = time.perf_counter()
    measured: dict[int, Point] = {}
    for size in sorted(options.sizes):
        point = _measure(size, quick=options.quick, borrow=options.borrow)
        if point is None:
            # The smaller sizes took minutes to measure: their figures are saved all the same.
            say(f"Stopped at {size:,} products; the reason is above.")
            break
        measured[size] = point
    if not measured:
        return 1
    points = dict(sorted(((_saved_points(options.output) if options.keep else {}) | measured).items()))
    shared = [name for name in next(iter(measured.values())) if all(name in point for point in points.values())]
    measures = [_growth(name, points) for name in shared]
    report.show("scale", measures, report.console())
    catalogue = f"generated, {STORES} stores, each product at {STORES_PER_PRODUCT}"
    report.save(options.output, {"scale": record.of_now(measures, began=began, catalogue=catalogue)})
    say(f"Saved to {options.output}")
    return 0


def _measure(size: int, *, quick: bool, borrow: bool) -> Point | None:
    """The measures of one size by name; None when it failed."""
    options = [f"--products={size}", f"--stores={STORES}", f"--stores-per-product={STORES_PER_PRODUCT}"]
    options += ["--quick"] * quick + ["--borrow"] * borrow
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tools.bench", "point", *options, f"--output={folder}"]
        if interrupts.wait_for(subprocess.Popen(command, cwd=CHECKOUT)):
            return None
        return {measure.name: measure for measure in record.load(Path(folder))["point"].measures}


def _saved_points(folder: Path) -> dict[int, Point]:
    """The figures of every size in the last results."""
    points: dict[int, Point] = {}
    last = record.load(folder).get("scale")
    for measure in last.measures if last else ():
        name = measure.name.partition(SEPARATOR)[0]
        for size, value in measure.curve:
            points.setdefault(int(size), {})[name] = Measure(name, measure.unit, Series((value,)))
    return points


def _growth(name: str, points: dict[int, Point]) -> Measure:
    """The largest size beside the smallest, with the curve over all sizes."""
    smallest, largest = min(points), max(points)
    return Measure(
        name=f"{name}{SEPARATOR}{largest:,} products / {smallest:,}",
        unit=points[largest][name].unit,
        ours=Series((points[largest][name].ours.median,)),
        limit=Series((points[smallest][name].ours.median,)),
        limit_name=f"{smallest:,} products",
        target=TARGETS.get(name),
        curve=tuple((float(size), measures[name].ours.median) for size, measures in points.items()),
    )
