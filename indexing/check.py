"""Is the index right? Every id and version is compared, and what is wrong can be repaired."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from time import monotonic

from django.utils import timezone

from indexing import compare, repair, sync
from indexing.compare import Difference, Fault, Seen
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
    """What a check found, in products; `examples` are the first of the wrong ones.

    `remaining`: how many are wrong still. Without repair, that is all of them.
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
        """Nothing is wrong now, and nothing was refused; what is only pending is on its way."""
        return not self.remaining and not self.parked


def check_index(*, repair_too: bool = False, progress: Progress | None = None) -> Findings:
    """Compare the serving index with PostgreSQL; with `repair_too` write again what is wrong, and look once more.

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
    _remember(findings, started)
    return findings


def _compare(findings: Findings, progress: Progress, *, repair_too: bool) -> None:
    progress.phase("Comparing", Product.objects.searchable().count())
    seen, faults = Seen(), Counter[Fault]()
    found = compare.differences(findings.index, seen, progress)
    while batch := list(islice(found, compare.SUSPECTS)):
        faults.update(difference.fault for difference in batch)
        findings.examples += [_example(difference) for difference in batch[: EXAMPLES - len(findings.examples)]]
        if repair_too:
            repair.renew_different(batch)
    findings.products, findings.documents, findings.pending = seen.products, seen.documents, seen.pending
    findings.missing, findings.stale, findings.extra = (faults[f] for f in (Fault.MISSING, Fault.STALE, Fault.EXTRA))
    findings.remaining = faults.total()


def _example(difference: Difference) -> dict[str, object]:
    return {"product_id": difference.product_id, "fault": difference.fault.value, "version": difference.found}


def _remember(findings: Findings, started: datetime) -> None:
    figures = {name: getattr(findings, name) for name in FIGURES}
    IndexCheck.objects.create(started_at=started, finished_at=timezone.now(), **figures)
