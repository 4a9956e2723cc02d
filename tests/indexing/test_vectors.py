"""Vectors of products: made behind the index, written with whole documents, and never made twice."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from indexing import claims, indices, vectors
from indexing.client import sync_client
from indexing.models import MissingVector, PhysicalIndex, TextVector
from indexing.tasks import encode_vectors
from products.models import Product
from tests.environment import SENTENCE_MODEL
from tests.eventually import eventually
from tests.factories import make_category, make_product
from tests.indexing.conftest import SearchIndex, delete_indices, segments

pytestmark = [
    pytest.mark.service,
    pytest.mark.skipif(not SENTENCE_MODEL, reason="SEMANTIC_MODEL_PATH names no model"),
]


@pytest.fixture
def index(index: SearchIndex, settings: Settings) -> SearchIndex:
    """An empty index that serves and maps vectors."""
    settings.SEMANTIC_MODEL_PATH = SENTENCE_MODEL
    index.rebuild()
    return index


def cosine_order(text: str) -> list[int]:
    """Products in the index with a vector, the nearest to the text first."""
    vector = memoryview(vectors.model().encode(text)).cast("b").tolist()
    body = {"size": 50, "query": {"knn": {vectors.FIELD: {"vector": vector, "k": 50}}}}
    sync_client().indices.refresh(index="*")
    return [int(hit["_id"]) for hit in sync_client().search(index=serving().name, body=body)["hits"]["hits"]]


def serving() -> PhysicalIndex:
    return PhysicalIndex.objects.get(state=PhysicalIndex.State.SERVING)


def test_vector_follows_the_document(index: SearchIndex) -> None:
    sofa, saw = make_product("Green two-seat sofa"), make_product("Cordless circular saw")
    index.sync()
    assert index.ids() == {sofa.pk, saw.pk}
    assert cosine_order("couch") == []
    vectors.update_completeness()
    assert not vectors.usable()

    assert vectors.encode_missing() == 2
    assert not vectors.usable()  # the index does not have them yet
    index.sync()
    encode_vectors()

    assert cosine_order("couch") == [sofa.pk, saw.pk]
    assert cosine_order("power tool") == [saw.pk, sofa.pk]
    assert vectors.usable()
    assert not claims.is_due()


def test_price_stock_and_rebuild_encode_nothing(index: SearchIndex) -> None:
    lamp = make_product("Table lamp", price="5.00")
    index.sync()
    vectors.encode_missing()
    index.sync()
    Product.objects.update(price="6.00")
    index.sync()
    assert not MissingVector.objects.exists()
    assert index.documents()[lamp.pk]["price"] == "6.00"
    assert cosine_order("lamp") == [lamp.pk]
    index.rebuild()
    assert not MissingVector.objects.exists()
    assert cosine_order("lamp") == [lamp.pk]
    assert vectors.usable()


CHANGES: list[dict[str, Any]] = [{"name": "Garden hose"}, {"brand": "Gardena"}, {"category": "Garden"}]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_change_of_the_text_makes_another_vector(index: SearchIndex, change: dict[str, Any]) -> None:
    make_product("Table lamp")
    index.sync()
    vectors.encode_missing()
    index.sync()
    if "category" in change:
        change = {"category": make_category(change["category"])}
    Product.objects.update(**change)
    index.sync()
    assert vectors.encode_missing() == 1
    assert TextVector.objects.count() == 2
    vectors.forget_unused()
    assert TextVector.objects.count() == 1


def test_products_of_one_text_share_a_vector(index: SearchIndex) -> None:
    first, second = make_product("Table lamp"), make_product("Table lamp")
    index.sync()
    vectors.encode_missing()
    index.sync()
    assert TextVector.objects.count() == 1
    assert set(cosine_order("lamp")) == {first.pk, second.pk}


def test_hidden_product_waits_for_no_vector(index: SearchIndex) -> None:
    product = make_product("Table lamp")
    index.sync()
    Product.objects.update(active=False)
    vectors.encode_missing()
    index.sync()
    assert not MissingVector.objects.exists()
    assert not TextVector.objects.exists()
    assert product.pk not in index.ids()


def test_encoding_goes_on_where_a_stopped_run_ended(index: SearchIndex) -> None:
    Product.objects.bulk_create([Product(sku=str(n), name=f"Lamp {n}", price=1) for n in range(vectors.STEP + 1)])
    index.sync()
    assert vectors.encode_missing(longest=0) == 0
    assert vectors.encode_missing() == vectors.STEP + 1
    assert TextVector.objects.count() == vectors.STEP + 1


def test_index_without_vectors_gets_whole_documents(index: SearchIndex, settings: Settings) -> None:
    """As while a shop that got the model has not rebuilt its index, or is rebuilding it beside live changes."""
    delete_indices()
    settings.SEMANTIC_MODEL_PATH = ""
    index.rebuild()
    settings.SEMANTIC_MODEL_PATH = SENTENCE_MODEL
    lamp = make_product("Table lamp")
    index.sync()
    assert index.ids() == {lamp.pk}
    assert vectors.encode_missing() == 0

    building = PhysicalIndex.objects.create(
        name=f"{serving().name}-next", state=PhysicalIndex.State.BUILDING, vectors=vectors.current_model()
    )
    indices.create_for_loading(building.name, building.vectors)
    Product.objects.update(price="6.00")
    index.sync()
    assert vectors.encode_missing() == 1
    totals = index.sync()
    assert (totals.synced, totals.refused) == (1, 0)
    indices.refresh(building.name)
    names = serving().name, building.name
    with_vector = {"query": {"exists": {"field": vectors.FIELD}}}
    assert [sync_client().count(index=name, body=with_vector)["count"] for name in names] == [0, 1]
    shown = [index.documents(name)[lamp.pk] for name in names]
    assert {**shown[1], vectors.FIELD: None} == {**shown[0], vectors.FIELD: None}


def test_a_few_new_products_do_not_turn_vectors_off(index: SearchIndex) -> None:
    make_product("Table lamp")
    index.sync()
    vectors.encode_missing()
    index.sync()
    encode_vectors()
    assert vectors.usable()
    names = [f"Lamp {number}" for number in range(vectors.FEW + 1)]
    for name in names[:-1]:
        make_product(name)
    index.sync()
    vectors.update_completeness()
    assert vectors.usable()
    make_product(names[-1])
    index.sync()
    vectors.update_completeness()
    assert not vectors.usable()


def test_index_is_merged_once_its_vectors_are_complete(index: SearchIndex) -> None:
    for _ in range(2):
        make_product()
        index.sync()
        vectors.encode_missing()
        index.sync()
    assert segments(serving().name) > 1
    encode_vectors()
    assert vectors.usable()
    eventually(lambda: segments(serving().name) == 1)


def test_large_import_turns_vectors_off_at_once(index: SearchIndex) -> None:
    make_product("Table lamp")
    index.sync()
    vectors.encode_missing()
    index.sync()
    encode_vectors()
    assert vectors.usable()
    Product.objects.bulk_create([Product(sku=str(n), name=f"Lamp {n}", price=1) for n in range(vectors.FEW + 1)])
    index.sync()
    assert not vectors.usable()


def test_without_the_file_there_are_no_vectors(index: SearchIndex, settings: Settings) -> None:
    settings.SEMANTIC_MODEL_PATH = f"{SENTENCE_MODEL}.gone"
    make_product("Table lamp")
    index.rebuild()
    assert vectors.encode_missing() == 0
    assert not MissingVector.objects.exists()
    mapped = sync_client().indices.get_mapping(index=serving().name)[serving().name]["mappings"]["properties"]
    assert vectors.FIELD not in mapped
    assert not vectors.usable()


@pytest.fixture(autouse=True)
def _no_indices() -> Iterator[None]:
    yield
    delete_indices()
