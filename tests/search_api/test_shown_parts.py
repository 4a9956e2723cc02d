"""Parts of an answer that a client chooses: facets, hits, their attributes and highlights. GET and POST alike."""

from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from search_api import services
from search_api.contracts import SearchRequest
from search_api.engine import pages
from search_api.serializers import SEARCH
from tests.factories import make_attribute, make_product
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]

URL = "/search/products/"
NAMES = ["category", "brand", "price", "availability", "on_sale", "store"]


@pytest.fixture
def laptops(shop: Shop) -> Shop:
    make_attribute("colour")
    make_attribute("memory", "number", unit="GB")
    make_attribute("note", filterable=False)
    make_attribute("margin", filterable=False, shown=False)
    for number in range(4):
        values = {"colour": ("Red", "Blue")[number % 2], "memory": 4 * (number + 1), "note": "new", "margin": "high"}
        make_product(
            f"Laptop {number}", brand=("HP", "Dell")[number % 2], category="Computers > Laptops", attributes=values
        )
    shop.refresh()
    return shop


@pytest.fixture(params=["engine", "degraded"])
def mode(request: pytest.FixtureRequest, laptops: Shop) -> str:
    del laptops  # the engine has them before it goes away
    if request.param == "degraded":
        request.getfixturevalue("engine_away")
    return str(request.param)


@pytest.mark.usefixtures("laptops")
def test_chosen_facets_come_alone_and_as_they_are_in_the_whole_answer(api: APIClient, mode: str) -> None:
    whole = api.get(URL, {"q": "laptop", "brand": "HP"}).json()
    for name in NAMES:
        chosen = api.get(URL, {"q": "laptop", "brand": "HP", "facets": name}).json()
        assert chosen["facets"] == {name: whole["facets"][name]}
        assert (chosen["count"], chosen["results"]) == (whole["count"], whole["results"])
    assert whole["degraded"] is (mode == "degraded")
    both = ["attributes", "more_attributes"]
    assert api.get(URL, {"q": "laptop", "brand": "HP", "facets": "attributes"}).json()["facets"] == {
        name: whole["facets"][name] for name in both
    }
    assert api.get(URL, {"q": "laptop", "brand": "HP", "facets": "none"}).json()["facets"] == {}


@pytest.mark.usefixtures("laptops")
def test_facet_of_one_attribute_comes_without_the_others(api: APIClient) -> None:
    whole = api.get(URL, {"q": "laptop", "attr.colour": "Red"}).json()["facets"]["attributes"]
    for code in ("colour", "memory"):
        chosen = api.get(URL, {"q": "laptop", "attr.colour": "Red", "facets": ["brand", f"attr.{code}"]}).json()
        assert sorted(chosen["facets"]) == ["attributes", "brand"]
        assert chosen["facets"]["attributes"] == [one for one in whole if one["code"] == code]
    unnamed = api.get(URL, {"q": "laptop", "attr.colour": "Red", "facets": "brand"}).json()
    assert sorted(unnamed["facets"]) == ["brand"]
    assert unnamed["count"] == 2


def aggregations(query: str) -> set[str]:
    """Names of what the engine counts for a facet."""
    _, counts = pages.first_attempt(SEARCH.search_request(QueryDict(query))).bodies
    counted: dict[str, Any] = counts["aggs"]
    assert all(each.keys() <= {"filter", "aggs"} for each in counted.values())  # every facet is narrowed by a filter
    return {f"{name}: {inner}" for name, each in counted.items() for inner in each.get("aggs", ())}


@pytest.mark.usefixtures("laptops")
def test_facet_that_is_left_out_is_not_counted() -> None:
    filters = "q=laptop&brand=HP&attr.colour=Red&price_max=99"
    assert aggregations(f"{filters}&facets=none") == set()
    assert aggregations(f"{filters}&facets=price") == {"price_facet: price", "price_facet: price_cells"}
    assert aggregations(f"{filters}&facets=attr.memory") == {"attributes_facet: values"}
    assert aggregations(f"{filters}&facets=attr.colour") == {"attr.colour_facet: attr.colour"}


