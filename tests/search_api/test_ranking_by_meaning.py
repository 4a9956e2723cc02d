"""Search by meaning: it orders what the words find, and changes neither what is found nor what is counted."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from opensearchpy import OpenSearch
from pytest_django import Settings

from indexing import indices, vectors
from indexing.documents import build_documents, mapping
from indexing.models import PhysicalIndex
from indexing.names import index_alias
from products.models import Product
from search_api.contracts import Sort
from search_api.engine import dense
from search_api.engine.ranking import LEXICAL_FIRST, follow, fuse
from tests.environment import SENTENCE_MODEL
from tests.factories import make_product
from tests.search_api.conftest import Shop

needs_model = pytest.mark.skipif(not SENTENCE_MODEL, reason="SEMANTIC_MODEL_PATH names no model")


class ShopWithVectors(Shop):
    """Its index has a vector for every product."""

    def open(self, mappings: dict[str, Any]) -> None:
        super().open(mappings)
        self.client.indices.delete(index=self.index)
        body = indices.body(vectors.current_model()) | {"aliases": {index_alias(): {}}}
        self.client.indices.create(index=self.index, body=body)
        serving = PhysicalIndex.State.SERVING
        PhysicalIndex.objects.create(
            name=self.index, state=serving, vectors=vectors.current_model(), vectors_complete=True
        )
        dense.forget()

    def refresh(self) -> None:
        super().refresh()
        ids = list(Product.objects.values_list("pk", flat=True))
        vectors.note_missing(ids)
        vectors.encode_missing()
        made = {text.product_id: text.vector for text in vectors.read_texts(ids)}
        for document in build_documents(ids):
            vector = memoryview(made[document["id"]] or b"").cast("b").tolist()
            self.client.index(index=self.index, id=document["id"], body={**document, vectors.FIELD: vector})
        self.client.indices.refresh(index=self.index)


@pytest.fixture
def shop(db: None, engine_client: OpenSearch, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    del db
    settings.SEMANTIC_MODEL_PATH = SENTENCE_MODEL
    settings.SEARCH_CACHE_SECONDS = 0  # tests turn vectors off and on
    settings.SEARCH_TIMEOUT = 20  # on a busy machine too
    monkeypatch.setattr(dense, "LONGEST", 10)
    opened = ShopWithVectors(engine_client)
    yield opened
    opened.close()
    dense.forget()


@pytest.fixture
def outcomes() -> Iterator[list[str]]:
    """What became of each search by meaning."""
    seen: list[str] = []

    def note(*, outcome: str, **_: Any) -> None:
        seen.append(outcome)

    dense.searched.connect(note)
    yield seen
    dense.searched.disconnect(note)


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """So few candidates that a small shop has several pages behind them."""
    monkeypatch.setattr(dense, "CANDIDATES", 6)
    for module in ("search_api.engine.dense", "search_api.engine.ranking"):
        monkeypatch.setattr(importlib.import_module(module), "LEXICAL_FIRST", 4)


def all_pages(shop: Shop, q: str, size: int = 3, **parameters: Any) -> list[int]:
    first = shop.search(q, page_size=size, **parameters)
    pages = range(1, first.count // size + 3)
    return [hit["id"] for page in pages for hit in shop.search(q, page=page, page_size=size, **parameters).results]


CHAIRS = (
    "Chair leather office ergonomic",
    "Leather belt for trousers",
    "Wallet of brown leather",
    "Office paper ream",
    "Ergonomic knife handle",
    "Swivel chair with armrests",
    "Chair pad",
    "Leather polish",
    "Office stapler",
    "Ergonomic pen",
)


@needs_model
def test_where_no_product_has_every_word_meaning_counts_too(shop: Shop, outcomes: list[str]) -> None:
    shop.sells("Leather belt", "Leather dye", "Desk lamp", "Seat for a desk, upholstered", "Leather polish")
    names = shop.names("comfortable leather seat at a writing desk")
    assert names[0] == "Seat for a desk, upholstered"
    assert len(names) == 5
    assert outcomes == ["used"]


@needs_model
@pytest.mark.usefixtures("small_limits")
@pytest.mark.parametrize(
    "q", ["leather chair office nothing-has-this", "leather office swivel", "leather", "chair office"]
)
def test_all_pages_are_what_the_words_find(shop: Shop, q: str) -> None:
    shop.sells(*CHAIRS)
    with_meaning = all_pages(shop, q)
    dense.forget()
    PhysicalIndex.objects.update(vectors_complete=False)
    without = all_pages(shop, q)
    assert sorted(with_meaning) == sorted(set(with_meaning)) == sorted(without)
    assert len(with_meaning) == shop.search(q).count


@needs_model
@pytest.mark.usefixtures("small_limits")
def test_hits_by_meaning_follow_the_first_ones(shop: Shop, outcomes: list[str]) -> None:
    shop.sells(*(f"Cable tie {number}" for number in range(6)), "Cable for electric power supply", "Cable mount")
    order = shop.names("cable", page_size=8)
    assert outcomes == ["used"]
    PhysicalIndex.objects.update(vectors_complete=False)
    dense.forget()
    by_words = shop.names("cable", page_size=8)
    assert order[:4] == by_words[:4]
    assert order != by_words


@needs_model
@pytest.mark.usefixtures("small_limits")
def test_products_with_every_word_stay_before_the_others(shop: Shop) -> None:
    shop.sells(*(f"Leather chair {number}" for number in range(6)), "Leather sofa", "Chair", "Leather armchair")
    response = shop.search("leather chair", page_size=9)
    lacks = [bool(hit["missing_words"]) for hit in response.results]
    assert lacks == sorted(lacks)
    assert response.count == 9


@needs_model
def test_counts_and_facets_stay_those_of_the_words(shop: Shop) -> None:
    for name, brand in (("Leather belt", "A"), ("Leather dye", "B"), ("Desk lamp", "A"), ("Seat for a desk", "B")):
        make_product(name, brand=brand)
    shop.refresh()
    q = "comfortable leather seat at a writing desk"
    with_meaning = shop.search(q)
    PhysicalIndex.objects.update(vectors_complete=False)
    dense.forget()
    without = shop.search(q)
    assert (with_meaning.count, with_meaning.facets) == (without.count, without.facets)
    filtered = shop.names(q, brands=("B",))
    assert sorted(filtered) == ["Leather dye", "Seat for a desk"]


@needs_model
@pytest.mark.parametrize(
    ("q", "parameters"),
    [
        ("leather belt", {}),  # a product has every word, and the page is among the first hits
        ("leather seat of nobody", {"sort": Sort.CHEAPEST}),
        ("", {}),
        ("nobody-has-this", {}),
    ],
)
def test_other_searches_are_not_touched(shop: Shop, outcomes: list[str], q: str, parameters: dict[str, Any]) -> None:
    shop.sells("Leather belt", "Leather dye")
    shop.search(q, **parameters)
    assert outcomes == []


@needs_model
def test_engine_without_the_field_leaves_the_order_of_the_words(shop: Shop, outcomes: list[str]) -> None:
    Shop.open(shop, mapping())
    make_product("Leather belt")
    make_product("Seat for a desk")
    Shop.refresh(shop)
    response = shop.search("leather seat at a desk")
    assert {hit["name"] for hit in response.results} == {"Leather belt", "Seat for a desk"}
    assert response.facets["availability"]  # counted, by a search of the words alone
    assert outcomes == ["failed"]


@needs_model
def test_without_complete_vectors_words_alone_decide(shop: Shop, outcomes: list[str]) -> None:
    shop.sells("Leather belt", "Seat for a desk")
    PhysicalIndex.objects.update(vectors_complete=False)
    dense.forget()
    shop.search("leather seat at a desk")
    assert outcomes == []


def scored(**scores: float) -> dict[int, float]:
    return {int(name[1:]): score for name, score in scores.items()}


@pytest.mark.unit
def test_scores_of_words_and_meaning_are_added() -> None:
    # Cosines .9 .5 .1, mean .5: the meaning adds .6, 0 and -.6 to 1, .8 and .5 of the words.
    assert fuse(scored(p1=10, p2=8, p3=5), {3: 0.9, 1: 0.5, 2: 0.1}) == [3, 1, 2]
    assert fuse(scored(p1=10, p2=8, p3=1), {3: 0.9, 1: 0.5, 2: 0.1}) == [1, 3, 2]


@pytest.mark.unit
def test_product_found_by_one_side_only_has_a_place_too() -> None:
    # Cosines .9 and .3, and .3 for products 1 and 2, mean .45.
    assert fuse(scored(p1=10, p2=9), {3: 0.9, 4: 0.3}) == [1, 2, 3, 4]
    assert fuse(scored(p1=10, p2=2), {3: 0.9, 4: 0.3}) == [1, 3, 2, 4]


@pytest.mark.unit
@pytest.mark.parametrize("cosines", [{}, {1: 0.4, 2: 0.4}])
def test_meaning_that_says_nothing_changes_nothing(cosines: dict[int, float]) -> None:
    assert fuse(scored(p2=10, p1=9), cosines) == [2, 1]
    assert fuse({}, {}) == []


@pytest.mark.unit
def test_meaning_follows_the_first_hits_once_each() -> None:
    order = follow(range(LEXICAL_FIRST + 5), {3: 0.9, 1000: 0.5, LEXICAL_FIRST + 2: 0.7, 1001: 0.5})
    assert order == [*range(LEXICAL_FIRST), LEXICAL_FIRST + 2, 1000, 1001]
