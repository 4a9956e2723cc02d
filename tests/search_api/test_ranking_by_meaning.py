"""Search by meaning: it orders what the words find, and changes neither what is found nor what is counted."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from opensearchpy import OpenSearch
from pytest_django import Settings

from foundation.expiring_cache import ExpiringItems
from indexing import indices, vectors
from indexing.documents import build_documents, mapping
from indexing.models import PhysicalIndex
from indexing.names import index_alias
from products.models import Product
from search_api.contracts import Sort
from search_api.engine import dense, some_words
from search_api.engine.dense import LEXICAL_FIRST, follow
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
    monkeypatch.setattr(dense, "LEXICAL_FIRST", 4)


def all_pages(shop: Shop, q: str, size: int = 3) -> list[int]:
    first = shop.search(q, page_size=size)
    pages = range(1, first.count // size + 3)
    return [hit["id"] for page in pages for hit in shop.search(q, page=page, page_size=size).results]


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
def test_engine_that_refuses_the_vector_leaves_the_order_of_the_words(
    shop: Shop, outcomes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.sells("Leather belt", "Seat for a desk")
    monkeypatch.setattr(dense, "_vector", lambda _: [1, 2, 3])
    response = shop.search("leather seat at a desk")
    assert {hit["name"] for hit in response.results} == {"Leather belt", "Seat for a desk"}
    assert response.facets["availability"]  # counted, by a search of the words alone
    assert outcomes == ["failed"]


@needs_model
def test_index_without_vectors_has_the_order_of_the_words(shop: Shop) -> None:
    Shop.open(shop, mapping())
    make_product("Leather belt")
    make_product("Seat for a desk")
    Shop.refresh(shop)
    q = "leather seat at a desk"
    names = shop.names(q)
    PhysicalIndex.objects.update(vectors_complete=False)
    dense.forget()
    assert names == shop.names(q)


@needs_model
def test_without_complete_vectors_words_alone_decide(shop: Shop, outcomes: list[str]) -> None:
    shop.sells("Leather belt", "Seat for a desk")
    PhysicalIndex.objects.update(vectors_complete=False)
    dense.forget()
    shop.search("leather seat at a desk")
    assert outcomes == []


@needs_model
@pytest.mark.usefixtures("small_limits")
def test_each_page_alone_has_the_same_order(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.sells(*CHAIRS)
    q = "leather chair office nothing-has-this"
    remembered = all_pages(shop, q)
    monkeypatch.setattr(some_words, "_missing_words", ExpiringItems(lambda _: {}, max_age=0, max_items=1))
    assert all_pages(shop, q) == remembered


@needs_model
def test_product_without_a_vector_has_the_place_of_an_average_one(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.sells("Leather belt", "Leather sandals", "Leather wallet", "Walking boots")
    product = Product.objects.get(name="Leather sandals")
    (document,) = build_documents([product.pk])
    shop.client.index(index=shop.index, id=product.pk, body=document, refresh=True)  # a vector comes later

    def place(unknown: float) -> int:
        monkeypatch.setattr(dense, "UNKNOWN", unknown)
        return [name for name in shop.names("leather boots") if "Leather" in name].index("Leather sandals")

    assert [place(1.0), place(-1.0)] == [0, 2]


@needs_model
def test_explanation_says_what_meaning_added(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.sells("Leather belt", "Walking boots")
    call_command("explain_search", "leather boots")
    shown = " ".join(capsys.readouterr().out.split())
    assert "so that the best product by words has 1" in shown
    assert "its meaning is like that of the query: 0." in shown


@needs_model
def test_repeated_search_takes_one_round_trip(
    shop: Shop, outcomes: list[str], round_trips: list[list[dict[str, Any]]]
) -> None:
    shop.sells("Leather belt", "Leather dye", "Seat for a desk")
    q = "leather seat at a desk"
    first = shop.search(q)
    round_trips.clear()
    again = shop.search(q)
    assert [hit["id"] for hit in again.results] == [hit["id"] for hit in first.results]
    assert (again.relaxed, again.facets, again.count) == (first.relaxed, first.facets, first.count)
    assert len(round_trips) == 1
    assert outcomes == ["used", "used"]


@pytest.mark.unit
def test_meaning_follows_the_first_hits_once_each() -> None:
    order = follow(range(LEXICAL_FIRST + 5), [3, LEXICAL_FIRST + 2, 1000, 1001])
    assert order == [*range(LEXICAL_FIRST), LEXICAL_FIRST + 2, 1000, 1001]
