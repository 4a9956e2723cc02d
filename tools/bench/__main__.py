"""`./dev bench`: runs the parts of the benchmark, shows and saves their figures."""

import argparse
import sys
import time
from collections.abc import Sequence

from rich.console import Console

from tools.bench import record, report, scale
from tools.bench.errors import BenchError
from tools.bench.figures import Measure
from tools.bench.parts import PARTS, part, selected
from tools.bench.record import PartRecord
from tools.bench.rig import FULL, QUICK, Rig
from tools.bench.system import Plan, running
from tools.devstack import interrupts
from tools.devstack.arguments import existing_file

SCALE_HELP = "./dev bench scale --help: how the figures grow with the catalogue (about 20 minutes)"


def main(arguments: Sequence[str]) -> int:
    if arguments[:1] == ["scale"]:
        return scale.main(arguments[1:])
    options = _parser().parse_args(arguments)
    effort = QUICK if options.quick else FULL
    plan = Plan(
        effort=effort,
        products=options.products or effort.products,
        stores=options.stores or effort.stores,
        stores_per_product=options.stores_per_product or effort.stores_per_product,
        catalogue=options.catalogue,
        borrow=options.borrow,
    )
    interrupts.listen()
    console = report.console()
    failed = []
    try:
        names = selected(options.part)
        with running(plan) as rig:
            for name in names:
                done = _run(name, rig, plan, console)
                report.save(options.output, {name: done})
                if done.failed:
                    failed.append(name)
    except BenchError as error:
        console.print(f"[red]{error}[/red]")
        return 1
    console.print(f"Saved to {options.output}" + (f"; these parts failed: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "./dev bench", description="Measure the system beside its limits.", epilog=SCALE_HELP
    )
    parser.add_argument("part", nargs="*", help=f"one or more of {', '.join(PARTS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="a smoke test: everything runs, the figures mean nothing")
    parser.add_argument(
        "--catalogue", type=existing_file, metavar="FILE", help="CSV of products (default: generated products)"
    )
    parser.add_argument("--products", type=int, metavar="N", help=f"how many (default {FULL.products:,})")
    parser.add_argument("--stores", type=int, metavar="N", help=f"how many stores (default {FULL.stores:,})")
    parser.add_argument("--stores-per-product", type=int, metavar="N", help="how many of them stock each product")
    report.add_common_options(parser)
    return parser


def _run(name: str, rig: Rig, plan: Plan, console: Console) -> PartRecord:
    """Run one part. A failure is recorded, and the other parts still run."""
    began, measures, failed = time.perf_counter(), list[Measure](), ""
    try:
        measures.extend(part(name)(rig))
    except Exception as error:  # noqa: BLE001 - a part may fail in any way
        console.print_exception(max_frames=4)
        failed = f"{type(error).__name__}: {error}"
    report.show(name, measures, console)
    return record.of_now(measures, began=began, catalogue=plan.describe(), failed=failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
