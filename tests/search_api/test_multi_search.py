"""`POST /search/multi/`: several searches, each with an outcome of its own."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from django.conf import settings as django_settings
from django.test import override_settings
from limits import parse
from opensearchpy import OpenSearch, helpers
from pytest_django import Settings
from rest_framework.test import APIClient

from search_api import multi_search, services
from search_api.completion import facet_values
from search_api.contracts import SearchRequest, SuggestRequest
from search_api.engine import client
from search_api.engine.curl import CurlConnection
from tests.factories import make_attribute, make_product, make_stock, make_store
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]

URL = "/search/multi/"


@pytest.fixture
def laptops(shop: Shop) -> Shop:
    make_attribute("colour")
    make_attribute("memory")
    for number in range(3):
        make_product(
            f"Laptop {number}",
            brand=("HP", "Dell", "Hisense")[number],
            category="Computers > Laptops",
            attributes={"colour": ("Red", "Blue", "Rose")[number], "memory": ("8 GB", "16 GB", "32 GB")[number]},
        )
    make_product("Camera", brand="Canon")
    shop.refresh()
    return shop


def results(api: APIClient, *searches: Any) -> list[dict[str, Any]]:
    answer = api.post(URL, {"searches": list(searches)}, format="json")
    assert answer.status_code == 200, answer.content
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def plain(answer: dict[str, Any]) -> dict[str, Any]:
    """Without the time, and without what a new cursor, signed anew, makes of every answer."""
    different = {"took_ms", "next_cursor"} | ({"next"} if answer.get("next_cursor") else set())
    return {name: value for name, value in answer.items() if name not in different}


@pytest.fixture
def engine_requests(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The last part of the path of every request to the engine."""
    paths: list[str] = []

    class Recording(CurlConnection):
        def perform_request(self, method: str, url: str, *arguments: Any, **options: Any) -> Any:
            paths.append(url.rpartition("/")[2])
            return super().perform_request(method, url, *arguments, **options)

    monkeypatch.setattr(client, "CurlConnection", Recording)
    client._client.cache_clear()  # noqa: SLF001 - the client is made once per process
    yield paths
    client._client.cache_clear()  # noqa: SLF001 - the same


@pytest.mark.usefixtures("laptops")
def test_each_search_is_answered_as_if_it_was_sent_alone(api: APIClient) -> None:
    store = make_store()
    searches: list[dict[str, Any]] = [
        {"q": "laptop", "brand": ["HP", "Dell"], "page_size": 1, "store_id": store.pk},
        {"kind": "suggestions", "q": "lap", "limit": 2},
        {"kind": "products", "q": "laptpo"},  # takes a second request
        {"q": "laptop", "price_max": 1},  # and so does this
        {"q": "laptop", "cursor": "", "page_size": 2},
        {"q": "camera", "attributes_to_retrieve": ["*"], "facets": "none"},
    ]
    found = results(api, *searches)
    assert [one["status"] for one in found] == [200] * len(searches)
    for search, one in zip(searches, found, strict=True):
        path = "/search/suggest/" if search.pop("kind", "") == "suggestions" else "/search/products/"
        assert plain(api.get(path, search).json()) == plain(one["answer"])
    assert found[0]["answer"]["next"].startswith("http://testserver/search/products/?q=laptop&brand=HP&brand=Dell&")
    assert found[2]["answer"]["relaxed"][0]["kind"] == "spelling"
    assert found[4]["answer"]["next_cursor"]


def test_first_requests_of_all_take_one_round_trip(laptops: Shop, engine_requests: list[str]) -> None:
    requests = [SearchRequest(q=q) for q in ("laptop", "camera", "red laptop")]
    completions = [SuggestRequest(q="lap"), SuggestRequest(q="cam")]
    for request in requests:
        laptops.search(request.q, page_size=19)  # the process knows names and spellings by now
    engine_requests.clear()
    multi_search.multi_search([*requests, *completions], ends_at=multi_search.time_limit())
    assert engine_requests == ["_msearch"]
    multi_search.multi_search([*requests, *completions], ends_at=multi_search.time_limit())
    services.search(requests[0])
    services.suggest("lap")
    assert engine_requests == ["_msearch"]  # the answers are cached, for single searches too


@pytest.mark.usefixtures("laptops")
def test_values_of_a_facet_are_searched(api: APIClient) -> None:
    found = results(
        api,
        {"kind": "facet_values", "q": "laptop", "facet": "brand", "facet_query": "h", "brand": "Dell"},
        {"kind": "facet_values", "q": "laptop", "facet": "attr.colour", "facet_query": "R"},
        {"kind": "facet_values", "facet": " category "},
        {"kind": "facet_values", "facet": "store", "facet_query": "no such"},
    )
    assert [one["status"] for one in found] == [200] * 4
    values = [[value["value"] for value in one["answer"]["values"]] for one in found]
    assert values == [["Hisense", "HP"], ["Red", "Rose"], ["Computers", "Computers > Laptops"], []]
    assert found[0]["answer"]["facet"] == "brand"


