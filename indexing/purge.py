from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from indexing import vectors
from indexing.models import IndexCheck, SyncState, SyncTally
from products.models import Product

TOMBSTONES = timedelta(days=1)  # much longer than a write of the deleted product can be under way
TALLIES = timedelta(days=2)
CHECKS = timedelta(days=90)


def purge_history() -> None:
    """Delete tombstones that the index has applied, old tallies and checks, and vectors that nothing uses."""
    now = timezone.now()
    # Safe because versions come from one sequence: a product created again under this id gets a higher version.
    applied = SyncState.objects.filter(due_at=None, version=F("indexed_version"), changed_at__lt=now - TOMBSTONES)
    applied.exclude(pk__in=Product.objects.all()).delete()
    SyncTally.objects.filter(minute__lt=now - TALLIES).delete()
    IndexCheck.objects.filter(finished_at__lt=now - CHECKS).delete()
    vectors.forget_unused()
