"""`./dev chaos`: mixed load while services are killed, paused and restarted; then the verdict."""

import argparse
import random
import shutil
import sys
import time
from collections.abc import Sequence

import psutil
import psycopg2
from rich.console import Console
from rich.live import Live

from tools.devstack import interrupts
from tools.devstack.chaos.faults import FaultInjector, Rebuild, all_faults
from tools.devstack.chaos.load import Shopper, Tally
from tools.devstack.chaos.shop import Shop
from tools.devstack.chaos.system import System, running
from tools.devstack.chaos.verdict import judge, progress
from tools.devstack.state import State

SHOPPERS = 6
SHORTEST = 0.1  # minutes; a shorter run makes too few requests for a verdict
STOCKED = "SELECT product_id FROM stores_inventory WHERE store_id = %s ORDER BY product_id LIMIT 40"
console = Console()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("./dev chaos", description=__doc__)
    parser.add_argument("--minutes", type=_minutes, default=2.0, metavar="N", help="how long (default 2)")
    parser.add_argument("--seed", type=int, metavar="S", help="repeat the faults of an earlier run")
    parser.add_argument("--products", type=int, default=1000, metavar="N", help="size of the catalogue (default 1000)")
    parser.add_argument("--soak", action="store_true", help="load without faults: then no request may fail")
    options = parser.parse_args(arguments)
    interrupts.listen()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    console.print(f"Seed {seed}. Starting a system of its own ...")
    with running(products=options.products, stores=2) as system:
        tally = Tally()
        injector = FaultInjector([] if options.soak else all_faults(system), f"{seed} faults")
        memory = _run(system, tally, injector, seed=seed, seconds=options.minutes * 60)
        verdict = judge(system, tally, injector, memory)
        if verdict.failures:  # the system's own folder is removed
            kept = State.of_checkout().logs / f"chaos-{seed}"
            shutil.copytree(system.project.state.logs, kept, dirs_exist_ok=True)
            verdict.lines.append(f"logs of all services: {kept}")
    for line in [*verdict.lines, *(f"FAILED: {failure}" for failure in verdict.failures)]:
        console.print(line, markup=False, soft_wrap=True)
    console.print("FAILED." if verdict.failures else "Passed: no order was lost, and stock and index are correct.")
    return 1 if verdict.failures else 0


def _minutes(value: str) -> float:
    try:
        minutes = float(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} is not a number of minutes") from None
    if not SHORTEST <= minutes < float("inf"):
        raise argparse.ArgumentTypeError(f"{value} is too short for a verdict; the minimum is {SHORTEST}")
    return minutes


def _run(system: System, tally: Tally, injector: FaultInjector, *, seed: int, seconds: float) -> list[int]:
    """Load and faults for `seconds`; the web server's memory every second, in bytes."""
    stores = system.audit.rows("SELECT id FROM stores_store ORDER BY id")
    threads: list[Shopper | FaultInjector | Rebuild] = [injector, Rebuild(system, tally, after=seconds / 2)]
    for number in range(SHOPPERS):
        (store,) = stores[number % len(stores)]
        products = [product for (product,) in system.audit.rows(STOCKED, [store])]
        shop = Shop(system.web.url, token=system.project.access()["staff_token"])
        threads.append(Shopper(shop, store, products, f"{seed} shopper {number}", tally))
    for thread in threads:
        thread.start()
    end = time.monotonic() + seconds
    memory: list[int] = []
    try:
        with Live(console=console, refresh_per_second=2, transient=not console.is_terminal) as live:
            while (left := end - time.monotonic()) > 0:
                memory.append(_memory(system))
                live.update(progress(tally, injector, left=left, pending=_pending(system), memory=memory[-1]))
                time.sleep(min(1.0, left))
    finally:
        for thread in threads:
            thread.stop()
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
        return system.audit.pending()
    except psycopg2.Error:
        return None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
