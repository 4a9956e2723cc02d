"""GET /stores/: every store by name, for anonymous clients too."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.factories import make_store

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def test_stores_are_listed_by_name_with_their_addresses(api: APIClient) -> None:
    make_store("Uptown")
    store = make_store(
        "Downtown",
        code="D1",
        address="1 Main Street",
        city="Springfield",
        state="IL",
        zip="62701",
        latitude=Decimal("39.8"),
        longitude=Decimal("-89.65"),
    )
    body = api.get("/stores/").json()
    assert (body["count"], [row["name"] for row in body["results"]]) == (2, ["Downtown", "Uptown"])
    assert body["results"][0] == {
        "id": store.pk,
        "code": "D1",
        "name": "Downtown",
        "address": "1 Main Street",
        "city": "Springfield",
        "state": "IL",
        "zip": "62701",
        "latitude": "39.800000",
        "longitude": "-89.650000",
        "distance_km": None,
    }


def test_list_is_paged(api: APIClient) -> None:
    for letter in "abc":
        make_store(letter)
    body = api.get("/stores/", {"page_size": 2, "page": 2}).json()
    assert (body["count"], [row["name"] for row in body["results"]], body["next"]) == (3, ["c"], None)


@pytest.mark.parametrize("query", [{}, {"q": "main", "city": "Springfield", "near": "1,2"}])
def test_number_of_queries_is_the_same_for_1_and_3_stores(api: APIClient, query: dict[str, str]) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            make_store(city="Springfield")
        with CaptureQueriesContext(connection) as queries:
            api.get("/stores/", query)
        counts.append(len(queries))
    assert counts == [2, 2]  # the number of stores; the page


def names(api: APIClient, **query: str) -> list[str]:
    return [row["name"] for row in api.get("/stores/", query).json()["results"]]


@pytest.fixture
def stores() -> None:
    place = {"latitude": Decimal("47.37"), "longitude": Decimal("8.54")}
    make_store("Bahnhofstrasse", code="ZH-1", city="Zürich", address="Am Platz 3", zip="8001", **place)
    make_store("Marktgasse", city="Bern", state="BE", latitude=Decimal("46.95"), longitude=Decimal("7.45"))
    make_store("Online shop", city="Zürich")


@pytest.mark.usefixtures("stores")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "zurich platz"}, ["Bahnhofstrasse"]),
        ({"q": "zh-1"}, ["Bahnhofstrasse"]),
        ({"q": "80"}, ["Bahnhofstrasse"]),
        ({"q": "be"}, ["Marktgasse"]),
        ({"city": "ZURICH"}, ["Bahnhofstrasse", "Online shop"]),
        ({"city": "Zür"}, []),
        ({"q": "", "city": "", "near": ""}, ["Bahnhofstrasse", "Marktgasse", "Online shop"]),
        ({"near": "46.95,7.45"}, ["Marktgasse", "Bahnhofstrasse", "Online shop"]),
        ({"near": "46.95, 7.45", "city": "zürich"}, ["Bahnhofstrasse", "Online shop"]),
    ],
)
def test_stores_are_searched_by_words_city_and_place(api: APIClient, query: dict[str, str], found: list[str]) -> None:
    assert names(api, **query) == found


@pytest.mark.usefixtures("stores")
def test_distance_is_in_kilometres_and_unknown_without_a_position(api: APIClient) -> None:
    rows = api.get("/stores/", {"near": "46.95,7.45"}).json()["results"]
    assert rows[0]["distance_km"] == 0.0
    assert 90 < rows[1]["distance_km"] < 100
    assert rows[2]["distance_km"] is None


@pytest.mark.parametrize("near", ["91,0", "0,181", "north", "1", "1,2,3", "nan,0", "1" * 60])
def test_place_that_is_not_on_earth_is_refused(api: APIClient, near: str) -> None:
    refused = api.get("/stores/", {"near": near})
    assert (refused.status_code, [error["field"] for error in refused.json()["errors"]]) == (400, ["near"])


def test_one_store_is_shown(api: APIClient) -> None:
    store = make_store("Downtown", code="D1", city="Springfield")
    shown = api.get(f"/stores/{store.pk}/").json()
    assert (shown["id"], shown["code"], shown["city"], "distance_km" in shown) == (store.pk, "D1", "Springfield", False)
    assert api.get("/stores/99999/").status_code == 404


def test_stores_in_the_city_come_first_whatever_its_accents(api: APIClient) -> None:
    make_store("Airport Zurich", city="Kloten")
    make_store("Bahnhofstrasse", city="Zürich")
    found = api.get("/stores/", {"q": "zurich"}).json()["results"]
    assert [store["name"] for store in found] == ["Bahnhofstrasse", "Airport Zurich"]
