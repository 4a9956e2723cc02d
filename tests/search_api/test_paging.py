"""Sorts, pages by number, and deep paging by cursor."""

import dataclasses
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from rest_framework.test import APIClient

from search_api.contracts import SearchRequest, Sort
from search_api.engine import cursor
from search_api.engine.cursor import Position
from search_api.errors import BadCursorError
from search_api.services import search
from tests.factories import make_product
from tests.search_api.conftest import Shop

service = pytest.mark.service
URL = "/search/products/"


@service
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sort", "names"),
    [
        (Sort.CHEAPEST, ["b", "A", "c"]),
        (Sort.DEAREST, ["c", "A", "b"]),
        (Sort.NAME, ["A", "b", "c"]),
        (Sort.NEWEST, ["c", "b", "A"]),
        (Sort.POPULARITY, ["b", "c", "A"]),
    ],
)
def test_sorts(shop: Shop, sort: Sort, names: list[str]) -> None:
    for name, price, popularity, day in (("A", "2.00", 1, 1), ("b", "1.00", 9, 2), ("c", "10.00", 5, 3)):
        product = make_product(name, price=price, popularity=popularity)
        type(product).objects.filter(pk=product.pk).update(created_at=f"2026-01-0{day}T00:00:00Z")
    shop.refresh()
    assert shop.names("", sort=sort) == names


@service
@pytest.mark.django_db
@pytest.mark.parametrize("sort", list(Sort))
def test_equal_products_keep_their_places_between_pages(shop: Shop, sort: Sort) -> None:
    expected = [make_product("Laptop", created_at="2026-01-01T00:00:00Z").pk for _ in range(7)]
    shop.refresh()
    pages = [shop.search("laptop", sort=sort, page=page, page_size=2).results for page in (1, 2, 3, 4)]
    assert [hit["id"] for page in pages for hit in page] == expected


@service
@pytest.mark.django_db
def test_next_and_previous_are_links_to_the_neighbouring_pages(shop: Shop, api: APIClient) -> None:
    shop.sells("Laptop", "Laptop", "Laptop")
    first = api.get(f"{URL}?q=laptop&page_size=2").json()
    second = api.get(first["next"]).json()
    assert (first["previous"], len(first["results"]), len(second["results"]), second["next"]) == (None, 2, 1, None)
    assert api.get(second["previous"]).json()["results"] == first["results"]


@service
@pytest.mark.django_db
def test_page_beyond_the_last_is_empty(shop: Shop) -> None:
    shop.sells("Laptop")
    response = shop.search("laptop", page=9)
    assert (response.count, response.results, response.next_page, response.previous_page) == (1, [], None, 8)


def all_pages(api: APIClient, url: str) -> list[dict[str, Any]]:
    pages = []
    while url:
        pages.append(api.get(url).json())
        url = pages[-1]["next"]
    return pages


@service
@pytest.mark.django_db
@pytest.mark.parametrize("sort", list(Sort))
def test_cursor_reaches_every_product_once(shop: Shop, api: APIClient, sort: Sort) -> None:
    expected = {make_product(f"Laptop {number % 3}", price=f"{number % 2}.00").pk for number in range(11)}
    shop.refresh()
    pages = all_pages(api, f"{URL}?q=laptop&page_size=3&cursor=&sort={sort}")
    found = [hit["id"] for page in pages for hit in page["results"]]
    assert (len(found), set(found)) == (11, expected)
    assert [page["count"] for page in pages] == [11] * len(pages)


@service
@pytest.mark.django_db
def test_cursor_shows_each_product_once_while_the_index_changes(shop: Shop, api: APIClient) -> None:
    products = [make_product("Laptop", price=f"{number}.00") for number in range(6)]
    shop.refresh()
    first = api.get(f"{URL}?q=laptop&page_size=2&cursor=&sort=price").json()
    second = api.get(first["next"]).json()
    products[0].delete()
    products[5].price = 0
    products[5].save()
    make_product("Laptop", price="1.50")
    shop.refresh()
    rest = all_pages(api, second["next"])
    found = [hit["id"] for page in (first, second, *rest) for hit in page["results"]]
    assert found == [product_id for product_id in found if product_id] == list(dict.fromkeys(found))
    assert len(found) == 6


@pytest.mark.unit
def test_cursor_is_decoded_to_the_position_that_was_encoded() -> None:
    request = SearchRequest(q="laptop", cursor="")
    position = Position("pit", (1.5, 7), 20, "cursor:address:1:0")
    assert cursor.decode(cursor.encode(position, request), request) == position


@pytest.mark.unit
def test_page_size_may_change_between_pages() -> None:
    encoded = cursor.encode(Position("pit", (1,)), SearchRequest(q="laptop", page_size=10, cursor=""))
    assert cursor.decode(encoded, SearchRequest(q="laptop", page_size=50, cursor=encoded)).after == (1,)


@pytest.mark.unit
def test_cursor_of_another_search_is_refused() -> None:
    encoded = cursor.encode(Position("pit", (1,)), SearchRequest(q="laptop"))
    with pytest.raises(BadCursorError, match="another search"):
        cursor.decode(encoded, SearchRequest(q="printer"))


@pytest.mark.unit
@pytest.mark.parametrize("forged", ["x", "a:b:c", "eyJ9:1:x", "\u2603"])
def test_forged_cursor_is_refused(forged: str) -> None:
    with pytest.raises(BadCursorError, match="not a cursor"):
        cursor.decode(forged, SearchRequest())


@pytest.mark.unit
def test_old_cursor_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    encoded = cursor.encode(Position("pit", (1,)), SearchRequest())
    monkeypatch.setattr(cursor, "KEEP_ALIVE", -1)
    with pytest.raises(BadCursorError, match="expired"):
        cursor.decode(encoded, SearchRequest())


@service
@pytest.mark.django_db
def test_cursor_whose_view_is_gone_is_refused(shop: Shop, api: APIClient) -> None:
    shop.sells("Laptop", "Laptop", "Laptop")
    first = api.get(f"{URL}?q=laptop&page_size=1&cursor=").json()
    second = api.get(first["next"]).json()
    (encoded,) = parse_qs(urlsplit(second["next"]).query)["cursor"]
    # This view alone: other tests have theirs in the same cluster at the same time.
    view = cursor.decode(encoded, SearchRequest(q="laptop")).point_in_time
    shop.client.delete_pit(body={"pit_id": [view]})
    response = api.get(second["next"])
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "cursor")


@service
@pytest.mark.django_db
def test_cursor_of_a_degraded_search_goes_on_after_the_outage(shop: Shop) -> None:
    shop.sells("Laptop", "Laptop bag")
    request = SearchRequest(q="laptop", page_size=1)
    response = search(dataclasses.replace(request, cursor=cursor.encode(Position(offset=1), request)))
    assert (response.degraded, len(response.results), response.next_cursor) == (True, 1, None)
