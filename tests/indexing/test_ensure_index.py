"""A lost index or alias is restored automatically."""

import pytest

from indexing import indices, tasks
from indexing.client import sync_client
from indexing.models import PhysicalIndex
from indexing.names import index_alias, write_alias
from indexing.reindex import Plan, reindex, serving_index
from tests.factories import make_product
from tests.indexing.conftest import (
    SearchIndex,
    delete_indices,
    expected_documents,
    narrow_mapping,
    unbuildable_product,
)


def test_a_sound_index_is_left_alone(index: SearchIndex) -> None:
    before = index.name

    tasks.ensure_index()

    assert index.name == before


def test_a_lost_alias_points_at_the_index_again(index: SearchIndex) -> None:
    make_product()
    index.sync()
    sync_client().indices.delete_alias(index=index.name, name=index_alias())

    tasks.ensure_index()

    assert index.documents() == expected_documents()


def test_a_lost_write_alias_is_created_again(index: SearchIndex) -> None:
    sync_client().indices.delete_alias(index=index.name, name=write_alias(index.name))
    make_product()

    tasks.ensure_index()
    index.sync()

    assert index.documents() == expected_documents()


def test_a_lost_index_is_rebuilt(index: SearchIndex) -> None:
    make_product()
    index.sync()
    lost = index.name
    indices.delete(lost)

    tasks.ensure_index()

    assert index.name != lost
    assert index.documents() == expected_documents()


@pytest.mark.usefixtures("index")
def test_lost_index_is_rebuilt_without_a_product_that_cannot_be_indexed(caplog: pytest.LogCaptureFixture) -> None:
    good = [make_product(), make_product()]
    bad = unbuildable_product()
    index = SearchIndex()
    index.sync()
    indices.delete(index.name)

    tasks.ensure_index()

    assert index.ids() == {product.pk for product in good}
    assert "serves although 1 products cannot be indexed" in caplog.text
    assert f"product {bad.pk}: ValueError" in caplog.text


def test_index_that_refuses_most_products_does_not_serve(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    """For example because it was created with the mapping of another release."""
    for _ in range(20):
        make_product(popularity=128)
    monkeypatch.setattr(indices, "mapping", narrow_mapping)
    indices.delete(index.name)

    tasks.ensure_index()

    assert serving_index() is None


def test_first_index_is_built_automatically(transactional_db: None) -> None:
    del transactional_db
    delete_indices()
    product = make_product()

    tasks.ensure_index()

    assert SearchIndex().ids() == {product.pk}
    delete_indices()


def test_a_rebuild_that_died_right_after_the_swap_is_completed(index: SearchIndex) -> None:
    old = index.name
    new = reindex(Plan()).index
    PhysicalIndex.objects.filter(name=new).update(state="PREVIOUS")
    PhysicalIndex.objects.filter(name=old).update(state=PhysicalIndex.State.SERVING)
    PhysicalIndex.objects.filter(name=new).update(state=PhysicalIndex.State.BUILDING)

    tasks.ensure_index()

    serving = serving_index()
    assert serving is not None
    assert serving.name == new
    assert indices.alias_targets(index_alias()) == {new}


def test_index_created_by_hand_under_the_name_of_the_alias_is_replaced(index: SearchIndex) -> None:
    make_product()
    index.sync()
    serving = index.name
    sync_client().indices.delete_alias(index=serving, name=index_alias())
    sync_client().index(index=index_alias(), id="1", body={"stray": True})

    tasks.ensure_index()

    assert indices.alias_targets(index_alias()) == {serving}
    assert index.documents() == expected_documents()
