"""Search and suggest while OpenSearch is unavailable."""

import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from prometheus_client import REGISTRY
from rest_framework.test import APIClient

from language.synonyms import build_table
from products.models import Product
from search_api.contracts import SearchRequest, Sort
from search_api.engine import client
from search_api.fallback import search as fallback_search
from search_api.fallback import suggestions
from search_api.fallback.matching import has_prefixes, matching_products
from search_api.fallback.statement_timeout import statement_timeout
from search_api.query.parsing import parse
from search_api.services import search, suggest
from tests.eventually import eventually
from tests.factories import make_product, make_stock, make_store
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.fixture(autouse=True)
def _no_cached_brands_and_categories() -> None:
    suggestions.known.forget()


@pytest.fixture
def laptops(engine_away: None) -> None:
    del engine_away
    make_product("HP laptop", brand="HP", category="Computers > Laptops", price="500.00", sku="L-100")
    make_product("Dell notebook", brand="Dell", category="Computers > Laptops", price="300.00")
    make_product("Laptop bag", brand="Targus", category="Bags", price="30.00", description="Fits most")
    make_product("Printer", brand="HP", category="Printing", price="99.00")


def names(q: str = "", **fields: object) -> list[str]:
    response = search(SearchRequest(q=q, **fields))  # type: ignore[arg-type] # fields as a test names them
    assert response.degraded
    return [hit["name"] for hit in response.results]


@pytest.mark.usefixtures("laptops")
def test_words_find() -> None:
    assert sorted(names("laptop")) == ["Dell notebook", "HP laptop", "Laptop bag"]
    assert names("hp laptops") == ["HP laptop"]
    assert names("fits most") == ["Laptop bag"]


@pytest.mark.usefixtures("laptops")
@pytest.mark.parametrize(
    "fields",
    [
        {"q": "printr"},
        {"q": "targus printer"},
        {"q": "laptop", "brands": ("Dell",), "price_max": Decimal(100)},
    ],
)
def test_search_without_hits_is_not_relaxed(fields: dict[str, Any]) -> None:
    response = search(SearchRequest(**fields))
    assert (response.count, response.results, response.relaxed) == (0, [], [])


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
    facets = search(SearchRequest(brand_search="tar", category_search="lap")).facets
    assert [brand["value"] for brand in facets["brand"]] == ["Targus"]
    assert [category["value"] for category in facets["category"]] == ["Computers > Laptops"]


@pytest.mark.usefixtures("laptops")
def test_stores_are_not_counted() -> None:
    make_stock(make_store(), Product.objects.get(sku="L-100"), 1)
    assert search(SearchRequest()).facets["store"] == []


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


@pytest.fixture
def lamps(engine_away: None) -> None:
    del engine_away
    for letter in "abcde":
        make_product(f"Thing {letter}", description="For a red desk lamp.")
    make_product("Desk lamp", description="A red one.", popularity=9)
    make_product("Red desk lamp one", popularity=1)
    make_product("Red lamp two for a desk", popularity=2)
    make_stock(make_store(), make_product("Red three desk lamp"), 1)


@pytest.mark.usefixtures("lamps")
def test_order_is_words_in_the_name_then_availability_then_popularity_then_age() -> None:
    in_name = ["Red three desk lamp", "Red lamp two for a desk", "Red desk lamp one", "Desk lamp"]
    assert names("red desk lamp") == [*in_name, *(f"Thing {letter}" for letter in "abcde")]


@pytest.mark.usefixtures("lamps")
def test_order_without_words_is_availability_then_popularity() -> None:
    assert names()[:4] == ["Red three desk lamp", "Desk lamp", "Red lamp two for a desk", "Red desk lamp one"]


@pytest.mark.usefixtures("lamps")
def test_short_name_goes_before_a_longer_one() -> None:
    make_product("Red desk lamp")
    assert names("red desk lamp")[0] == "Red desk lamp"


