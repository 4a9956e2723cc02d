"""Checks that the index is right: compares every id and version, and can repair what is wrong."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from time import monotonic

from django.utils import timezone

from indexing import compare, repair, sync
from indexing.compare import Fault, Seen
from indexing.errors import NoServingIndexError
from indexing.models import IndexCheck, SyncState
from indexing.progress import Progress, Silence
from indexing.reindex import serving_index
from products.models import Product

EXAMPLES = 10
REPAIR_PATIENCE = 60.0  # s
FIGURES = ("products", "documents", "missing", "stale", "extra", "remaining", "pending", "parked")


@dataclass
class Findings:
    """Counts of products; `examples` are the first wrong ones as {product_id, fault, version}.

    `remaining`: how many are still wrong at the end. Without repair, that is all of them.
    """

    index: str
    products: int = 0
    documents: int = 0
    missing: int = 0
    stale: int = 0
    extra: int = 0
    remaining: int = 0
    pending: int = 0
    parked: int = 0
    seconds: float = 0.0
    examples: list[dict[str, object]] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong now and nothing was refused. Pending products are on their way and do not count."""
        return not self.remaining and not self.parked


def check_index(*, repair_too: bool = False, progress: Progress | None = None) -> Findings:
    """Compare the serving index with PostgreSQL; with `repair_too` rewrite what is wrong and compare again.

    Raises NoServingIndexError and EngineUnavailableError.
    """
    progress, started, began = progress or Silence(), timezone.now(), monotonic()
    serving = serving_index()
    if serving is None:
        raise NoServingIndexError("no index serves searches yet: run manage.py reindex")
    findings = Findings(serving.name)
    _compare(findings, progress, repair_too=repair_too)
    if repair_too and findings.remaining:
        sync.settle(REPAIR_PATIENCE)
        findings.remaining = sum(1 for _ in compare.differences(serving.name, Seen(), progress))
    findings.parked = SyncState.objects.parked().count()
    findings.seconds = round(monotonic() - began, 3)
    IndexCheck.objects.create(
        started_at=started, finished_at=timezone.now(), **{name: getattr(findings, name) for name in FIGURES}
    )
    return findings


def _compare(findings: Findings, progress: Progress, *, repair_too: bool) -> None:
    progress.phase("Comparing", Product.objects.searchable().count())
    seen, faults = Seen(), Counter[Fault]()
    found = compare.differences(findings.index, seen, progress)
    while batch := list(islice(found, compare.SUSPECTS)):
        faults.update(difference.fault for difference in batch)
        findings.examples += [
            {"product_id": one.product_id, "fault": one.fault.value, "version": one.found}
            for one in batch[: EXAMPLES - len(findings.examples)]
        ]
        if repair_too:
            repair.renew_different(batch)
    findings.products, findings.documents, findings.pending = seen.products, seen.documents, seen.pending
    findings.missing, findings.stale, findings.extra = (faults[f] for f in (Fault.MISSING, Fault.STALE, Fault.EXTRA))
    findings.remaining = faults.total()
