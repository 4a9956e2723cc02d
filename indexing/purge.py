"""Forgetting what is long past."""

from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from indexing.models import IndexCheck, SyncState, SyncTally
from products.models import Product

TOMBSTONES = timedelta(days=1)  # far beyond the longest that a write of the deleted product could still be under way
TALLIES = timedelta(days=2)
CHECKS = timedelta(days=90)


def purge_history() -> None:
    """Delete tombstones that the index has had for long, old tallies and old checks.

    A tombstone may go since versions come from one sequence: a product that is made under its id again starts above.
    """
    now = timezone.now()
    gone = SyncState.objects.filter(due_at=None, version=F("indexed_version"), changed_at__lt=now - TOMBSTONES)
    gone.exclude(pk__in=Product.objects.all()).delete()
    SyncTally.objects.filter(minute__lt=now - TALLIES).delete()
    IndexCheck.objects.filter(finished_at__lt=now - CHECKS).delete()
