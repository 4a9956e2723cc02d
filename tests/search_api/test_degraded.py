"""Search and suggest while OpenSearch is away."""

import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from products.models import Product
from search_api import degraded, engine
from search_api.contracts import SearchRequest, Sort
from search_api.parsing import Concept
from search_api.services import search, suggest
from tests.factories import make_product, make_stock, make_store
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.fixture
def laptops(engine_away: None) -> None:
    del engine_away
    make_product("HP laptop", brand="HP", category="Computers > Laptops", price="500.00", sku="L-100")
    make_product("Dell notebook", brand="Dell", category="Computers > Laptops", price="300.00")
    make_product("Laptop bag", brand="Targus", category="Bags", price="30.00", description="Fits most")
    make_product("Printer", brand="HP", category="Printing", price="99.00")


def names(q: str = "", **asked: object) -> list[str]:
    response = search(SearchRequest(q=q, **asked))  # type: ignore[arg-type] # fields as a test names them
    assert response.degraded
    return [hit["name"] for hit in response.results]


@pytest.mark.usefixtures("laptops")
def test_words_find() -> None:
    assert sorted(names("laptop")) == ["Dell notebook", "HP laptop", "Laptop bag"]
    assert names("hp laptops") == ["HP laptop"]
    assert names("fits most") == ["Laptop bag"]


@pytest.mark.usefixtures("laptops")
def test_typing_errors_are_forgiven() -> None:
    assert names("printr") == ["Printer"]


@pytest.mark.usefixtures("laptops")
def test_sku_comes_first() -> None:
    assert names("l-100")[0] == "HP laptop"


@pytest.mark.usefixtures("laptops")
def test_quotes_and_minus_words_work() -> None:
    assert names('"laptop bag"') == ["Laptop bag"]
    assert sorted(names("laptop -bag")) == ["Dell notebook", "HP laptop"]


@pytest.mark.usefixtures("laptops")
def test_filters_and_sorts_work() -> None:
    assert names(categories=("Computers",), sort=Sort.CHEAPEST) == ["Dell notebook", "HP laptop"]
    assert names(brands=("hp",), sort=Sort.NAME) == ["HP laptop", "Printer"]
    assert names(price_min=Decimal(90), price_max=Decimal(400), sort=Sort.DEAREST) == ["Dell notebook", "Printer"]


@pytest.mark.usefixtures("laptops")
def test_values_of_facets_can_be_searched() -> None:
    make_stock(make_store("North Lane"), Product.objects.get(sku="L-100"), 1)
    facets = search(SearchRequest(brand_search="tar", category_search="lap", store_search="lan")).facets
    assert [brand["value"] for brand in facets["brand"]] == ["Targus"]
    assert [category["value"] for category in facets["category"]] == ["Computers > Laptops"]
    assert [store["name"] for store in facets["store"]] == ["North Lane"]
    assert search(SearchRequest(store_search="south")).facets["store"] == []


@pytest.mark.usefixtures("laptops")
def test_pages_work() -> None:
    pages = [search(SearchRequest(sort=Sort.NAME, page=page, page_size=3)) for page in (1, 2)]
    assert [len(page.results) for page in pages] == [3, 1]
    assert [(page.next_page, page.previous_page) for page in pages] == [(2, None), (None, 1)]


@pytest.mark.usefixtures("laptops")
def test_cursor_pages_work(api: APIClient) -> None:
    first = api.get("/search/products/?sort=name&page_size=3&cursor=").json()
    second = api.get(first["next"]).json()
    assert [hit["name"] for hit in (*first["results"], *second["results"])] == [
        "Dell notebook",
        "HP laptop",
        "Laptop bag",
        "Printer",
    ]
    assert second["next"] is None


@pytest.mark.usefixtures("laptops")
def test_store_is_respected() -> None:
    store = make_store()
    make_stock(store, make_product("Spare laptop"), 4)
    response = search(SearchRequest(q="spare laptop", store_id=store.pk, in_stock=True))
    assert [(hit["name"], hit["quantity"]) for hit in response.results] == [("Spare laptop", 4)]


@pytest.mark.usefixtures("laptops")
def test_punctuation_finds_nothing() -> None:
    assert names("?!") == []


@pytest.mark.usefixtures("laptops")
def test_completions_work() -> None:
    response = suggest("lap")
    assert (response.degraded, [one["text"] for one in response.suggestions]) == (True, ["Laptop bag", "HP laptop"])
    assert [one["text"] for one in suggest("printr").suggestions] == ["Printer"]


@pytest.mark.usefixtures("engine_away")
def test_page_takes_a_fixed_number_of_queries() -> None:
    search(SearchRequest(q="warm up"))
    counts = []
    for _ in range(2):
        make_product("Laptop", category="Computers")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            search(SearchRequest(q="laptop"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        (degraded._has_all((Concept("hp"), Concept("laptop", ("notebook",)))), "products_product_by_words"),  # noqa: SLF001 - its plan is what matters
        (Q(name__trigram_word_similar="labtop"), "products_product_by_trigram"),
    ],
)
def test_words_are_found_by_an_index(condition: Q, index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    assert index in Product.objects.filter(condition).explain()


def test_search_is_whole_again_as_soon_as_the_engine_is(
    shop: Shop, engine_at: Callable[[str], None], settings: object
) -> None:
    shop.sells("Laptop")
    hosts = getattr(settings, "OPENSEARCH_HOSTS")[0]  # noqa: B009 - pytest-django's settings have no types
    engine_at("http://127.0.0.1:1")
    for _ in range(3):
        assert search(SearchRequest(q="laptop")).degraded
    assert engine.breaker.is_open
    engine_at(hosts)
    assert engine.breaker.wait_until_closed(30)
    assert not search(SearchRequest(q="laptop")).degraded


class Hanging(socketserver.ThreadingTCPServer):
    """Takes connections and never answers; counts the searches among them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), None)  # type: ignore[arg-type] # finish_request needs no handler
        self.searches = 0
        self.over = threading.Event()

    def finish_request(self, request: object, client_address: object) -> None:
        del client_address
        self.searches += b"_search" in request.recv(200)  # type: ignore[attr-defined]
        self.over.wait(30)


@pytest.fixture
def hanging(engine_at: Callable[[str], None]) -> Iterator[Hanging]:
    with Hanging() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        engine_at(f"http://127.0.0.1:{server.server_address[1]}")
        yield server
        server.over.set()
        server.shutdown()


@pytest.mark.faults
def test_hanging_engine_costs_two_shoppers_a_time_out_and_nobody_after(hanging: Hanging) -> None:
    for _ in range(8):
        assert search(SearchRequest(q="laptop")).degraded
    assert hanging.searches == 2


@pytest.mark.faults
def test_index_that_is_not_there_is_answered_around(engine_client: object, settings: object) -> None:
    del engine_client
    settings.INDEX_PREFIX = f"nowhere-{time.monotonic_ns()}-"  # type: ignore[attr-defined]
    for _ in range(4):
        assert search(SearchRequest(q="laptop")).degraded
    assert not engine.breaker.is_open
