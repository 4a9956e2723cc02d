"""Checks that the index is right: compares every id and version, and can repair what is wrong."""

from dataclasses import dataclass
from time import monotonic

from django.utils import timezone

from indexing import indices, stored_terms, sync
from indexing.compare import Fault, compare
from indexing.errors import NoServingIndexError
from indexing.models import IndexCheck, SyncState
from indexing.progress import Progress, Silence
from indexing.reindex import serving_index

REPAIR_PATIENCE = 60.0  # s
FIGURES = ("products", "documents", "missing", "stale", "extra", "remaining", "pending", "parked")


@dataclass(frozen=True)
class Findings:
    """Counts of products; `examples` are the first wrong ones as {product_id, fault, version}.

    `remaining`: how many are still wrong at the end. Without repair, that is all of them.
    `outdated`: the index has another language or mapping than documents are made for now.
    """

    index: str
    products: int
    documents: int
    missing: int
    stale: int
    extra: int
    remaining: int
    pending: int
    parked: int
    outdated: bool
    seconds: float
    examples: list[dict[str, object]]

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong now and nothing was refused. Pending products are on their way and do not count."""
        return not (self.remaining or self.parked or self.outdated)


def check_index(*, repair: bool = False, progress: Progress | None = None) -> Findings:
    """Compare the serving index with PostgreSQL; with `repair` rewrite what is wrong and compare again.

    Raises NoServingIndexError and EngineUnavailableError.
    """
    progress, started, began = progress or Silence(), timezone.now(), monotonic()
    serving = serving_index()
    if serving is None:
        raise NoServingIndexError("no index serves searches yet: run manage.py reindex")
    if repair:
        stored_terms.queue()
    comparison = compare(serving.name, progress, repair=repair)
    remaining = comparison.wrong
    if repair and remaining:
        sync.settle(REPAIR_PATIENCE)
        remaining = compare(serving.name, progress).wrong
    findings = Findings(
        index=serving.name,
        products=comparison.products,
        documents=comparison.documents,
        missing=comparison.faults[Fault.MISSING],
        stale=comparison.faults[Fault.STALE],
        extra=comparison.faults[Fault.EXTRA],
        remaining=remaining,
        pending=comparison.pending,
        parked=SyncState.objects.parked().count(),
        outdated=serving.mapping != indices.fingerprint(serving.vectors),
        seconds=round(monotonic() - began, 3),
        examples=[
            {"product_id": each.product_id, "fault": each.fault.value, "version": each.found}
            for each in comparison.examples
        ],
    )
    IndexCheck.objects.create(
        started_at=started, finished_at=timezone.now(), **{name: getattr(findings, name) for name in FIGURES}
    )
    return findings
