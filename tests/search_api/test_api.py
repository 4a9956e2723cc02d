"""`GET /search/products/` as programs see it."""

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.test import APIClient, APIRequestFactory
from rest_framework.views import APIView

from backend.api.tokens import TokenAuthentication
from search_api import selectors
from search_api.views import ProductSearchView, SuggestView
from tests.factories import make_product, make_stock, make_store
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]

URL = "/search/products/"
VARYING_HEADERS = {"X-Request-ID": "", "Content-Length": ""}


def test_whole_answer(shop: Shop, api: APIClient) -> None:
    product = make_product(
        "HP laptop",
        sku="L-1",
        brand="HP",
        category="Computers > Laptops",
        price="499.90",
        list_price="549.00",
        attributes={"colour": "Red"},
        images=[{"url": "front.png", "alt": "Front"}, {"url": "back.png", "alt": "Back"}],
    )
    store = make_store("Main Street")
    make_stock(store, product, 7)
    shop.refresh()
    body = api.get(URL, {"q": "laptop", "store_id": str(store.pk)}).json()
    assert body.pop("took_ms") > 0
    assert body == {
        "count": 1,
        "currency": "USD",
        "count_every_word": 1,
        "next": None,
        "previous": None,
        "next_page": None,
        "next_cursor": None,
        "results": [
            {
                "id": product.pk,
                "sku": "L-1",
                "name": "HP laptop",
                "brand": "HP",
                "category": "Computers > Laptops",
                "price": "499.90",
                "list_price": "549.00",
                "image": {"url": "/media/front.png", "alt": "Front"},
                "in_stock": True,
                "quantity": 7,
                "highlight": {"name": "HP <mark>laptop</mark>"},
                "missing_words": [],
            }
        ],
        "facets": {
            "category": [
                {"value": "Computers", "count": 1, "selected": False},
                {"value": "Computers > Laptops", "count": 1, "selected": False},
            ],
            "brand": [{"value": "HP", "count": 1, "selected": False}],
            "price": {
                "min": "499.90",
                "max": "499.90",
                "ranges": [],
            },
            "availability": [
                {"value": True, "count": 1, "selected": False},
                {"value": False, "count": 0, "selected": False},
            ],
            "on_sale": [
                {"value": True, "count": 1, "selected": False},
                {"value": False, "count": 0, "selected": False},
            ],
            "store": [{"value": store.pk, "name": "Main Street", "count": 1, "selected": True}],
            "attributes": [],
            "more_attributes": [],
        },
        "facets_describe": "every_word",
        "did_you_mean": None,
        "relaxed": [],
        "interpreted": [
            {
                "kind": "category",
                "text": "laptop",
                "start": 0,
                "end": 6,
                "parameters": {"category": ["Computers > Laptops"]},
                "label": "Computers > Laptops",
            }
        ],
        "degraded": False,
    }


def test_quantity_is_returned_with_a_store_only(shop: Shop, api: APIClient) -> None:
    make_stock(make_store(), make_product("Laptop"), 7)
    shop.refresh()
    [hit] = api.get(URL, {"q": "laptop"}).json()["results"]
    assert "quantity" not in hit
    assert hit["in_stock"] is True


def test_filters_repeat(shop: Shop, api: APIClient) -> None:
    for brand in ("HP", "Dell", "Acer"):
        make_product(f"{brand} laptop", brand=brand)
    shop.refresh()
    results = api.get(f"{URL}?brand=HP&brand=Dell&sort=name").json()["results"]
    assert [hit["name"] for hit in results] == ["Dell laptop", "HP laptop"]


def test_empty_fields_of_a_form_ask_for_nothing(shop: Shop, api: APIClient) -> None:
    shop.sells("Laptop")
    response = api.get(f"{URL}?q=&brand=&category=&price_min=&price_max=&in_stock=&store_id=&brand_search=")
    assert response.json()["count"] == 1


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"q": "x" * 201}, "q"),
        ({"price_min": "cheap"}, "price_min"),
        ({"price_min": "-1"}, "price_min"),
        ({"price_min": "9", "price_max": "8"}, "price_min"),
        ({"in_stock": "maybe"}, "in_stock"),
        ({"store_id": "0"}, "store_id"),
        ({"store_id": "999999"}, "store_id"),
        ({"store_id": "9" * 30}, "store_id"),
        ({"sort": "random"}, "sort"),
        ({"page": "0"}, "page"),
        ({"page": "101", "page_size": "100"}, "page"),
        ({"page_size": "101"}, "page_size"),
        ({"page_size": "ten"}, "page_size"),
        ({"cursor": "forged"}, "cursor"),
        ({"q": "a\x00b"}, "q"),
    ],
)
def test_bad_parameter_is_named(api: APIClient, parameters: dict[str, str], field: str) -> None:
    response = api.get(URL, parameters)
    assert (response.status_code, [error["field"] for error in response.json()["errors"]]) == (400, [field])


