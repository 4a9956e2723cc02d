"""Committed changes are in the index after a sync, and nothing else is."""

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from opensearchpy import NotFoundError

from indexing import claims, documents, generation, indices, snapshot, sync
from indexing.client import sync_client
from indexing.errors import NoServingIndexError
from indexing.models import PhysicalIndex, SyncState, SyncTally
from indexing.names import index_alias, write_alias
from products.models import Category, Product
from stores.models import Inventory
from tests.factories import make_product, make_stock, make_store
from tests.indexing.conftest import SearchIndex, expected_documents, narrow_mapping, unbuildable_product, version_of
from tests.indexing.workers import Worker
from tests.threads import in_threads


def test_created_product_is_in_the_index(index: SearchIndex) -> None:
    store = make_store()
    product = make_product("Lamp", category="Home > Lamps", brand="Bright")
    make_stock(store, product, 3)

    index.sync()

    assert index.documents() == expected_documents()
    assert index.documents()[product.pk]["available_store_ids"] == [str(store.pk)]


def test_hidden_and_deleted_products_leave_the_index_and_one_shown_again_returns(index: SearchIndex) -> None:
    hidden, deleted, kept = make_product(), make_product(), make_product()
    index.sync()

    Product.objects.filter(pk=hidden.pk).update(active=False)
    Product.objects.filter(pk=deleted.pk).delete()
    index.sync()
    assert index.ids() == {kept.pk}

    Product.objects.filter(pk=hidden.pk).update(active=True)
    index.sync()
    assert index.ids() == {kept.pk, hidden.pk}


def test_a_renamed_category_reaches_its_products(index: SearchIndex) -> None:
    product = make_product(category="Home > Lamps")
    index.sync()

    Category.objects.filter(name="Home").update(name="House")
    index.sync()

    assert index.documents()[product.pk]["category_paths"] == ["House", "House > Lamps"]


def test_a_sold_out_product_is_not_available_any_more(index: SearchIndex) -> None:
    product = make_product()
    stock = make_stock(make_store(), product, 1)
    index.sync()

    Inventory.objects.filter(pk=stock.pk).update(quantity=0)
    index.sync()

    assert index.documents()[product.pk]["in_stock"] is False


def test_recorded_version_is_the_version_in_the_index(index: SearchIndex) -> None:
    product = make_product()

    index.sync()

    state = SyncState.objects.get(pk=product.pk)
    assert state.indexed_version == state.version
    assert (state.due_at, state.attempts, state.error) == (None, 0, "")
    assert sync_client().get(index=index_alias(), id=str(product.pk))["_version"] == state.version


def test_a_second_sync_has_nothing_to_do(index: SearchIndex) -> None:
    make_product()
    assert index.sync() == sync.Totals(synced=1)

    assert index.sync() == sync.Totals()


