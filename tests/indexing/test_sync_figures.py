"""The figures of sync for the admin page and the metrics."""

from datetime import timedelta

import pytest
from django.utils import timezone

from indexing.models import IndexCheck, PhysicalIndex, SyncState, SyncTally
from indexing.selectors import SyncFigures, sync_figures

pytestmark = pytest.mark.django_db


def state(product_id: int, *, indexed: int, age: float = 0.0, error: str = "") -> None:
    now = timezone.now()
    SyncState.objects.create(
        product_id=product_id,
        version=2,
        indexed_version=indexed,
        changed_at=now - timedelta(seconds=age),
        due_at=now if indexed < 2 else None,
        error=error,
    )


def test_figures_of_an_empty_system() -> None:
    assert sync_figures() == SyncFigures(
        serving=None,
        building=None,
        pending=0,
        oldest_seconds=0.0,
        parked=0,
        no_vector=0,
        synced_per_second=0.0,
        last_check=None,
    )


def test_figures_of_a_busy_system() -> None:
    PhysicalIndex.objects.create(name="products-1", state=PhysicalIndex.State.SERVING)
    PhysicalIndex.objects.create(name="products-2", state=PhysicalIndex.State.BUILDING)
    state(1, indexed=2, age=500)
    state(2, indexed=1, age=20)
    state(3, indexed=0, age=10, error="refused")
    minute = timezone.now().replace(second=0, microsecond=0)
    for ago, synced in ((0, 7000), (1, 1500), (5, 1500), (6, 9000)):
        SyncTally.objects.create(minute=minute - timedelta(minutes=ago), synced=synced)
    checks = [
        IndexCheck.objects.create(
            finished_at=minute - timedelta(days=days),
            **dict.fromkeys(
                ("products", "documents", "missing", "stale", "extra", "remaining", "pending", "parked"), days
            ),
        )
        for days in (1, 2)
    ]

    figures = sync_figures()

    assert (figures.serving, figures.building) == ("products-1", "products-2")
    assert (figures.pending, figures.parked) == (2, 1)
    assert figures.oldest_seconds == pytest.approx(20, abs=5)
    assert figures.synced_per_second == 10.0  # 3,000 in the last five whole minutes
    assert figures.last_check == checks[0]


@pytest.mark.parametrize("products", [1, 3])
def test_number_of_queries_does_not_depend_on_the_number_of_products(
    products: int, django_assert_num_queries: "pytest.FixtureRequest"
) -> None:
    for number in range(products):
        state(number, indexed=0)

    with django_assert_num_queries(7):  # type: ignore[operator]
        sync_figures()