def test_every_bad_parameter_is_named_at_once(api: APIClient) -> None:
    errors = api.get(URL, {"page": "x", "sort": "y", "store_id": "z"}).json()["errors"]
    assert sorted(error["field"] for error in errors) == ["page", "sort", "store_id"]


@pytest.mark.parametrize("count", [1, 3])
def test_search_at_a_store_takes_a_fixed_number_of_queries(
    shop: Shop, api: APIClient, count: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    store = make_store()
    for _ in range(count):
        make_stock(store, make_product("Laptop"), 1)
    shop.refresh()
    api.get(URL, {"q": "warm up"})
    with django_assert_max_num_queries(3):
        assert api.get(URL, {"q": "laptop", "store_id": str(store.pk)}).json()["count"] == count


@pytest.mark.parametrize("view", [ProductSearchView, SuggestView])
@pytest.mark.parametrize(("authentication", "status"), [(TokenAuthentication, 401), (SessionAuthentication, 403)])
def test_subclass_that_asks_for_a_user_refuses_an_anonymous_get(
    view: type[APIView], authentication: type, status: int
) -> None:
    members = {"permission_classes": (IsAuthenticated,), "authentication_classes": (authentication,)}
    closed = type("ClosedView", (view,), members)
    request = APIRequestFactory().get(URL, {"q": "laptop"})
    assert closed.as_view()(request).status_code == status  # type: ignore[attr-defined] # made above


@pytest.mark.parametrize("path", [f"{URL}?q=laptop&page_size=1", f"{URL}?page=0", "/search/suggest/?q=lap"])
def test_get_is_answered_as_by_drf_itself(shop: Shop, api: APIClient, path: str) -> None:
    shop.sells("Laptop", "Laptop bag")
    short, full = (api.get(path, headers={"Accept": accept}) for accept in ("*/*", "application/json;q=0.9"))
    assert short.status_code == full.status_code
    assert {**short.json(), "took_ms": 0} == {**full.json(), "took_ms": 0}
    assert {**short.headers, **VARYING_HEADERS} == {**full.headers, **VARYING_HEADERS}


@pytest.mark.parametrize("view", [ProductSearchView, SuggestView])
def test_permissions_that_a_subclass_returns_are_checked(view: type[APIView]) -> None:
    members = {"get_permissions": lambda _self: [IsAuthenticated()]}
    closed = type("ClosedView", (view,), members)
    assert closed.as_view()(APIRequestFactory().get(URL, {"q": "laptop"})).status_code == 403  # type: ignore[attr-defined] # made above


def test_search_without_a_store_takes_no_query(
    shop: Shop, api: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    shop.sells("Laptop", "Laptop bag")
    api.get(URL, {"q": "warm up"})
    with django_assert_num_queries(0):
        assert api.get(URL, {"q": "laptop"}).json()["count"] == 2


def test_unknown_store_has_no_name(shop: Shop) -> None:
    del shop
    store = make_store("Here")
    assert selectors.store_names([store.pk, store.pk + 1000]) == {store.pk: "Here"}


def test_schema_describes_how_facet_values_are_searched(api: APIClient) -> None:
    schema = api.get("/schema/", HTTP_ACCEPT="application/json").json()
    descriptions = {
        one["name"]: one.get("description") for one in schema["paths"]["/search/products/"]["get"]["parameters"]
    }
    assert {name: descriptions[name] for name in ("category_search", "brand_search", "store_search")} == {
        f"{facet}_search": f"Limits that facet to {values} with words that start with these, in any case and order."
        for facet, values in (("category", "categories"), ("brand", "brands"), ("store", "stores"))
    }