def test_search_is_relaxed_alike_with_and_without_facets(laptops: Shop) -> None:
    for query in ("laptop", "laptop qwertyuiop"):
        for filters in ({"price_max": 1}, {"brands": ("Sony",)}, {"categories": ("Bags",), "in_stock": True}):
            found = [
                laptops.search(query, **filters, facets=facets, page_size=size)
                for facets, size in ((None, 20), ((), 20), ((), 0))
            ]
            assert len({(one.count, str(one.relaxed)) for one in found}) == 1
            assert found[0].relaxed


@pytest.mark.usefixtures("laptops", "mode")
def test_page_of_no_hits_has_count_and_facets(api: APIClient) -> None:
    whole = api.get(URL, {"q": "laptop"}).json()
    empty = api.get(URL, {"q": "laptop", "page_size": "0"}).json()
    assert (empty["count"], empty["facets"], empty["results"]) == (whole["count"], whole["facets"], [])
    assert (empty["next"], empty["previous"], empty["next_page"], empty["next_cursor"]) == (None, None, None, None)
    refused = api.get(URL, {"q": "laptop", "page_size": "0", "cursor": ""}).json()
    assert [error["field"] for error in refused["errors"]] == ["page_size"]


@pytest.mark.usefixtures("laptops", "mode")
def test_answer_names_the_page_and_the_cursor_that_follow(api: APIClient) -> None:
    first = api.get(URL, {"q": "laptop", "page_size": "3"}).json()
    assert (first["next_page"], first["next_cursor"]) == (2, None)
    last = api.get(URL, {"q": "laptop", "page_size": "3", "page": "2"}).json()
    assert (last["next_page"], last["previous"]) == (None, f"http://testserver{URL}?q=laptop&page_size=3&page=1")
    deep = api.get(URL, {"q": "laptop", "page_size": "3", "cursor": ""}).json()
    parameters = {"q": "laptop", "page_size": "3", "cursor": deep["next_cursor"], "facets": "none", "highlight": "off"}
    rest = api.get(URL, parameters).json()
    assert deep["next_page"] is None
    assert {hit["id"] for hit in deep["results"]} | {hit["id"] for hit in rest["results"]} == {
        hit["id"] for hit in first["results"] + last["results"]
    }
    assert rest["next_cursor"] is None


@pytest.mark.usefixtures("laptops", "mode")
def test_hits_have_the_attributes_that_are_chosen(api: APIClient) -> None:
    def shown(*codes: str) -> dict[str, Any]:
        hits = api.get(URL, {"q": "laptop 3", "attributes_to_retrieve": codes}).json()["results"]
        return next(hit["attributes"] for hit in hits if hit["name"] == "Laptop 3")

    assert shown("memory") == {"memory": 16}
    assert shown("memory", "colour", "note") == {"memory": 16, "colour": "Blue", "note": "new"}
    assert shown("*") == {"memory": 16, "colour": "Blue", "note": "new"}  # the margin is neither shown nor a filter
    assert "attributes" not in api.get(URL, {"q": "laptop"}).json()["results"][0]


def test_attributes_of_one_and_of_three_hits_take_one_query(laptops: Shop) -> None:
    taken = []
    for size in (1, 3):
        laptops.search("laptop", page_size=size)  # what the process caches is read by now
        laptops.search("laptop", page_size=size, attributes_to_retrieve=("memory",), highlight=False)
        with CaptureQueriesContext(connection) as queries:
            laptops.search("laptop", page_size=size, attributes_to_retrieve=("memory",))
        taken.append(len(queries))
    assert taken == [1, 1]