@pytest.mark.usefixtures("laptops")
@pytest.mark.parametrize("other", [{"attribute_facet": "memory"}, {"attr.memory_search": "8"}])
def test_values_of_a_facet_are_those_of_one_attribute(api: APIClient, other: dict[str, str]) -> None:
    (found,) = results(api, {"kind": "facet_values", "facet": "attr.colour", "facet_query": "r", **other})
    assert [value["value"] for value in found["answer"]["values"]] == ["Red", "Rose"]


@pytest.mark.usefixtures("laptops")
def test_wrong_search_costs_the_others_nothing(api: APIClient) -> None:
    wrong = [
        {"q": "laptop", "pagesize": 3},
        {"q": "laptop", "page": 0},
        {"kind": "suggestions", "q": "la"},
        {"kind": "suggestions", "q": "lap", "page": 1},
        {"kind": "facet_values", "q": "laptop"},
        {"kind": "facet_values", "q": "laptop", "facet": "price"},
        {"kind": "facet_values", "q": "laptop", "facet": "attr.size"},
        {"kind": "facet_values", "q": "laptop", "facet": "brand", "page_size": 5},
        {"kind": "orders"},
        {"kind": ["products"]},
        "laptop",
        None,
        {"q": "laptop", "cursor": "forged"},
        {"q": "laptop", "cursor": "", "page": 2},
    ]
    found = results(api, {"q": "camera"}, *wrong, {"q": "laptop"})
    assert [one["status"] for one in found] == [200, *[400] * len(wrong), 200]
    assert (found[0]["answer"]["count"], found[-1]["answer"]["count"]) == (1, 3)
    problems = [one["problem"] for one in found[1:-1]]
    fields = [
        "pagesize",
        "page",
        "q",
        "page",
        "facet",
        "facet",
        "facet",
        "page_size",
        "kind",
        "kind",
        "body",
        "body",
        "cursor",
        "page",
    ]
    assert [[error["field"] for error in problem["errors"]] for problem in problems] == [[field] for field in fields]
    assert {problem["status"] for problem in problems} == {400}


@pytest.fixture
def altered(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, Callable[[Any], object]], None]]:
    """Lets a function change the engine's answers to requests whose path ends so, as no engine would."""

    def alter(path: str, change: Callable[[Any], object]) -> None:
        class Altering(CurlConnection):
            def perform_request(self, method: str, url: str, *arguments: Any, **options: Any) -> Any:
                code, headers, raw = super().perform_request(method, url, *arguments, **options)
                answer = orjson.loads(raw)
                if url.endswith(path):
                    change(answer)
                return code, headers, orjson.dumps(answer).decode()

        monkeypatch.setattr(client, "CurlConnection", Altering)
        client._client.cache_clear()  # noqa: SLF001 - the client is made once per process

    yield alter
    client._client.cache_clear()  # noqa: SLF001 - the same


INTERNAL_ERROR = "/problems/internal-error"


@pytest.mark.usefixtures("laptops")
def test_unexpected_error_in_one_search_costs_the_others_nothing(
    api: APIClient, altered: Any, caplog: pytest.LogCaptureFixture
) -> None:
    results(api, {"q": "camera"})  # cached from now on
    altered("/_msearch", lambda answer: answer["responses"][2].pop("hits"))  # each search has two, hits and counts
    found = results(api, {"q": "laptop"}, {"q": "red laptop"}, {"kind": "suggestions", "q": "lap"}, {"q": "camera"})
    assert [one["status"] for one in found] == [200, 500, 200, 200]
    assert (found[1]["problem"]["type"], found[1]["problem"]["status"]) == (INTERNAL_ERROR, 500)
    assert [one.message for one in caplog.records if one.exc_info] == ["a search of several failed"]


@pytest.mark.usefixtures("laptops")
def test_search_that_cannot_be_prepared_costs_the_others_nothing(api: APIClient, altered: Any) -> None:
    facet_values.cached.forget()
    altered("/_search", lambda answer: answer.pop("aggregations"))
    found = results(api, {"q": "laptop", "spelling": "off"}, {"interpret": "off", "facets": "none"})
    assert [one["status"] for one in found] == [500, 200]
    assert found[1]["answer"]["count"] == 4


@pytest.mark.usefixtures("laptops")
def test_round_trip_that_fails_for_all_is_repeated_one_by_one(api: APIClient, altered: Any) -> None:
    altered("/_msearch", lambda answer: len(answer["responses"]) > 2 and answer.pop("responses"))
    found = results(api, {"q": "laptop"}, {"kind": "suggestions", "q": "lap"})
    assert [one["status"] for one in found] == [200, 200]
    assert (found[0]["answer"]["count"], found[0]["answer"]["degraded"]) == (3, False)


