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
    }


def test_list_is_paged(api: APIClient) -> None:
    for letter in "abc":
        make_store(letter)
    body = api.get("/stores/", {"page_size": 2, "page": 2}).json()
    assert (body["count"], [row["name"] for row in body["results"]], body["next"]) == (3, ["c"], None)


def test_number_of_queries_is_the_same_for_1_and_3_stores(api: APIClient) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            make_store()
        with CaptureQueriesContext(connection) as queries:
            api.get("/stores/")
        counts.append(len(queries))
    assert counts == [2, 2]  # the number of stores; the page
