"""An older state never replaces a newer one, whatever order workers act in and wherever they die."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from indexing import claims, sync
from indexing.bulk import Result
from indexing.models import SyncState
from products.models import Product
from tests.factories import make_product
from tests.indexing.conftest import SearchIndex, expected_documents
from tests.indexing.workers import Worker


def let_leases_end() -> None:
    """End the leases, but not the wait for late writers."""
    SyncState.objects.filter(due_at__lt=timezone.now() + timedelta(seconds=claims.LEASE)).update(due_at=timezone.now())


def let_late_writers_end() -> None:
    """End the time in which a request of a worker that lost its lease may arrive."""
    SyncState.objects.filter(due_at__isnull=False).update(due_at=timezone.now())


def test_an_older_state_that_is_sent_last_is_refused(index: SearchIndex) -> None:
    product = make_product("Old")
    slow = Worker().claim().read()
    let_leases_end()
    Product.objects.update(name="New")
    Worker().claim().read().send().record()

    slow.send()

    assert slow.outcomes is not None
    assert [outcome.result for outcome in slow.outcomes] == [Result.SUPERSEDED]
    slow.record()
    assert index.documents()[product.pk]["name"] == "New"


def test_a_deleted_product_does_not_come_back_with_a_late_write(index: SearchIndex) -> None:
    make_product()
    slow = Worker().claim().read()
    let_leases_end()
    Product.objects.all().delete()
    Worker().claim().read().send().record()

    slow.send().record()

    assert index.ids() == set()


def test_a_late_write_after_the_deletion_was_forgotten_is_noticed_and_undone(index: SearchIndex) -> None:
    make_product()
    slow = Worker().claim().read()
    let_leases_end()
    Product.objects.all().delete()
    Worker().claim().read().send().record()
    index.forget_deletions()

    slow.send().record()
    assert index.ids() != set(), "OpenSearch still knew the deletion, so this test proves nothing"

    index.sync()
    assert index.ids() == set()


def test_a_late_write_of_a_worker_that_then_died_is_undone_too(index: SearchIndex) -> None:
    make_product()
    slow = Worker().claim().read()
    let_leases_end()
    Product.objects.all().delete()
    Worker().claim().read().send().record()
    index.forget_deletions()

    slow.send()  # and nothing is recorded
    assert index.ids() != set(), "OpenSearch still knew the deletion, so this test proves nothing"

    let_late_writers_end()
    index.sync()
    assert index.ids() == set()


def test_a_worker_that_lost_its_lease_sends_nothing(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "LEASE", -1.0)
    make_product()

    Product.objects.update(name="New")
    assert sync.sync_claim(claims.claim()) == sync.Totals()
    assert index.ids() == set()


def test_claimed_product_is_not_claimed_again_until_the_lease_ends(index: SearchIndex) -> None:
    del index
    product = make_product()
    assert claims.claim().product_ids == [product.pk]

    assert claims.claim().product_ids == []

    let_leases_end()
    again = claims.claim()
    assert (again.product_ids, again.retaken) == ([product.pk], frozenset({product.pk}))


def test_claim_has_the_oldest_products_and_a_few_of_the_newest(
    index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    del index
    monkeypatch.setattr(claims, "NEWEST", 1)
    products = [make_product().pk for _ in range(24)]
    assert claims.claim(20).product_ids == [*products[:19], products[-1]]


CHANGES = ("rename", "hide", "show", "delete", "create again")
steps = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(CHANGES), st.integers(0, 1)),
        st.tuples(st.sampled_from(("step", "step", "step", "send again", "die")), st.integers(0, 2)),
        st.tuples(st.sampled_from(("leases end", "forget deletions")), st.just(0)),
    ),
    min_size=4,
    max_size=24,
)


class Scene:
    """Two products and three workers, and their steps."""

    def __init__(self, index: SearchIndex) -> None:
        self.index = index
        self.ids = [make_product("First").pk, make_product("Second").pk]
        self.workers = [Worker(), Worker(), Worker()]

    def play(self, act: str, which: int) -> None:
        if act in CHANGES:
            self._change(act, self.ids[which])
        elif act == "leases end":
            let_leases_end()
        elif act == "forget deletions":
            self.index.forget_deletions()
        else:
            self._work(act, which)

    def _change(self, act: str, product_id: int) -> None:
        products = Product.objects.filter(pk=product_id)
        if act == "rename":
            products.update(name=F("sku"), popularity=F("popularity") + 1)
        elif act in {"hide", "show"}:
            products.update(active=act == "show")
        elif act == "delete":
            products.delete()
        elif not products.exists():
            make_product("Again", id=product_id)

    def _work(self, act: str, which: int) -> None:
        worker = self.workers[which]
        if act == "die":
            self.workers[which] = Worker()
        elif act == "send again" and worker.outcomes is not None:
            worker.send()
        else:
            worker.step()

    def end(self) -> None:
        """The live workers finish, and the requests of the dead ones can no longer arrive."""
        for worker in self.workers:
            while worker.claimed is not None:
                worker.step()
        let_late_writers_end()
        self.index.sync()


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps)
@example(
    [("step", 0), ("step", 0), ("leases end", 0), ("delete", 0), ("step", 1), ("step", 1), ("step", 1), ("step", 1)]
)
def test_any_order_of_steps_deaths_and_repetitions_ends_in_the_state_of_postgresql(
    index: SearchIndex, acts: list[tuple[str, int]]
) -> None:
    Product.objects.all().delete()
    scene = Scene(index)
    for act, which in acts:
        scene.play(act, which)

    scene.end()

    assert index.documents() == expected_documents()
    assert not SyncState.objects.pending().exists()
