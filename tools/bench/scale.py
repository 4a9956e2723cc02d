"""How the system grows: `./dev bench scale [--sizes N ...]`, which takes some 20 minutes and 10 GB of disk.

Each size gets a system of its own, in a process of its own; its figures become one point of every curve. All sizes have
the same stores, and every product is at as many of them.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from tools.bench import markdown, page, record
from tools.bench.figures import Measure, Series, Target
from tools.bench.load import CHECKOUT
from tools.bench.machine import commit, machine
from tools.bench.record import PartRecord
from tools.bench.report import LOG_WIDTH, show
from tools.bench.system import say

SIZES = (20_000, 200_000, 1_000_000)
STORES, STORES_PER_PRODUCT = 200, 10
OF = ": "  # between the name of a measure and the sizes that are compared
TARGETS = {"suggest p50": Target(2.0, 1.5), "search, like share of the catalogue, p50": Target(3.0, 2.0)}

Point = dict[str, Measure]  # of one size, by name


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    began = time.perf_counter()
    folder = options.output or CHECKOUT / (".bench" if options.quick else "docs/bench")
    measured = _points(sorted(options.sizes), quick=options.quick)
    if not measured:
        return 1
    known = _known(folder) if options.keep else {}
    points = dict(sorted((known | measured).items()))
    shared = [name for name in next(iter(measured.values())) if all(name in point for point in points.values())]
    measures = [_grown(name, points) for name in shared]
    show("scale", measures, Console(width=None if sys.stdout.isatty() else LOG_WIDTH))
    scaled = PartRecord(
        measures=measures,
        when=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        commit=commit(),
        seconds=time.perf_counter() - began,
        catalogue=f"generated, {STORES} stores, each product at {STORES_PER_PRODUCT}",
        machine=machine(),
    )
    records = record.load(folder) | {"scale": scaled}
    record.save(folder, records)
    page.write(folder, records)
    markdown.write(folder, records)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("./dev bench scale", description="Measure how the system grows.")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="numbers of products")
    parser.add_argument("--keep", action="store_true", help="keep the points of other sizes, from the last results")
    parser.add_argument("--quick", action="store_true", help="a smoke test: no figure means anything")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where results go (default docs/bench)")
    return parser


def _points(sizes: Sequence[int], *, quick: bool) -> dict[int, Point]:
    """By size, as far as it went: what the smaller sizes took minutes to give is kept when a larger one fails."""
    points = {}
    for size in sizes:
        try:
            points[size] = _point(size, quick=quick)
        except subprocess.CalledProcessError:
            say(f"Stopped at {size:,} products; why is above.")
            break
    return points


def _known(folder: Path) -> dict[int, Point]:
    """What the last results say of each size."""
    points: dict[int, Point] = {}
    last = record.load(folder).get("scale")
    for measure in last.measures if last else ():
        name = measure.name.partition(OF)[0]
        for size, value in measure.curve:
            points.setdefault(int(size), {})[name] = Measure(name, measure.unit, Series((value,)))
    return points


def _point(size: int, *, quick: bool) -> Point:
    """The measures of one size by name; fails when any part of it failed."""
    options = [f"--products={size}", f"--stores={STORES}", f"--stores-per-product={STORES_PER_PRODUCT}"]
    options += ["--quick"] if quick else []
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tools.bench", "point", *options, f"--output={folder}"]
        subprocess.run(command, check=True, cwd=CHECKOUT)
        return {measure.name: measure for measure in record.load(Path(folder))["point"].measures}


def _grown(name: str, points: dict[int, Point]) -> Measure:
    """The largest size beside the smallest."""
    sizes: Sequence[int] = list(points)
    least, most = points[sizes[0]][name], points[sizes[-1]][name]
    return Measure(
        name=f"{name}{OF}{sizes[-1]:,} products / {sizes[0]:,}",
        unit=most.unit,
        ours=Series((most.ours.median,)),
        limit=Series((least.ours.median,)),
        limit_name=f"{sizes[0]:,} products",
        target=TARGETS.get(name),
        curve=tuple((float(size), measures[name].ours.median) for size, measures in points.items()),
    )