@pytest.mark.usefixtures("lamps")
def test_more_hits_than_are_ranked_come_by_popularity(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fallback_search, "MAX_RANKED", 8)
    assert names("red desk lamp")[:3] == ["Desk lamp", "Red lamp two for a desk", "Red desk lamp one"]


@pytest.mark.usefixtures("lamps")
@pytest.mark.parametrize("page_size", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("q", ["red desk lamp", ""])
def test_cursor_pages_show_each_hit_once(q: str, page_size: int) -> None:
    shown: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        response = search(SearchRequest(q=q, page_size=page_size, cursor=cursor))
        shown += [hit["name"] for hit in response.results]
        cursor = response.next_cursor
    assert shown == names(q)
    assert len(set(shown)) == 9


@pytest.mark.usefixtures("laptops")
def test_quantities_are_those_of_the_store() -> None:
    store = make_store()
    make_stock(store, make_product("Spare laptop"), 4)
    response = search(SearchRequest(q="spare laptop", store_id=store.pk, in_stock=True))
    assert [(hit["name"], hit["quantity"]) for hit in response.results] == [("Spare laptop", 4)]


@pytest.mark.usefixtures("laptops")
def test_punctuation_finds_nothing() -> None:
    assert names("?!") == []


@pytest.mark.usefixtures("engine_away")
@pytest.mark.parametrize(
    "typed", ["AB-100.7/X", "ab1007x", "dv7-1211ea", "DV71211EA", "dv7 1211ea", "hp dv71211ea", "dv7-121", "hp dv7121"]
)
def test_codes_are_found_with_and_without_punctuation_and_by_their_start(typed: str) -> None:
    make_product("HP Pavilion dv7-1211ea Notebook", sku="AB-100.7/X")
    make_product("HP Pavilion dv7-9999ea Notebook", sku="AB-200.7/X")
    assert names(typed) == ["HP Pavilion dv7-1211ea Notebook"]


@pytest.mark.usefixtures("engine_away")
def test_exact_sku_goes_before_a_name_that_mentions_it() -> None:
    make_product("Case for AB-100.7/X", popularity=50)
    make_product("Notebook", sku="AB-100.7/X")
    assert names("ab1007x") == ["Notebook", "Case for AB-100.7/X"]


@pytest.mark.usefixtures("laptops")
def test_thing_of_the_category_named_comes_first() -> None:
    assert names("laptop")[-1] == "Laptop bag"


@pytest.mark.usefixtures("laptops")
def test_completions_come_in_the_same_order_and_from_the_same_kinds() -> None:
    make_product("Lapland calendar", brand="Lapland")
    response = suggest("lap")
    assert response.degraded
    assert [(one["type"], one["text"]) for one in response.suggestions] == [
        ("brand", "Lapland"),
        ("category", "Laptops"),
        ("product", "Laptop bag"),
        ("product", "Lapland calendar"),
        ("product", "HP laptop"),
    ]


@pytest.mark.usefixtures("laptops")
def test_completions_take_words_in_any_order() -> None:
    assert [one["text"] for one in suggest("lap hp").suggestions] == ["HP laptop"]


def products_suggested(q: str) -> list[str]:
    return [one["text"] for one in suggest(q).suggestions if one["type"] == "product"]


@pytest.mark.usefixtures("laptops")
@pytest.mark.parametrize("q", ["наушники", "充電器", "lap наушники"])
def test_text_in_another_script_completes_to_nothing_else(q: str) -> None:
    assert products_suggested(q) == []


@pytest.mark.usefixtures("laptops")
def test_names_that_start_with_the_text_go_first_then_names_in_stock_then_popular_ones() -> None:
    make_product("A popular laptop", popularity=9)
    make_stock(make_store(), Product.objects.get(sku="L-100"), 1)
    assert products_suggested("lap") == ["Laptop bag", "HP laptop", "A popular laptop"]


@pytest.mark.usefixtures("laptops")
def test_completions_are_taken_from_the_most_popular_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggestions, "FETCHED", 2)
    make_product("A popular laptop", popularity=9)
    assert products_suggested("lap") == ["Laptop bag", "A popular laptop"]


