"""`page` and `page_size` are in their documented range or refused by name, everywhere."""

import pytest
from rest_framework.test import APIClient

from tests.factories import make_product, make_stock, make_store, make_user

pytestmark = [pytest.mark.service, pytest.mark.django_db]

LISTS = ["/stores/", "/stores/{store}/inventory/", "/stores/{store}/orders/", "/search/products/"]


@pytest.fixture
def store(api: APIClient) -> int:
    api.force_authenticate(make_user(is_superuser=True))
    store = make_store()
    for _ in range(2):
        make_stock(store, make_product(), 1)
    return store.pk


@pytest.mark.parametrize("url", LISTS)
@pytest.mark.parametrize(
    ("page_size", "why"),
    [
        ("101", "Ensure this value is less than or equal to 100."),
        ("0", "Ensure this value is greater than or equal to 1."),
        ("-5", "Ensure this value is greater than or equal to 1."),
        ("many", "A valid integer is required."),
    ],
)
def test_page_size_out_of_range_is_refused(api: APIClient, store: int, url: str, page_size: str, why: str) -> None:
    if "/search/" in url and page_size == "0":  # a count without hits
        return
    why = why.replace("1.", "0.") if "/search/" in url else why
    answer = api.get(url.format(store=store), {"page_size": page_size})
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (400, why)


@pytest.mark.parametrize("url", ["/stores/", "/stores/{store}/inventory/", "/search/products/"])
@pytest.mark.parametrize(
    ("page", "why"),
    [("0", "Ensure this value is greater than or equal to 1."), ("two", "A valid integer is required.")],
)
def test_page_that_is_not_a_number_is_refused(api: APIClient, store: int, url: str, page: str, why: str) -> None:
    answer = api.get(url.format(store=store), {"page": page})
    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (400, why)


@pytest.mark.parametrize(("page", "status"), [("", 200), ("1", 200), ("last", 200), ("3", 404), ("9" * 30, 404)])
def test_page_beyond_the_last_is_not_found(api: APIClient, store: int, page: str, status: int) -> None:
    assert api.get(f"/stores/{store}/inventory/", {"page": page, "page_size": "1"}).status_code == status


@pytest.mark.parametrize("url", LISTS[:3])
def test_largest_page_size_is_accepted(api: APIClient, store: int, url: str) -> None:
    assert api.get(url.format(store=store), {"page_size": "100"}).status_code == 200


def test_pages_have_the_requested_number_of_rows(api: APIClient, store: int) -> None:
    first = api.get(f"/stores/{store}/inventory/", {"page_size": "1"}).json()
    assert (len(first["results"]), "page_size=1" in first["next"]) == (1, True)
    assert len(api.get(f"/stores/{store}/inventory/", {"page_size": ""}).json()["results"]) == 2
