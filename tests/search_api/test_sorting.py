"""Sorting by name gives one order: in search, without OpenSearch, and in the list of a store's stock."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from search_api.contracts import SearchRequest, Sort
from search_api.services import search
from tests.factories import make_product, make_stock, make_store
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]

NAMES = """
    ½ inch Elbow; 2 m Cable; 2.5 m Cable; 007 Bond; “10 m” Cable; 99999999999999999999999; Äpfel; APPLE; Apple 2;
    apple 10; Émile; (Emma); Ice box; Iceberg; Ørsted; Straße; strasse 2; Zebra; ★; ガス
"""
IN_ORDER = [name.strip() for name in NAMES.split(";")]


def test_name_order_is_the_same_everywhere(shop: Shop, engine_at: Callable[..., None], api: APIClient) -> None:
    store = make_store()
    for name in reversed(IN_ORDER):
        make_stock(store, make_product(name), 1)
    shop.refresh()
    found = shop.names(sort=Sort.NAME, page_size=100)
    listed = [row["name"] for row in api.get(f"/stores/{store.pk}/inventory/?page_size=100").json()["results"]]
    engine_at("http://127.0.0.1:1")
    without_engine = search(SearchRequest(q="", sort=Sort.NAME, page_size=99))
    assert without_engine.degraded
    assert found == listed == [hit["name"] for hit in without_engine.results] == IN_ORDER
