"""A rebuild during live changes ends with a correct new index serving, or with the old one."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from indexing import backfill, indices, reindex, sync
from indexing.client import sync_client
from indexing.documents import mapping
from indexing.errors import EngineUnavailableError, ReindexRefusedError
from indexing.models import PhysicalIndex, SyncState
from indexing.names import index_alias
from indexing.progress import Silence
from indexing.reindex import Plan
from indexing.snapshot import read_snapshot
from products.models import Product
from tests.eventually import eventually
from tests.factories import make_attribute, make_product, make_stock, make_store
from tests.indexing.conftest import SearchIndex, delete_indices, expected_documents, narrow_mapping, segments
from tests.indexing.workers import Worker
from tests.threads import in_threads

State = PhysicalIndex.State


def many_products(count: int) -> list[int]:
    created = Product.objects.bulk_create([Product(sku=f"SKU {n}", name="Plain", price=1) for n in range(count)])
    return [product.pk for product in created]


def mapping_with_colour() -> dict[str, Any]:
    """The mapping of a release with one more field."""
    wider = mapping()
    wider["properties"]["colour"] = {"type": "keyword"}
    return wider


def states() -> dict[str, str]:
    return dict(PhysicalIndex.objects.values_list("name", "state"))


def test_a_rebuilt_index_holds_every_searchable_product_and_serves(index: SearchIndex) -> None:
    old = index.name
    make_stock(make_store(), make_product("Lamp", category="Home > Lamps"), 2)
    make_product(active=False)

    report = reindex.reindex(Plan())

    assert report.documents == 1
    assert states() == {old: State.PREVIOUS, report.index: State.SERVING}
    assert indices.alias_targets(index_alias()) == {report.index}
    assert index.documents() == expected_documents()


def test_the_versions_in_a_rebuilt_index_are_those_of_sync(index: SearchIndex) -> None:
    product = make_product()

    index.rebuild()

    found = sync_client().get(index=index_alias(), id=str(product.pk))
    assert found["_version"] == SyncState.objects.get(pk=product.pk).version


def test_the_first_index_of_an_empty_cluster_leaves_sync_nothing_to_do(transactional_db: None) -> None:
    del transactional_db
    delete_indices()
    many_products(1100)
    make_product(attributes={"memory": 8})
    make_attribute("memory", "number")  # its products get new versions in steps of sync

    report = reindex.reindex(Plan())

    assert report.documents == 1101
    assert sync.sync_due() == sync.Totals()
    delete_indices()


def test_an_index_that_has_the_name_of_the_alias_is_replaced(transactional_db: None) -> None:
    del transactional_db
    delete_indices()
    sync_client().index(index=index_alias(), id="1", body={"created": "by a stray write"}, refresh=True)
    product = make_product()

    reindex.reindex(Plan())

    assert SearchIndex().ids() == {product.pk}
    delete_indices()


def test_serving_index_has_the_serving_settings(index: SearchIndex) -> None:
    name = index.rebuild()

    found = sync_client().indices.get_settings(index=name)[name]["settings"]["index"]
    assert found["refresh_interval"] == "1s"
    assert found["number_of_replicas"] == "0"
    assert found["translog"] == {"durability": "request", "flush_threshold_size": "64mb"}
    assert found["gc_deletes"] == "1h"
    assert found["merge_on_flush"]["enabled"] == "false"
    assert found["merge"]["policy"] == {"floor_segment": "2mb", "max_merge_at_once": "10"}


def test_changes_and_deletions_during_the_load_are_in_the_new_index(index: SearchIndex, monkeypatch: Any) -> None:
    """Sync runs between the read and the send of every range."""
    ids = many_products(1200)
    index.sync()
    read = read_snapshot

    def read_then_change(chunk: list[int]) -> Any:
        snapshot = read(chunk)
        Product.objects.filter(pk=chunk[0]).update(name="Changed")
        Product.objects.filter(pk=chunk[1]).delete()
        Product.objects.filter(pk=chunk[2]).update(active=False)
        sync.sync_due()
        return snapshot

    monkeypatch.setattr("indexing.backfill.read_snapshot", read_then_change)
    index.rebuild(workers=1)

    assert index.documents() == expected_documents()
    assert len(index.ids()) == len(ids) - 6


def test_load_that_writes_a_deleted_product_late_does_not_restore_it(index: SearchIndex, monkeypatch: Any) -> None:
    many_products(3)
    index.sync()
    read = read_snapshot

    def read_then_delete(chunk: list[int]) -> Any:
        snapshot = read(chunk)
        Product.objects.filter(pk=chunk[0]).delete()
        sync.sync_due()
        index.forget_deletions(PhysicalIndex.objects.get(state=State.BUILDING).name)
        return snapshot

    monkeypatch.setattr("indexing.backfill.read_snapshot", read_then_delete)
    index.rebuild(workers=1)

    assert index.documents() == expected_documents()
    assert len(index.ids()) == 2


def test_late_write_of_a_worker_that_read_before_the_rebuild_is_corrected(index: SearchIndex) -> None:
    """It knows only the serving index. The comparison finds what its late write abandoned out."""
    product = make_product("Old")
    index.sync()
    Product.objects.update(name="New")
    early = Worker().claim().read()
    target = reindex._new_target()  # noqa: SLF001 - a rebuild, one step at a time
    backfill.load(target, 1, Silence())
    early.send().record()
    indices.finish_loading(target.name)
    sync_client().delete(index=target.name, id=str(product.pk), refresh=True)

    reindex.reindex(Plan(resume=True))

    assert index.documents() == expected_documents()


@pytest.mark.usefixtures("index")
def test_load_stops_when_the_engine_stays_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a full disk: it answers, and refuses each write."""
    make_product()
    target = reindex._new_target()  # noqa: SLF001 - a rebuild, one step at a time
    sync_client().indices.put_settings(index=target.name, body={"index.blocks.write": True})
    monkeypatch.setattr(backfill, "PATIENCE", 0.0)
    with pytest.raises(EngineUnavailableError, match="busy"):
        backfill.load(target, 1, Silence())


