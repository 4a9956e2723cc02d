"""Were the promises kept? Asked when all is calm again."""

from dataclasses import dataclass, field
from statistics import mean

from tools.devstack.chaos.disturbances import Troublemaker, settle
from tools.devstack.chaos.load import Tally
from tools.devstack.chaos.system import System

RECOVERY_SECONDS = 120.0
CONFIRMATION_SECONDS = 600.0  # a confirmation that failed is tried again after a while
GROWTH = 1.15  # of memory, from the second quarter of a soak to its last: more is a leak


@dataclass
class Verdict:
    """What was seen, and what should not have been."""

    lines: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.failures


def judge(system: System, tally: Tally, trouble: Troublemaker, memory: list[int]) -> Verdict:
    """Wait until the system is well by itself, then hold its books against what customers were told."""
    verdict = Verdict(_summary(tally, trouble, memory))
    verdict.failures += [*tally.broken_promises, *_unserved(tally, trouble)]
    if trouble.failure:
        verdict.failures.append(f"the troublemaker itself failed: {trouble.failure!r}")
    try:
        settle(system, RECOVERY_SECONDS)
        system.books.await_confirmations(CONFIRMATION_SECONDS)
    except TimeoutError as error:
        verdict.failures.append(str(error))
    verdict.failures += [f"lost order: {order_id}" for order_id in system.books.lost_orders(tally.orders)]
    verdict.failures += system.books.wrong()
    if not trouble.done:
        verdict.failures += _grown(memory)
    return verdict


def _summary(tally: Tally, trouble: Troublemaker, memory: list[int]) -> list[str]:
    bad = ", ".join(f"{what}: {count}" for what, count in sorted(tally.bad.items())) or "none"
    confirmed = sum(status == "CONFIRMED" for status in tally.orders.values())
    return [
        f"requests: {tally.requests.total():,}, of no use to a shopper: {bad}; slowest {tally.slowest:.2f} s",
        f"orders: {confirmed:,} confirmed, {len(tally.orders) - confirmed:,} rejected",
        f"disturbances: {trouble.done.total()}: "
        + (", ".join(f"{what} x{count}" for what, count in sorted(trouble.done.items())) or "none"),
        f"rebuild of the index: {tally.rebuild}",
        f"memory of the web server: {_megabytes(memory[:1])} MB at first, {_megabytes(memory[-5:])} MB at last",
    ]


def _megabytes(samples: list[int]) -> str:
    return f"{mean(samples) / 1e6:.0f}" if samples else "?"


def _unserved(tally: Tally, trouble: Troublemaker) -> list[str]:
    """Answers that no fault excuses. Only PostgreSQL is required: with it away, 503 and no answer are honest ones."""
    excused = any("PostgreSQL" in name for name in trouble.done)
    return [
        f"{count} x {what}"
        for what, count in sorted(tally.bad.items())
        if not (excused and what.endswith(("503", "no answer")))
    ]


def _grown(memory: list[int]) -> list[str]:
    quarter = len(memory) // 4
    if quarter == 0:
        return []
    early, late = mean(memory[quarter : 2 * quarter]), mean(memory[-quarter:])
    return [f"memory grew from {early / 1e6:.0f} to {late / 1e6:.0f} MB"] if late > early * GROWTH else []