@pytest.mark.parametrize("body", [{}, [], {"searches": []}, {"searches": {}}, {"searches": [{}] * 21}, {"searches": 1}])
def test_body_that_is_no_list_of_searches_is_refused(api: APIClient, body: Any) -> None:
    assert api.post(URL, body, format="json").status_code == 400


def test_unreadable_body_is_refused_and_counted(api: APIClient) -> None:
    with override_settings(THROTTLE_RATES=rates("1/minute")):
        codes = [api.post(URL, "{", content_type="application/json").status_code for _ in range(2)]
    assert codes == [400, 429]


def rates(search: str, suggest: str = "9/minute") -> dict[str, Any]:
    return {**django_settings.THROTTLE_RATES, "search": parse(search), "suggest": parse(suggest)}


@pytest.mark.usefixtures("laptops")
def test_every_search_counts_against_the_limit(api: APIClient) -> None:
    searches = [{"q": "laptop"}, {"q": "wrong", "page": 0}, {"kind": "suggestions", "q": "lap"}, {"facet": "brand"}]
    body = {"searches": searches}
    with override_settings(THROTTLE_RATES=rates("7/minute")):
        assert api.post(URL, body, format="json").status_code == 200
        assert api.post(URL, body, format="json").status_code == 200
        assert api.get("/search/products/?q=laptop").status_code == 200
        refused = api.post(URL, body, format="json")
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    with override_settings(THROTTLE_RATES=rates("99/minute", "2/minute")):
        codes = [api.post(URL, body, format="json").status_code for _ in range(3)]
    assert codes == [200, 200, 429]  # completions have a limit of their own
    with override_settings(THROTTLE_RATES=rates("2/minute", "1/hour")):
        assert api.post(URL, body, format="json").status_code == 429  # one limit is reached, the other one passed


@pytest.mark.usefixtures("laptops", "engine_away")
def test_searches_are_degraded_one_by_one(api: APIClient) -> None:
    found = results(
        api,
        {"q": "laptop"},
        {"kind": "suggestions", "q": "lap"},
        {"q": "laptop", "page": 0},
        {"kind": "facet_values", "facet": "brand", "facet_query": "d"},
    )
    assert [one["status"] for one in found] == [200, 200, 400, 200]
    assert found[0]["answer"]["degraded"]
    assert len(found[0]["answer"]["results"]) == 3
    assert found[1]["answer"]["degraded"]
    assert [value["value"] for value in found[3]["answer"]["values"]] == ["Dell"]


def test_search_that_is_slow_or_refused_costs_the_others_nothing(
    shop: Shop, engine_client: OpenSearch, settings: Settings
) -> None:
    # The engine looks at the time after some thousands of documents.
    documents = ({"_index": shop.index, "_id": number, "id": number} for number in range(15_000))
    helpers.bulk(engine_client, documents, chunk_size=5_000, refresh=True)
    settings.SEARCH_TIMEOUT = 2.0  # of which one search may take a half
    every = {"size": 0, "query": {"match_all": {}}, "track_total_hits": True}
    script = "long x = 0; for (int i = 0; i < 300000; i++) { x += i } return x > 0"
    slow = {**every, "query": {"script": {"script": {"source": script}}}}
    wrong = {**every, "sort": [{"no_such_field": "asc"}], "size": 1}
    answers = client.search_each([every, slow, wrong, every])
    assert [answer and answer["hits"]["total"]["value"] for answer in answers] == [15_000, None, None, 15_000]
    answers = client.search_each([every, {"query": {"no_such_query": {}}}, every])
    assert [answer and answer["hits"]["total"]["value"] for answer in answers] == [15_000, None, 15_000]


@pytest.mark.usefixtures("laptops", "engine_away")
def test_search_that_others_leave_no_time_for_is_a_problem_of_its_own(api: APIClient, settings: Settings) -> None:
    services.suggest("cam")
    settings.SEARCH_TIMEOUT = 1e-9
    found = results(api, {"q": "laptop"}, {"q": "laptop", "page": 0})
    assert [one["status"] for one in found] == [503, 400]
    assert found[0]["problem"]["title"] == "No time left"


@pytest.mark.parametrize("rows", [1, 3])
def test_quantities_of_a_search_take_one_query(
    shop: Shop, api: APIClient, rows: int, django_assert_num_queries: Any
) -> None:
    store = make_store()
    for number in range(rows):
        make_stock(store, make_product(f"Laptop {number}"), 1)
    shop.refresh()
    results(api, {"q": "laptop", "store_id": store.pk, "page_size": 9})  # names of stores are cached by now
    with django_assert_num_queries(1):
        results(api, {"q": "laptop", "store_id": store.pk, "page_size": 8})
