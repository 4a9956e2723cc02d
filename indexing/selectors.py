"""The state of sync, for the admin page and the metrics."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Min, Sum
from django.utils import timezone

from indexing.models import IndexCheck, MissingVector, PhysicalIndex, SyncState, SyncTally

RATE_MINUTES = 5  # the rate is the mean of this many whole minutes


@dataclass(frozen=True)
class SyncFigures:
    serving: str | None  # name of the physical index
    building: str | None
    pending: int  # products whose last change is not in the index
    oldest_seconds: float  # since the oldest pending change; 0 when nothing is pending
    parked: int  # pending products that were refused
    no_vector: int  # products whose documents wait for a vector
    synced_per_second: float
    last_check: IndexCheck | None


def sync_figures() -> SyncFigures:
    now = timezone.now()
    names = dict(PhysicalIndex.objects.values_list("state", "name").order_by("created_at"))
    pending = SyncState.objects.pending()
    oldest = pending.aggregate(oldest=Min("changed_at"))["oldest"]
    minute = now.replace(second=0, microsecond=0)
    tallies = SyncTally.objects.filter(minute__gte=minute - timedelta(minutes=RATE_MINUTES), minute__lt=minute)
    synced = tallies.aggregate(total=Sum("synced"))["total"] or 0
    return SyncFigures(
        serving=names.get(PhysicalIndex.State.SERVING),
        building=names.get(PhysicalIndex.State.BUILDING),
        pending=pending.count(),
        oldest_seconds=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        parked=SyncState.objects.parked().count(),
        no_vector=MissingVector.objects.count(),
        synced_per_second=synced / (RATE_MINUTES * 60),
        last_check=IndexCheck.objects.first(),
    )
