"""Searching while stock changes are indexed."""

from collections.abc import Iterator
from contextlib import nullcontext

from search_api.query import catalogue_terms
from tools.bench.figures import Measure, Target
from tools.bench.load import Load
from tools.bench.queries import search_requests, searches
from tools.bench.quiet import await_quiet
from tools.bench.rig import Rig
from tools.bench.rounds import interleave
from tools.bench.stock_changes import changing_stock
from tools.bench.system import UNCACHED

CHANGES = 200  # a second
SEARCHES = 20  # a second, at a fixed rate: a closed loop would send fewer requests whenever they are slow
LENGTH, WARM_UP = 4, 40  # times the effort's seconds
WARM_UP_CHANGES = 5 * CHANGES
TERMS_SECONDS = 60


def under_sync(rig: Rig) -> Iterator[Measure]:
    """Workers run on both sides; stock changes only on one."""
    if not rig.effort.quick:
        # A worker would do it once, in the first rounds, beside the searches.
        catalogue_terms.refresh(TERMS_SECONDS)
    with rig.workers(), rig.web_with(UNCACHED) as web:
        requests = search_requests(searches(rig.effort.queries))

        def beside_changes(changes: float, length: float = LENGTH) -> dict[str, float]:
            await_quiet()
            with changing_stock(rig.database, changes) if changes else nullcontext():
                return Load(web, requests, length * rig.effort.seconds, connections=8, rate=SEARCHES).run_figures()

        if not rig.effort.quick:
            beside_changes(WARM_UP_CHANGES, WARM_UP)  # until OpenSearch has compiled the code that indexes
        sides = {"idle": lambda: beside_changes(0), "busy": lambda: beside_changes(CHANGES)}
        rounds = interleave(rig.effort.rounds, sides, warm_up=False)
    yield Measure(
        f"search p95 while {CHANGES} stock changes/s are synced / idle",
        "ms",
        ours=rounds["busy"]["p95"],
        limit=rounds["idle"]["p95"],
        limit_name="no changes",
        target=Target(1.4, 1.2),
        details={f"{side} p99 ms": rounds[side]["p99"].median for side in ("busy", "idle")},
    )
