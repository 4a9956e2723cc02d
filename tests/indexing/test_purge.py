"""Tombstones are deleted when nothing needs them any more, and not earlier."""

from datetime import timedelta

from django.utils import timezone

from indexing import tasks
from indexing.models import SyncState
from products.models import Product
from tests.factories import make_product
from tests.indexing.conftest import SearchIndex


def test_only_old_tombstones_that_the_index_has_are_purged(index: SearchIndex) -> None:
    alive, fresh, old, not_yet_synced = (make_product() for _ in range(4))
    ids = {"alive": alive.pk, "fresh": fresh.pk, "old": old.pk, "not yet synced": not_yet_synced.pk}
    Product.objects.filter(pk__in=[ids["fresh"], ids["old"]]).delete()
    index.sync()
    Product.objects.filter(pk=ids["not yet synced"]).delete()
    SyncState.objects.exclude(pk=ids["fresh"]).update(changed_at=timezone.now() - timedelta(days=2))

    tasks.purge_history()

    kept = set(SyncState.objects.values_list("pk", flat=True))
    assert {name for name, key in ids.items() if key in kept} == {"alive", "fresh", "not yet synced"}