@pytest.fixture
def categories_locked(transactional_db: None, laptops: None) -> Iterator[None]:
    """Another connection holds a lock that makes every read of categories wait."""
    del transactional_db, laptops
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("LOCK TABLE products_category")
    yield
    other.rollback()
    other.close()


@pytest.mark.faults
@pytest.mark.usefixtures("categories_locked")
def test_names_are_completed_though_categories_take_too_long() -> None:
    assert products_suggested("lap") == ["Laptop bag", "HP laptop"]


def test_slow_statement_is_cancelled() -> None:
    with (
        pytest.raises(OperationalError, match="statement timeout"),
        statement_timeout(20),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT pg_sleep(30)")


def test_timeout_ends_with_its_block() -> None:
    with statement_timeout(20):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        assert cursor.fetchone() == ("0",)


@pytest.mark.usefixtures("engine_away")
def test_page_needs_a_fixed_number_of_queries() -> None:
    search(SearchRequest(q="warm up"))
    counts = []
    for _ in range(2):
        make_product("Laptop", category="Computers")
        with CaptureQueriesContext(connection) as queries:
            search(SearchRequest(q="laptop"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


@pytest.mark.parametrize(
    "find",
    [
        lambda: matching_products(parse("hp laptop", build_table(["laptop, notebook"]))),
        lambda: matching_products(parse('"café crème"', {})),
        lambda: matching_products(parse("dv7-1211ea", {})),
        lambda: Product.objects.filter(has_prefixes("lap hp")),
    ],
)
def test_words_are_found_by_an_index(find: Callable[[], QuerySet[Product]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    assert "indexing_productterms_vector" in find().explain()


def breaker_is_open() -> float | None:
    return REGISTRY.get_sample_value("breaker_open", {"service": "opensearch"})


def test_search_leaves_degraded_mode_when_the_engine_is_available_again(
    shop: Shop, engine_at: Callable[[str], None], settings: object
) -> None:
    shop.sells("Laptop")
    hosts = getattr(settings, "OPENSEARCH_HOSTS")[0]  # noqa: B009 - pytest-django's settings have no types
    engine_at("http://127.0.0.1:1")
    for _ in range(3):
        assert search(SearchRequest(q="laptop")).degraded
    assert client.breaker.is_open
    assert breaker_is_open() == 1
    engine_at(hosts)
    assert client.breaker.wait_until_closed(30)
    eventually(lambda: breaker_is_open() == 0)
    assert not search(SearchRequest(q="laptop")).degraded


class Hanging(socketserver.ThreadingTCPServer):
    """Accepts connections, never answers, and counts the searches among them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), None)  # type: ignore[arg-type] # finish_request needs no handler
        self.searches = 0
        self.over = threading.Event()

    def finish_request(self, request: object, client_address: object) -> None:
        del client_address
        received = request.recv(200)  # type: ignore[attr-defined]
        self.searches += b"/_search" in received or b"/_msearch" in received
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
def test_hanging_engine_times_out_for_two_searches_and_no_more(hanging: Hanging) -> None:
    for _ in range(8):
        assert search(SearchRequest(q="laptop")).degraded
    # One when the second search begins while a source that has just failed is not read again.
    assert 1 <= hanging.searches <= 2


@pytest.mark.faults
def test_missing_index_makes_answers_degraded_and_counts_them(engine_client: object, settings: object) -> None:
    del engine_client
    settings.INDEX_PREFIX = f"nowhere-{time.monotonic_ns()}-"  # type: ignore[attr-defined]
    before = degraded_answers("search"), degraded_answers("suggest")
    for _ in range(4):
        assert search(SearchRequest(q="laptop")).degraded
    assert suggest("lap").degraded
    assert not client.breaker.is_open
    assert (degraded_answers("search"), degraded_answers("suggest")) == (before[0] + 4, before[1] + 1)


def degraded_answers(kind: str) -> float:
    return REGISTRY.get_sample_value("degraded_answers_total", {"kind": kind}) or 0.0