@pytest.mark.usefixtures("index")
def test_new_index_is_merged_into_one_segment() -> None:
    target = reindex._new_target()  # noqa: SLF001 - a rebuild, one step at a time
    for _ in range(3):
        make_product()
        backfill.load(target, 1, Silence())
        target.loaded_to = 0
        sync_client().indices.refresh(index=target.name)
    indices.finish_loading(target.name)
    assert segments(target.name) > 1

    reindex.serve(target)

    eventually(lambda: segments(target.name) == 1)


def test_searches_see_every_product_at_every_moment_of_a_rebuild(index: SearchIndex) -> None:
    ids = set(many_products(600))
    index.sync()
    done = threading.Event()
    answers: list[set[int]] = []

    def search() -> None:
        while not done.is_set():
            answers.append(index.ids())

    def rebuild() -> None:
        try:
            index.rebuild()
        finally:
            done.set()

    in_threads(search, rebuild)

    assert answers
    assert all(answer == ids for answer in answers)


def test_refused_document_stops_the_rebuild_with_its_reason(index: SearchIndex, monkeypatch: Any) -> None:
    old = index.name
    product = make_product(popularity=128)
    index.sync()
    monkeypatch.setattr(indices, "mapping", narrow_mapping)

    with pytest.raises(ReindexRefusedError) as refused:
        index.rebuild()

    assert refused.value.reasons[0] == "1 products cannot be indexed"
    assert refused.value.reasons[1].startswith(f"product {product.pk}: mapper_parsing_exception")
    assert index.name == old
    assert index.ids() == {product.pk}


def test_refused_documents_may_be_allowed(index: SearchIndex, monkeypatch: Any) -> None:
    make_product(popularity=128)
    good = make_product()
    monkeypatch.setattr(indices, "mapping", narrow_mapping)

    index.rebuild(allow_refused=1)

    assert index.ids() == {good.pk}


