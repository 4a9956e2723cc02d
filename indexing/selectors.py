"""How the index is doing, for the admin page and the metrics."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, Sum
from django.utils import timezone

from indexing.models import IndexCheck, PhysicalIndex, SyncState, SyncTally

RATE_MINUTES = 5  # the rate is that of the last whole minutes


@dataclass(frozen=True)
class SyncFigures:
    """State of sync at one moment. Everything comes from PostgreSQL: it answers whatever OpenSearch does."""

    serving: str | None  # the physical index
    building: str | None
    pending: int  # products that the index does not have as they are
    oldest_seconds: float  # how long ago the first of them changed; 0 when none is pending
    parked: int  # of the pending, those that were refused
    synced_per_second: float
    last_check: IndexCheck | None


def sync_figures() -> SyncFigures:
    names = dict(PhysicalIndex.objects.values_list("state", "name").order_by("created_at"))
    pending = SyncState.objects.pending()
    return SyncFigures(
        serving=names.get(PhysicalIndex.State.SERVING),
        building=names.get(PhysicalIndex.State.BUILDING),
        pending=pending.count(),
        oldest_seconds=_age(pending.aggregate(oldest=Min("changed_at"))["oldest"]),
        parked=SyncState.objects.parked().count(),
        synced_per_second=_rate(),
        last_check=IndexCheck.objects.first(),
    )


def _age(since: datetime | None) -> float:
    return max(0.0, (timezone.now() - since).total_seconds()) if since else 0.0


def _rate() -> float:
    minute = timezone.now().replace(second=0, microsecond=0)
    whole = SyncTally.objects.filter(minute__gte=minute - timedelta(minutes=RATE_MINUTES), minute__lt=minute)
    return (whole.aggregate(total=Sum("synced"))["total"] or 0) / (RATE_MINUTES * 60)
