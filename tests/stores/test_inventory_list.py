"""GET /stores/<id>/inventory/: a store's stock by product name, for anonymous clients too."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from stores.models import Store
from tests.factories import make_product, make_staff, make_stock, make_store, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def stocked(store: Store, name: str, quantity: int = 10, **fields: Any) -> None:
    make_stock(store, make_product(name, **fields), quantity)


def names(api: APIClient, store: Store, **query: Any) -> list[str]:
    return [row["name"] for row in api.get(f"/stores/{store.pk}/inventory/", query).json()["results"]]


def test_row_has_product_and_quantity(api: APIClient, store: Store) -> None:
    lamp = make_product("Lamp", sku="LAMP", price="12.50", category="Home > Light")
    make_stock(store, lamp, 7)
    assert api.get(f"/stores/{store.pk}/inventory/").json() == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "product_id": lamp.pk,
                "sku": "LAMP",
                "name": "Lamp",
                "category": "Home > Light",
                "price": "12.50",
                "currency": "USD",
                "quantity": 7,
            }
        ],
    }


def test_hidden_product_is_listed_only_for_staff_of_the_store(api: APIClient, store: Store) -> None:
    stocked(store, "Lamp")
    stocked(store, "Lamp of next year", 0, active=False)
    for shopper in (None, make_user(), make_user(is_staff=True), make_staff(make_store())):
        api.force_authenticate(shopper)
        assert names(api, store) == ["Lamp"]
        assert names(api, store, q="next year") == []
        assert names(api, store, low_stock="true") == []
    for member in (make_staff(store), make_user(is_superuser=True)):
        api.force_authenticate(member)
        assert names(api, store) == ["Lamp", "Lamp of next year"]


def test_product_without_a_category_has_none(api: APIClient, store: Store) -> None:
    stocked(store, "Lamp")
    assert api.get(f"/stores/{store.pk}/inventory/").json()["results"][0]["category"] is None


def test_rows_are_alphabetical_by_name_and_of_this_store_only(api: APIClient, store: Store) -> None:
    for name in ("Rug", "Chair", "Lamp"):
        stocked(store, name)
    stocked(make_store(), "Table")
    assert names(api, store) == ["Chair", "Lamp", "Rug"]


def test_pages_follow_each_other_in_that_order(api: APIClient, store: Store) -> None:
    for name in ("Rug", "Chair", "Lamp"):
        stocked(store, name)
    assert names(api, store, page_size=2, page=1) == ["Chair", "Lamp"]
    assert names(api, store, page_size=2, page=2) == ["Rug"]


def test_q_finds_every_word_in_the_name_or_a_prefix_of_the_sku(api: APIClient, store: Store) -> None:
    stocked(store, "Desk lamp, red", sku="DL-100")
    stocked(store, "Desk", sku="D-7")
    assert names(api, store, q="LAMP desk") == ["Desk lamp, red"]
    assert names(api, store, q="desk") == ["Desk", "Desk lamp, red"]
    assert names(api, store, q="dl-1") == ["Desk lamp, red"]
    assert names(api, store, q="sofa") == []
    assert names(api, store, q="100%") == []
    assert names(api, store, q="") == ["Desk", "Desk lamp, red"]


def test_low_stock_shows_products_with_few_or_no_units(api: APIClient, store: Store, settings: Any) -> None:
    settings.LOW_STOCK = 3
    for name, quantity in (("Gone", 0), ("Low", 3), ("Enough", 4)):
        stocked(store, name, quantity)
    assert names(api, store, low_stock="true") == ["Gone", "Low"]
    assert names(api, store, low_stock="false") == ["Enough", "Gone", "Low"]
    assert names(api, store, low_stock="true", q="o") == ["Gone", "Low"]


@pytest.mark.parametrize(("query", "field"), [({"low_stock": "many"}, "low_stock"), ({"q": "x" * 201}, "q")])
def test_bad_filter_is_named(api: APIClient, store: Store, query: dict[str, str], field: str) -> None:
    answer = api.get(f"/stores/{store.pk}/inventory/", query)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_nul_in_q_is_a_bad_filter(api: APIClient, store: Store) -> None:
    assert api.get(f"/stores/{store.pk}/inventory/?q=%00").status_code == 400


def test_unknown_store_is_not_found(api: APIClient, store: Store) -> None:
    assert api.get(f"/stores/{store.pk + 1}/inventory/").status_code == 404
    assert api.get(f"/stores/{10**30}/inventory/").status_code == 404


def test_page_beyond_the_last_is_named(api: APIClient, store: Store) -> None:
    answer = api.get(f"/stores/{store.pk}/inventory/", {"page": "9"})
    assert (answer.status_code, answer.json()["detail"]) == (404, "page=9: That page contains no results.")


def test_number_of_queries_is_the_same_for_1_and_3_rows(api: APIClient, store: Store) -> None:
    counts = []
    for more in (1, 2):
        for number in range(more):
            stocked(store, f"Product {number}", category=f"Category {more} {number}")
        with CaptureQueriesContext(connection) as queries:
            api.get(f"/stores/{store.pk}/inventory/")
        counts.append(len(queries))
    assert counts == [3, 3]  # whether the store exists; the number of rows; the page
