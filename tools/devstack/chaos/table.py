"""What is going on, as a table on the terminal."""

from rich.table import Table

from tools.devstack.chaos.disturbances import Troublemaker
from tools.devstack.chaos.load import Tally


def table(tally: Tally, trouble: Troublemaker, *, left: float, pending: int | None, memory: int) -> Table:
    """The state of a run with so many seconds left; `pending` is None while PostgreSQL cannot be asked."""
    shown = Table(title=f"{left:4.0f} s left", title_justify="left", show_header=False, box=None)
    answered = ", ".join(f"{kind} {count:,}" for kind, count in sorted(tally.requests.items()))
    shown.add_row("requests", answered)
    shown.add_row("not answered usefully", ", ".join(f"{what}: {n}" for what, n in sorted(tally.bad.items())) or "none")
    shown.add_row("answered from PostgreSQL", f"{tally.degraded:,}")
    shown.add_row("slowest answer", f"{tally.slowest:.2f} s")
    confirmed = sum(status == "CONFIRMED" for status in list(tally.orders.values()))
    shown.add_row("orders", f"{confirmed:,} confirmed, {len(tally.orders) - confirmed:,} rejected")
    shown.add_row("not in the index yet", "?" if pending is None else f"{pending:,} products")
    shown.add_row("memory of the web server", f"{memory / 1e6:,.0f} MB")
    shown.add_row("disturbance", trouble.now or "none just now")
    shown.add_row("so far", ", ".join(f"{what} x{n}" for what, n in sorted(trouble.done.items())) or "none")
    return shown