@pytest.mark.parametrize("leave", [SearchIndex.rebuild, lambda _: reindex.rollback()], ids=["rebuild", "rollback"])
def test_refused_product_is_tried_again_when_another_index_serves(
    index: SearchIndex, monkeypatch: Any, leave: Callable[[SearchIndex], object]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(indices, "mapping", narrow_mapping)
        index.rebuild()
    product = make_product(popularity=128)
    index.sync()
    assert SyncState.objects.parked().count() == 1

    leave(index)
    index.sync()

    assert index.ids() == {product.pk}
    assert not SyncState.objects.parked().exists()


def test_only_one_rebuild_runs_at_a_time(index: SearchIndex) -> None:
    def other() -> None:
        with pytest.raises(ReindexRefusedError, match="another reindex is running"):
            index.rebuild()

    with reindex.rebuild_lock():
        in_threads(other)


def test_resumed_load_continues_where_it_stopped(index: SearchIndex, monkeypatch: Any) -> None:
    many_products(2200)
    index.sync()
    load_range = backfill._load_range  # noqa: SLF001 - to fail in its middle

    def fail_late(ids: list[int], **options: Any) -> int:
        if ids[0] > 1000 and len(seen) >= 2:
            raise EngineUnavailableError("unavailable")
        seen.append(ids)
        return load_range(ids, **options)

    seen: list[list[int]] = []
    monkeypatch.setattr(backfill, "_load_range", fail_late)
    with pytest.raises(EngineUnavailableError):
        index.rebuild(workers=1)
    monkeypatch.setattr(backfill, "_load_range", load_range)
    abandoned = PhysicalIndex.objects.get(state=State.BUILDING)
    assert abandoned.loaded_to == seen[-1][-1]

    assert index.rebuild(resume=True) == abandoned.name
    assert index.documents() == expected_documents()


def test_changes_while_a_rebuild_is_interrupted_are_in_the_resumed_one(index: SearchIndex) -> None:
    many_products(10)
    index.sync()
    target = reindex._new_target()  # noqa: SLF001 - a rebuild that was killed after its load
    backfill.load(target, 1, Silence())
    connection.close()

    Product.objects.filter(sku="SKU 3").delete()
    Product.objects.filter(sku="SKU 4").update(name="Changed")
    index.sync()

    assert index.rebuild(resume=True) == target.name
    assert index.documents() == expected_documents()


def test_new_rebuild_deletes_an_abandoned_one(index: SearchIndex) -> None:
    abandoned = reindex._new_target()  # noqa: SLF001 - a rebuild that was killed

    index.rebuild()

    assert abandoned.name not in states()
    assert not indices.exists(abandoned.name)


def test_sync_continues_when_the_building_index_was_deleted(index: SearchIndex) -> None:
    target = reindex._new_target()  # noqa: SLF001 - a rebuild that was killed
    indices.delete(target.name)
    make_product()

    index.sync()

    assert states() == {index.name: State.SERVING}
    assert index.documents() == expected_documents()


def test_rollback_updates_the_previous_index_and_lets_it_serve(index: SearchIndex) -> None:
    old = index.name
    kept, deleted = make_product(), make_product()
    index.sync()
    new = index.rebuild()
    Product.objects.filter(pk=deleted.pk).delete()
    Product.objects.filter(pk=kept.pk).update(name="Newer")
    make_product()
    index.sync()

    reindex.rollback()

    assert states() == {old: State.SERVING, new: State.PREVIOUS}
    assert index.documents() == expected_documents()


def test_rollback_without_a_previous_index_is_refused(index: SearchIndex) -> None:
    with pytest.raises(ReindexRefusedError, match="no previous index"):
        reindex.rollback()

    assert states() == {index.name: State.SERVING}


def test_failed_rollback_changes_nothing(index: SearchIndex, monkeypatch: Any) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(indices, "mapping", narrow_mapping)
        previous = index.rebuild()
    serving = index.rebuild()
    make_product(popularity=128)
    index.sync()

    with pytest.raises(ReindexRefusedError, match="cannot be indexed"):
        reindex.rollback()

    assert states()[previous] == State.PREVIOUS
    assert states()[serving] == State.SERVING


def test_rollback_to_an_index_without_fields_that_the_code_writes_is_refused(
    index: SearchIndex, monkeypatch: Any
) -> None:
    """Versions agree and nothing is parked, but the next change of any product would be refused."""
    make_product()
    index.sync()
    previous = index.name
    monkeypatch.setattr(indices, "mapping", mapping_with_colour)
    serving = index.rebuild()

    with pytest.raises(ReindexRefusedError) as refused:
        reindex.rollback()

    assert refused.value.reasons == (f"{previous} has no field colour: deploy the code that goes with it first",)
    assert states() == {previous: State.PREVIOUS, serving: State.SERVING}


def test_requested_number_of_previous_indices_is_kept(index: SearchIndex) -> None:
    names = [index.name, *(index.rebuild(keep=2) for _ in range(3))]

    assert set(states()) == set(names[1:])
    assert not indices.exists(names[0])


def test_rebuild_is_needed_only_for_a_new_mapping(index: SearchIndex, monkeypatch: Any) -> None:
    assert not reindex.is_needed()

    monkeypatch.setattr(indices, "mapping", mapping_with_colour)

    assert reindex.is_needed()
    index.rebuild()
    assert not reindex.is_needed()
