"""The state of a run while it goes on, and the verdict after it."""

from dataclasses import dataclass, field
from statistics import mean

from rich.table import Table

from tools.devstack.chaos.faults import FaultInjector
from tools.devstack.chaos.load import Tally
from tools.devstack.chaos.system import System

RECOVERY_SECONDS = 120.0
CONFIRMATION_SECONDS = 600.0  # a confirmation that failed is sent again after some minutes
GROWTH = 1.15  # of memory, from the second quarter of a soak to its last: more is a leak


@dataclass
class Verdict:
    """What the run did, and what went wrong."""

    lines: list[str]
    failures: list[str] = field(default_factory=list)


def progress(tally: Tally, injector: FaultInjector, *, left: float, pending: int | None, memory: int) -> Table:
    """The state of a run; `pending` is None while PostgreSQL does not answer."""
    table = Table(title=f"{left:4.0f} s left", title_justify="left", show_header=False, box=None)
    for row in {
        "requests": ", ".join(f"{kind} {count:,}" for kind, count in sorted(tally.requests.items())),
        "failed requests": _listed(tally.failed),
        "answered from PostgreSQL": f"{tally.degraded:,}",
        "slowest response": f"{tally.slowest:.2f} s",
        "orders": tally.order_counts(),
        "not in the index yet": "?" if pending is None else f"{pending:,} products",
        "memory of the web server": f"{memory / 1e6:,.0f} MB",
        "fault": injector.now or "none at the moment",
        "faults so far": _listed(injector.done),
    }.items():
        table.add_row(*row)
    return table


def judge(system: System, tally: Tally, injector: FaultInjector, memory: list[int]) -> Verdict:
    """Wait for the recovery of the system, then compare its data with the acknowledged orders."""
    # Only PostgreSQL is required: without it, 503 and no answer are correct.
    excused = ("503", "no answer") if any("PostgreSQL" in name for name in injector.done) else ()
    failures = [*tally.violations]
    failures += [f"{count} x {what}" for what, count in sorted(tally.failed.items()) if not what.endswith(excused)]
    if injector.failure:
        failures.append(f"the fault injector failed: {injector.failure!r}")
    try:
        system.await_recovery(RECOVERY_SECONDS)
        system.audit.await_confirmations(CONFIRMATION_SECONDS)
    except TimeoutError as error:
        failures.append(str(error))
    failures += [f"lost order: {order_id}" for order_id in system.audit.lost_orders(tally.orders)]
    failures += system.audit.errors()
    quarter = len(memory) // 4
    if quarter and not injector.done:
        early, late = mean(memory[quarter : 2 * quarter]), mean(memory[-quarter:])
        if late > early * GROWTH:
            failures.append(f"memory grew from {early / 1e6:.0f} to {late / 1e6:.0f} MB")
    total, failed = tally.requests.total(), _listed(tally.failed)
    lines = [
        f"requests: {total:,}, failed: {failed}; slowest response {tally.slowest:.2f} s",
        f"orders: {tally.order_counts()}",
        f"faults: {injector.done.total()}: {_listed(injector.done)}",
        f"rebuild of the index: {tally.rebuild}",
        f"memory of the web server: {_megabytes(memory[:1])} MB at the start, {_megabytes(memory[-5:])} MB at the end",
    ]
    return Verdict(lines, failures)


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{what} x{count:,}" for what, count in sorted(counts.items())) or "none"


def _megabytes(samples: list[int]) -> str:
    return f"{mean(samples) / 1e6:.0f}" if samples else "?"
