"""Search and suggest while OpenSearch is away."""

import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from django.db import OperationalError, connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext
from prometheus_client import REGISTRY
from rest_framework.test import APIClient

from language.synonyms import build_table
from products.models import Product
from search_api.contracts import SearchRequest, Sort
from search_api.engine import client
from search_api.fallback import ranking, suggestions, words
from search_api.fallback.statement_limit import statements_take_at_most
from search_api.query.parsing import parse
from search_api.services import search, suggest
from tests.eventually import eventually
from tests.factories import make_product, make_stock, make_store
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]


@pytest.fixture(autouse=True)
def _brands_and_categories_of_this_test_only() -> None:
    suggestions.forget()


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
def test_case_of_a_filter_does_not_matter() -> None:
    make_product("Desk", brand="Müller", category="Büro > Möbel")
    assert names(brands=("MÜLLER",)) == names(categories=("BÜRO",)) == ["Desk"]


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


@pytest.fixture
def many_lamps(engine_away: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """More hits than are ranked, with what is to be ranked first among those that came last."""
    del engine_away
    monkeypatch.setattr(ranking, "MAX_RANKED", 3)
    for letter in "abcde":
        make_product(f"Thing {letter}", description="For a red desk lamp.")
    make_product("Desk lamp", description="A red one.", popularity=1)
    make_stock(make_store(), make_product("Red desk lamp in a box"), 1)
    make_product("Red desk lamp", popularity=2)


@pytest.mark.usefixtures("many_lamps")
def test_of_too_many_hits_those_with_the_words_in_their_names_are_ranked() -> None:
    ranked = ["Red desk lamp in a box", "Red desk lamp", "Desk lamp"]
    assert names("red desk lamp") == [*ranked, *(f"Thing {letter}" for letter in "abcde")]
    assert names("red desk lamp", page_size=2) == ranked[:2]


@pytest.mark.usefixtures("many_lamps")
def test_of_too_many_hits_a_sku_is_still_the_first() -> None:
    make_product("Thing f", sku="L-A.MP", description="For a desk lamp.")
    assert names("lamp")[0] == "Thing f"


@pytest.mark.usefixtures("many_lamps")
def test_without_words_what_can_be_had_of_the_most_popular_comes_first() -> None:
    make_product("Chair", popularity=3)
    make_stock(make_store(), make_product("Table", popularity=1), 1)
    assert names()[:4] == ["Chair", "Red desk lamp", "Desk lamp", "Table"]
    make_stock(make_store(), Product.objects.get(name="Red desk lamp"), 1)
    assert names()[:4] == ["Red desk lamp", "Chair", "Desk lamp", "Table"]


@pytest.mark.usefixtures("many_lamps")
@pytest.mark.parametrize("page_size", [1, 2, 3, 4, 7])
@pytest.mark.parametrize("q", ["red desk lamp", ""])
def test_pages_of_too_many_hits_show_each_once(q: str, page_size: int) -> None:
    shown: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        response = search(SearchRequest(q=q, page_size=page_size, cursor=cursor))
        shown += [hit["name"] for hit in response.results]
        cursor = response.next_cursor
    assert shown == names(q)
    assert len(set(shown)) == 8


@pytest.mark.usefixtures("laptops")
def test_store_is_respected() -> None:
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


def changes(q: str = "", **asked: object) -> list[tuple[str, list[str]]]:
    response = search(SearchRequest(q=q, **asked))  # type: ignore[arg-type] # fields as a test names them
    return [(one["kind"], one["dropped"]) for one in response.relaxed]


@pytest.mark.usefixtures("laptops")
def test_nothing_is_changed_when_something_is_found() -> None:
    assert changes("hp laptop") == []


@pytest.mark.usefixtures("laptops")
def test_near_spelling_is_told() -> None:
    assert changes("printr") == [("spelling", ["printr"])]


@pytest.mark.usefixtures("laptops")
def test_word_that_nothing_has_is_let_go_and_told() -> None:
    assert names("targus printer") == ["Printer", "Laptop bag"]
    assert changes("targus printer") == [("words", ["targus", "printer"])]


@pytest.mark.usefixtures("laptops")
def test_filter_that_leaves_nothing_is_let_go_and_told() -> None:
    asked = {"brands": ("Dell",), "price_max": Decimal(100)}
    assert names("laptop", **asked) == ["Dell notebook"]
    assert changes("laptop", **asked) == [("filter", ["price"])]


@pytest.mark.usefixtures("laptops")
def test_values_looked_for_in_a_facet_do_not_change_which_filter_goes() -> None:
    assert changes("laptop", brands=("Acer",), brand_search="zz", price_max=Decimal(600)) == [("filter", ["brand"])]


@pytest.mark.usefixtures("laptops")
def test_what_this_store_lacks_is_shown_from_others() -> None:
    here = make_store("Here")
    make_stock(make_store("There"), Product.objects.get(sku="L-100"), 1)
    assert names("hp laptop", store_id=here.pk, in_stock=True) == ["HP laptop"]
    assert changes("hp laptop", store_id=here.pk, in_stock=True) == [("stores", ["in_stock"])]


@pytest.mark.usefixtures("laptops")
def test_nothing_at_all_says_nothing_was_changed() -> None:
    assert (names("xyzzyx qqqqq"), changes("xyzzyx qqqqq")) == ([], [])


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
def test_completions_take_words_in_any_order_and_forgive_typing_errors() -> None:
    assert [one["text"] for one in suggest("lap hp").suggestions] == ["HP laptop"]
    assert [one["text"] for one in suggest("printr").suggestions] == ["Printer"]


def products_suggested(q: str) -> list[str]:
    return [one["text"] for one in suggest(q).suggestions if one["type"] == "product"]


@pytest.mark.usefixtures("laptops")
def test_of_too_many_names_those_that_start_so_and_the_popular_are_completions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suggestions, "MAX_RANKED", 2)
    make_product("A popular laptop", popularity=9)
    make_stock(make_store(), Product.objects.get(sku="L-100"), 1)
    assert products_suggested("lap") == ["Laptop bag", "A popular laptop"]


