"""`./dev chaos`: mixed load while services are killed, hung and restarted; then the verdict."""

import argparse
import random
import sys
import time

import psutil
import psycopg2
from rich.console import Console
from rich.live import Live

from tools.devstack.chaos.disturbances import Troublemaker, all_of
from tools.devstack.chaos.load import Shopper, Tally
from tools.devstack.chaos.rebuild import Rebuild
from tools.devstack.chaos.shop import Shop
from tools.devstack.chaos.system import System, running
from tools.devstack.chaos.table import table
from tools.devstack.chaos.verdict import Verdict, judge

SHOPPERS = 6
SHORTEST = 0.1  # minutes; in less, too few requests are made for a verdict to mean anything
console = Console()


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    console.print(f"Seed {seed}. Starting a system of its own ...")
    with running(products=options.products, stores=2) as system:
        tally = Tally()
        trouble = Troublemaker([] if options.soak else all_of(system), f"{seed} trouble")
        memory = _run(system, tally, trouble, seed=seed, seconds=options.minutes * 60)
        verdict = judge(system, tally, trouble, memory)
    _show(verdict)
    return 0 if verdict.passed else 1


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("./dev chaos", description=__doc__)
    parser.add_argument("--minutes", type=_minutes, default=2.0, metavar="N", help="how long (default 2)")
    parser.add_argument("--seed", type=int, metavar="S", help="repeat the trouble of an earlier run")
    parser.add_argument("--products", type=int, default=1000, metavar="N", help="size of the catalogue (default 1000)")
    parser.add_argument("--soak", action="store_true", help="load alone, with no trouble: then no request may fail")
    return parser.parse_args(arguments)


def _minutes(value: str) -> float:
    try:
        minutes = float(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} is not a number of minutes") from None
    if not SHORTEST <= minutes < float("inf"):
        raise argparse.ArgumentTypeError(f"{value} is no time to judge by; at least {SHORTEST} are needed")
    return minutes


def _run(system: System, tally: Tally, trouble: Troublemaker, *, seed: int, seconds: float) -> list[int]:
    """Load and trouble for so long, a rebuild of the index half-way; the web server's memory at each look, in bytes."""
    shoppers = [_shopper(system, number, seed, tally) for number in range(SHOPPERS)]
    rebuild = Rebuild(system, tally, after=seconds / 2)
    for thread in (*shoppers, trouble, rebuild):
        thread.start()
    try:
        return _watch(system, tally, trouble, seconds)
    finally:
        trouble.stop()
        rebuild.stop()
        for shopper in shoppers:
            shopper.stop()


def _shopper(system: System, number: int, seed: int, tally: Tally) -> Shopper:
    stores = system.books.rows("SELECT id FROM stores_store ORDER BY id")
    (store,) = stores[number % len(stores)]
    stocked = system.books.rows(
        "SELECT product_id FROM stores_inventory WHERE store_id = %s ORDER BY product_id LIMIT 40", [store]
    )
    shop = Shop(system.web.url, token=system.project.access()["staff_token"])
    return Shopper(shop, store, [product for (product,) in stocked], f"{seed} shopper {number}", tally)


def _watch(system: System, tally: Tally, trouble: Troublemaker, seconds: float) -> list[int]:
    end = time.monotonic() + seconds
    memory: list[int] = []
    with Live(console=console, refresh_per_second=2, transient=not console.is_terminal) as live:
        while (left := end - time.monotonic()) > 0:
            memory.append(_memory(system))
            live.update(table(tally, trouble, left=left, pending=_pending(system), memory=memory[-1]))
            time.sleep(min(1.0, left))
    return memory


def _memory(system: System) -> int:
    pid = system.web.process.pid
    if pid is None:
        return 0
    try:
        master = psutil.Process(pid)
        return sum(process.memory_info().rss for process in (master, *master.children()))
    except psutil.NoSuchProcess:  # one of its processes was just replaced
        return 0


def _pending(system: System) -> int | None:
    if system.stack.postgres.process.paused:
        return None
    try:
        return system.books.pending()
    except psycopg2.Error:
        return None


def _show(verdict: Verdict) -> None:
    for line in verdict.lines:
        console.print(line, markup=False)
    for failure in verdict.failures:
        console.print(f"FAILED: {failure}", markup=False)
    console.print("Every promise was kept." if verdict.passed else "A promise was broken.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
