"""Answers are cached for a minute, and never shown once the index or the stock has changed."""

import threading

import pytest
from django.core.cache import cache

from indexing import generation
from search_api import result_cache, services
from search_api.contracts import SearchRequest, SearchResponse
from search_api.engine import pages
from search_api.models import Synonym
from search_api.query import synonym_table
from search_api.query.named_values import ValueTable
from stores.models import Inventory
from stores.services import adjust_stock
from tests.factories import make_product, make_stock, make_store
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.service]
LAPTOP = SearchRequest(q="laptop")


@pytest.mark.django_db
def test_same_request_is_answered_from_the_cache(shop: Shop) -> None:
    shop.sells("Laptop")
    first = shop.search("laptop")
    shop.client.delete_by_query(index=shop.index, body={"query": {"match_all": {}}}, refresh=True)
    assert shop.search("laptop").results == first.results


@pytest.mark.django_db
def test_change_of_the_index_invalidates_answers(shop: Shop) -> None:
    shop.sells("Laptop")
    assert shop.names("laptop") == ["Laptop"]
    shop.sells("Laptop bag")
    assert shop.names("laptop") == ["Laptop", "Laptop bag"]


@pytest.mark.django_db
def test_slow_reader_does_not_put_back_an_old_answer(shop: Shop) -> None:
    """The index changes between its request to the engine and its write to the cache."""
    shop.sells("Laptop")
    lookup = result_cache.look_up(("search", LAPTOP))
    old = pages.search(LAPTOP)
    shop.sells("Laptop bag")
    assert shop.names("laptop") == ["Laptop", "Laptop bag"]
    lookup.store(old)
    assert shop.names("laptop") == ["Laptop", "Laptop bag"]


@pytest.mark.django_db
@pytest.mark.races
def test_slow_reader_in_a_thread_does_not_put_back_an_old_answer(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real service, delayed until the index has really changed."""
    shop.sells("Laptop")
    synonym_table.current()  # or the reader's thread would open a connection to PostgreSQL for them
    answered, changed = threading.Event(), threading.Event()
    search = pages.search

    def delayed(request: SearchRequest, *known: ValueTable) -> SearchResponse:
        answer = search(request, *known)
        answered.set()
        assert changed.wait(30)
        return answer

    monkeypatch.setattr(pages, "search", delayed)
    reader = threading.Thread(target=services.search, args=[LAPTOP])
    reader.start()
    assert answered.wait(30)
    monkeypatch.setattr(pages, "search", search)
    shop.sells("Laptop bag")
    changed.set()
    reader.join(30)
    assert shop.names("laptop") == ["Laptop", "Laptop bag"]


@pytest.mark.django_db(transaction=True)
def test_stock_change_shows_at_once(shop: Shop) -> None:
    store, product = make_store(), make_product("Laptop")
    make_stock(store, product, 2)
    shop.refresh()
    assert shop.search("laptop", store_id=store.pk).results[0]["quantity"] == 2
    adjust_stock(store_id=store.pk, product_id=product.pk, delta=3)
    assert shop.search("laptop", store_id=store.pk).results[0]["quantity"] == 5


@pytest.mark.django_db(transaction=True)
def test_stock_change_by_sql_shows_at_once_too(shop: Shop) -> None:
    store, product = make_store(), make_product("Laptop")
    make_stock(store, product, 2)
    shop.refresh()
    assert shop.search("laptop", store_id=store.pk).results[0]["quantity"] == 2
    Inventory.objects.update(quantity=0)
    hit = shop.search("laptop", store_id=store.pk).results[0]
    assert (hit["quantity"], hit["in_stock"]) == (0, False)


@pytest.mark.django_db(transaction=True)
def test_edit_of_synonyms_invalidates_answers(shop: Shop) -> None:
    shop.sells("Laptop")
    assert shop.names("klapprechner") == []
    Synonym.objects.create(rule="klapprechner, laptop")
    assert shop.names("klapprechner") == ["Laptop"]


@pytest.mark.django_db
def test_every_part_of_a_request_belongs_to_its_key() -> None:
    requests = [LAPTOP, SearchRequest(q="laptop", page=2), SearchRequest(q="laptop", brands=("HP",)), SearchRequest()]
    assert len({result_cache.look_up(("search", request)).key for request in requests}) == len(requests)


@pytest.mark.django_db
def test_answer_of_another_generation_is_not_used() -> None:
    request = ["lap", None]
    before = result_cache.look_up(("suggest", request))
    before.store("answer")
    assert result_cache.look_up(("suggest", request)).answer == "answer"
    generation.bump()
    assert result_cache.look_up(("suggest", request)).answer is None
    before.store("answer of the generation before")
    assert result_cache.look_up(("suggest", request)).answer is None


@pytest.mark.django_db
def test_completions_are_cached_too(shop: Shop) -> None:
    shop.sells("Laptop")
    first = services.suggest("lapt")
    shop.client.delete_by_query(index=shop.index, body={"query": {"match_all": {}}}, refresh=True)
    assert services.suggest("lapt") == first
    cache.clear()
    assert services.suggest("lapt").suggestions == []
