"""`python -m tools.bench`, which is `./dev bench`: runs the parts, shows and saves what they gave."""

import argparse
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from tools.bench import markdown, page, record, scale
from tools.bench.errors import BenchError
from tools.bench.figures import Measure
from tools.bench.machine import commit, machine
from tools.bench.parts import PARTS, chosen, part
from tools.bench.record import PartRecord
from tools.bench.report import LOG_WIDTH, show
from tools.bench.rig import FULL, QUICK, Rig
from tools.bench.system import Plan, running

CHECKOUT = Path(__file__).resolve().parents[2]

SCALE_HELP = "./dev bench scale --help: how the system grows, apart because it takes so long"


class Sizes(NamedTuple):
    products: int
    stores: int
    stores_per_product: int


FULL_SIZES = Sizes(20_000, 1_000, 60)
QUICK_SIZES = Sizes(200, 10, 4)


def main() -> int:
    if sys.argv[1:2] == ["scale"]:
        return scale.main(sys.argv[2:])
    options = _parser().parse_args()
    folder = options.output or (CHECKOUT / (".bench" if options.quick else "docs/bench"))
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stops the services too, as Ctrl-C does
    console = Console(width=None if sys.stdout.isatty() else LOG_WIDTH)
    try:
        names = chosen(options.part)
        plan = _plan(options)
        with running(plan) as rig:
            failed = [name for name in names if _run_and_save(name, rig, plan, console, folder)]
    except BenchError as error:
        console.print(f"[red]{error}[/red]")
        return 1
    console.print(f"Saved to {folder}" + (f"; these stopped: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "./dev bench", description="Measure the system beside its limits.", epilog=SCALE_HELP
    )
    parser.add_argument("part", nargs="*", help=f"one or more of {', '.join(PARTS)}; all unless named")
    parser.add_argument("--quick", action="store_true", help="a smoke test: everything runs, no figure means anything")
    parser.add_argument("--catalogue", type=_file, metavar="FILE", help="CSV of products; generated unless given")
    parser.add_argument("--products", type=int, metavar="N", help=f"how many (default {FULL_SIZES.products:,})")
    parser.add_argument("--stores", type=int, metavar="N", help=f"how many stores (default {FULL_SIZES.stores:,})")
    parser.add_argument("--stores-per-product", type=int, metavar="N", help="how many of them have each product")
    parser.add_argument("--borrow", action="store_true", help="use the services that the environment names")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where results go (default docs/bench)")
    return parser


def _file(text: str) -> Path:
    path = Path(text).resolve()
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    return path


def _plan(options: argparse.Namespace) -> Plan:
    sizes = QUICK_SIZES if options.quick else FULL_SIZES
    return Plan(
        effort=QUICK if options.quick else FULL,
        products=options.products or sizes.products,
        stores=options.stores or sizes.stores,
        stores_per_product=options.stores_per_product or sizes.stores_per_product,
        catalogue=options.catalogue,
        borrow=options.borrow,
    )


def _run_and_save(name: str, rig: Rig, plan: Plan, console: Console, folder: Path) -> bool:
    """Whether the part failed."""
    done = _run(name, rig, plan, console)
    _save(folder, {name: done})
    return bool(done.failed)


def _run(name: str, rig: Rig, plan: Plan, console: Console) -> PartRecord:
    """One part; a failure is part of its record, and the other parts still run."""
    began, measures, failed = time.perf_counter(), list[Measure](), ""
    try:
        measures.extend(part(name)(rig))
    except Exception as error:  # noqa: BLE001 - whatever broke it
        console.print_exception(max_frames=4)
        failed = f"{type(error).__name__}: {error}"
    show(name, measures, console)
    return PartRecord(
        measures=measures,
        when=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        commit=commit(),
        seconds=time.perf_counter() - began,
        catalogue=plan.describe(),
        machine=machine(),
        failed=failed,
    )


def _save(folder: Path, records: dict[str, PartRecord]) -> None:
    """These parts replace what the folder has of them; the page shows all, in running order."""
    known = record.load(folder) | records
    ordered = {name: known[name] for name in [*PARTS, *known] if name in known}
    record.save(folder, ordered)
    page.write(folder, ordered)
    markdown.write(folder, ordered)


if __name__ == "__main__":
    sys.exit(main())