def test_document_and_version_come_from_one_snapshot(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    del index
    product = make_product("Before")
    before = version_of(product.pk)

    def change_then_build(ids: list[int]) -> list[dict[str, Any]]:
        in_threads(lambda: Product.objects.update(name="After"))
        return documents.build_documents(ids)

    monkeypatch.setattr(snapshot, "build_documents", change_then_build)
    (write,) = snapshot.read_snapshot([product.pk]).writes

    assert write.source is not None
    assert (write.version, json.loads(write.source)["name"]) == (before, "Before")


def test_more_than_one_batch_is_synced_in_one_run(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "BATCH", 10)
    for _ in range(25):
        make_product()

    assert index.sync() == sync.Totals(synced=25)
    assert index.documents() == expected_documents()


def test_batches_get_smaller_while_they_take_longer_than_a_lease(
    index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(300):
        make_product()

    def read_slowly(ids: list[int]) -> snapshot.Snapshot:
        time.sleep(0.002 * len(ids))  # as PostgreSQL under heavy load
        return snapshot.read_snapshot(ids)

    monkeypatch.setattr(claims, "LEASE", 0.4)
    monkeypatch.setattr(sync, "read_snapshot", read_slowly)

    assert index.sync().synced == 300
    assert index.documents() == expected_documents()


def test_a_change_during_a_sync_is_still_due_afterwards(index: SearchIndex) -> None:
    product = make_product("Old")
    worker = Worker().claim().read()
    read_version = version_of(product.pk)
    Product.objects.update(name="New")
    worker.send().record()

    state = SyncState.objects.get(pk=product.pk)
    assert state.indexed_version == read_version
    assert state.due_at is not None
    index.sync()
    assert index.documents() == expected_documents()


@pytest.fixture
def narrow_index(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> SearchIndex:
    """An index that refuses a popularity above 127."""
    monkeypatch.setattr(indices, "mapping", narrow_mapping)
    index.rebuild()
    return index


def test_one_refused_document_is_parked_and_999_others_are_indexed(narrow_index: SearchIndex) -> None:
    Product.objects.bulk_create([Product(sku=f"SKU {n}", name="Fine", price=1) for n in range(999)])
    refused = make_product("Refused", popularity=128)

    totals = narrow_index.sync()

    assert totals == sync.Totals(synced=999, refused=1)
    state = SyncState.objects.get(pk=refused.pk)
    assert "mapper_parsing_exception" in state.error
    assert state.indexed_version == 0
    assert list(SyncState.objects.parked()) == [state]
    assert narrow_index.ids() == set(Product.objects.exclude(pk=refused.pk).values_list("pk", flat=True))


def test_product_whose_document_cannot_be_built_is_parked_and_the_others_are_indexed(index: SearchIndex) -> None:
    good = [make_product(), make_product(), make_product()]
    bad = unbuildable_product()

    totals = index.sync()

    assert totals == sync.Totals(synced=3, refused=1)
    assert SyncState.objects.get(pk=bad.pk).error != ""
    assert index.ids() == {product.pk for product in good}


def test_a_refused_product_waits_longer_after_every_attempt(narrow_index: SearchIndex) -> None:
    product = make_product(popularity=128)
    waits: list[timedelta] = []
    for _ in range(3):
        SyncState.objects.update(due_at=timezone.now())
        narrow_index.sync()
        due_at = SyncState.objects.get(pk=product.pk).due_at
        assert due_at is not None
        waits.append(due_at - timezone.now())

    assert [round(wait.total_seconds(), -1) for wait in waits] == [10, 20, 40]


def test_refused_product_is_indexed_after_its_correction(narrow_index: SearchIndex) -> None:
    product = make_product(popularity=128)
    narrow_index.sync()

    Product.objects.update(popularity=127)
    narrow_index.sync()

    assert narrow_index.ids() == {product.pk}
    assert (SyncState.objects.get(pk=product.pk).error, SyncState.objects.parked().count()) == ("", 0)


def test_temporarily_read_only_index_parks_nothing(index: SearchIndex) -> None:
    """OpenSearch sets this block itself when its disk is full."""
    product = make_product()
    sync_client().indices.put_settings(index=index.name, body={"index.blocks.write": True})

    assert index.sync() == sync.Totals(busy=1)
    assert not SyncState.objects.parked().exists()

    sync_client().indices.put_settings(index=index.name, body={"index.blocks.write": False})
    SyncState.objects.update(due_at=timezone.now())
    index.sync()
    assert index.ids() == {product.pk}


def test_new_change_does_not_wait_behind_a_mass_import(index: SearchIndex) -> None:
    Product.objects.bulk_create([Product(sku=f"SKU {n}", name="Storm", price=1) for n in range(1500)])
    newest = make_product()

    sync.sync_claim(claims.claim())

    assert newest.pk in index.ids()
    assert len(index.ids()) == claims.BATCH


def test_sync_makes_cached_search_results_stale(index: SearchIndex) -> None:
    make_product()
    before = generation.read()

    index.sync()

    assert before is not None
    assert generation.read() not in {None, before}


@pytest.mark.usefixtures("index")
def test_cached_search_results_stay_fresh_until_searches_see_the_change() -> None:
    """A new generation before the refresh would let a search cache what it still finds as new."""
    before = generation.read()

    with pytest.raises(NotFoundError):
        sync.make_visible("an-index-whose-refresh-fails")

    assert generation.read() == before


def test_synced_and_refused_products_are_counted(index: SearchIndex) -> None:
    make_product()
    unbuildable_product()

    index.sync()

    assert list(SyncTally.objects.values_list("synced", "refused")) == [(1, 1)]


def test_writes_never_create_an_index(index: SearchIndex) -> None:
    """OpenSearch would guess the mapping, and searches would be wrong without an error."""
    name = index.name
    indices.delete(name)
    product = make_product()

    with pytest.raises(NoServingIndexError):
        index.sync()

    assert not indices.exists(name)
    assert not indices.exists(write_alias(name))
    assert SyncState.objects.pending().filter(pk=product.pk, due_at__lte=timezone.now()).exists()


def test_without_an_index_changes_stay_due(transactional_db: None) -> None:
    del transactional_db
    PhysicalIndex.objects.all().delete()
    product = make_product()

    with pytest.raises(NoServingIndexError):
        sync.sync_due()

    assert SyncState.objects.pending().filter(pk=product.pk, due_at__lte=timezone.now()).exists()


@pytest.mark.parametrize("products", [1, 3])
def test_number_of_queries_does_not_depend_on_the_number_of_products(
    index: SearchIndex, products: int, django_assert_num_queries: Any
) -> None:
    for _ in range(products):
        make_stock(make_store(), make_product(category="Home > Lamps"), 1)

    with django_assert_num_queries(31):
        index.sync()