@pytest.fixture
def categories_locked(transactional_db: None, laptops: None) -> Iterator[None]:
    """Whoever reads categories waits."""
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


def test_statement_that_takes_too_long_is_cancelled() -> None:
    with (
        pytest.raises(OperationalError, match="statement timeout"),
        statements_take_at_most(20),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT pg_sleep(30)")


def test_limit_ends_with_what_it_limits() -> None:
    with statements_take_at_most(20):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('statement_timeout')")
        assert cursor.fetchone() == ("0",)


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
    assert counts[0] == counts[1] <= 20


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        (words.has_all(parse("hp laptop", build_table(["laptop, notebook"]))), "products_product_by_words"),
        (words.has_all(parse("dv7-1211ea", {})), "products_product_by_codes"),
        (words.starts_words("lap hp"), "products_product_by_codes"),
        (Q(name__trigram_word_similar="labtop"), "products_product_by_trigram"),
    ],
)
def test_words_are_found_by_an_index(condition: Q, index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
    assert index in Product.objects.filter(condition).explain()


def told_open() -> float | None:
    return REGISTRY.get_sample_value("breaker_open", {"service": "opensearch"})


def test_search_is_whole_again_as_soon_as_the_engine_is(
    shop: Shop, engine_at: Callable[[str], None], settings: object
) -> None:
    shop.sells("Laptop")
    hosts = getattr(settings, "OPENSEARCH_HOSTS")[0]  # noqa: B009 - pytest-django's settings have no types
    engine_at("http://127.0.0.1:1")
    for _ in range(3):
        assert search(SearchRequest(q="laptop")).degraded
    assert client.breaker.is_open
    assert told_open() == 1
    engine_at(hosts)
    assert client.breaker.wait_until_closed(30)
    eventually(lambda: told_open() == 0)
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
def test_index_that_is_not_there_is_answered_around_and_counted(engine_client: object, settings: object) -> None:
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