@pytest.mark.usefixtures("laptops", "mode")
def test_highlights_can_be_left_out(api: APIClient) -> None:
    marked = api.get(URL, {"q": "laptop"}).json()["results"]
    plain = api.get(URL, {"q": "laptop", "highlight": "off"}).json()["results"]
    assert all(hit["highlight"] for hit in marked)
    assert plain == [{**hit, "highlight": {}} for hit in marked]


@pytest.mark.usefixtures("laptops")
def test_what_is_shown_is_cached_apart() -> None:
    whole = services.search(SearchRequest(q="laptop"))
    for parameters in ({"facets": ()}, {"highlight": False}, {"attributes_to_retrieve": ("*",)}, {"page_size": 0}):
        part = services.search(SearchRequest(q="laptop", **parameters))
        assert (part.facets, part.results) != (whole.facets, whole.results)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("facets", "brands"),
        ("facets", "attr.size"),
        ("facets", "attr.note"),
        ("facets", ["none", "brand"]),
        ("attributes_to_retrieve", "size"),
        ("attributes_to_retrieve", "margin"),
        ("highlight", "name"),
        ("page_size", "-1"),
    ],
)
@pytest.mark.usefixtures("laptops")
def test_what_cannot_be_chosen_is_refused_by_name(api: APIClient, parameter: str, value: Any) -> None:
    for refused in (api.get(URL, {parameter: value}), api.post(URL, {parameter: value}, format="json")):
        assert refused.status_code == 400
        assert [error["field"] for error in refused.json()["errors"]] == [parameter]


def same(*answers: Any) -> bool:
    bodies = [{**answer.json(), "took_ms": 0} for answer in answers]
    return all(answer.status_code == 200 for answer in answers) and all(body == bodies[0] for body in bodies)


@pytest.mark.usefixtures("laptops")
def test_post_answers_as_get_does(api: APIClient) -> None:
    query = "q=laptop&brand=HP&brand=Dell&attr.memory_min=8&price_max=10.5&in_stock=false&page_size=1&facets=brand"
    body = {
        "q": "laptop",
        "brand": ["HP", "Dell"],
        "attr.memory_min": 8,
        "price_max": 10.5,
        "in_stock": False,
        "page_size": 1,
        "facets": "brand",
        "sort": None,
        "category": [],
    }
    got, posted = api.get(f"{URL}?{query}"), api.post(URL, body, format="json")
    assert got.json()["next_page"] == 2
    assert same(got, posted)
    as_text = api.post(URL, {**body, "in_stock": "false", "page_size": "1", "price_max": "10.5"}, format="json")
    assert same(got, as_text)
    suggested = [
        api.get("/search/suggest/?q=lap&limit=1"),
        api.post("/search/suggest/", {"q": "lap", "limit": 1}, format="json"),
    ]
    assert suggested[0].json() == suggested[1].json()


@pytest.mark.parametrize("path", [URL, "/search/suggest/"])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"q": "laptop", "pagesize": 5}, "pagesize"),
        ({"q": ["laptop", "bag"]}, "q"),
        ({"q": {"text": "laptop"}}, "q"),
        ({"q": "laptop", "store_id": "one"}, "store_id"),
        ([], "body"),
        ("laptop", "body"),
    ],
)
def test_bad_body_is_refused_by_name(api: APIClient, path: str, body: Any, field: str) -> None:
    refused = api.post(path, body, format="json")
    assert (refused.status_code, [error["field"] for error in refused.json()["errors"]]) == (400, [field])


@pytest.mark.usefixtures("laptops")
def test_address_that_would_be_too_long_is_none(api: APIClient) -> None:
    many = {"q": "laptop", "brand": ["HP", "Dell", *("é" * 200 + str(number) for number in range(9))], "page_size": 1}
    answer = api.post(URL, many, format="json").json()
    assert (answer["next_page"], answer["next"]) == (2, None)
    assert api.post(URL, {**many, "page": 2}, format="json").json()["previous"] is None
