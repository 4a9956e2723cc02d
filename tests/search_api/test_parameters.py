"""Query parameters are read as a form is: empty fields ask for nothing, and every wrong one is reported."""

from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.serializers import Serializer, ValidationError

from search_api.contracts import SearchRequest, Sort
from search_api.serializers import SEARCH, SUGGEST

pytestmark = pytest.mark.unit

VALID = {
    "q": ["", "lap", " laptop "],
    "category": ["", "Laptops"],
    "brand": ["", "HP"],
    "price_min": ["", "0", "9.99"],
    "price_max": ["", "10", "99"],
    "in_stock": ["", "true", "0"],
    "store_id": [""],
    "sort": ["", "relevance"],
    "page": ["", "1"],
    "page_size": ["", "1", "100"],
    "cursor": ["", "abc"],
    "interpret": ["", "true", "false"],
    "brand_search": ["", "hew"],
}
WRONG = {
    "pagesize": ["5", ""],
    "near": ["44.9,-93.2"],
    "q": ["x" * 501, "\x00"],
    "category": ["x" * 501],
    "price_min": ["-1", "1.234", "ten"],
    "price_max": ["NaN"],
    "in_stock": ["perhaps"],
    "store_id": ["0", "one"],
    "sort": ["worst"],
    "page": ["0", "two"],
    "page_size": ["101"],
    "brand_search": ["x" * 51],
    "interpret": ["perhaps"],
}


def pairs(values: dict[str, list[str]]) -> Any:
    """One value for some of the parameters."""
    return st.fixed_dictionaries({}, optional={name: st.sampled_from(each) for name, each in values.items()})


def query_string(parameters: dict[str, str]) -> QueryDict:
    query = QueryDict(mutable=True)
    query.update(parameters)
    return query


def errors(serializer: Serializer[Any], query: QueryDict) -> set[str]:
    """The fields that are reported as wrong."""
    try:
        serializer.run_validation(query)
    except ValidationError as error:
        details: Any = error.detail
        return set(details)
    return set()


def test_every_parameter_is_read() -> None:
    query = QueryDict(
        "q=laptop&category=A&category=B+%3E+C&brand=HP&brand=Dell&price_min=1&price_max=2.50&in_stock=false&sort=-price"
        "&page=2&page_size=5&category_search=x&brand_search=y&store_search=z"
    )
    assert SEARCH.search_request(query) == SearchRequest(
        q="laptop",
        categories=("A", "B > C"),
        brands=("HP", "Dell"),
        price_min=Decimal(1),
        price_max=Decimal("2.50"),
        in_stock=False,
        sort=Sort.DEAREST,
        page=2,
        page_size=5,
        category_search="x",
        brand_search="y",
        store_search="z",
    )


def test_empty_parameters_are_the_same_as_none() -> None:
    names = [name for name in VALID if name != "cursor"]
    assert SEARCH.search_request(query_string(dict.fromkeys(names, ""))) == SearchRequest()


def test_page_beyond_the_window_is_refused_without_hits_too() -> None:
    assert errors(SEARCH, query_string({"page": "9" * 20, "page_size": "0"})) == {"page"}


def test_empty_cursor_starts_deep_paging() -> None:
    assert SEARCH.search_request(QueryDict("cursor=")) == SearchRequest(cursor="")
    assert SEARCH.search_request(QueryDict("cursor=abc&page=1")) == SearchRequest(cursor="abc")


@pytest.mark.parametrize("cursor", ["", "abc"])
def test_cursor_takes_the_place_of_a_page_number(cursor: str) -> None:
    assert errors(SEARCH, QueryDict(f"q=laptop&page=2&cursor={cursor}")) == {"page"}


@given(valid=pairs(VALID), wrong=pairs(WRONG))
def test_wrong_parameters_and_no_others_are_reported(valid: dict[str, str], wrong: dict[str, str]) -> None:
    assert errors(SEARCH, query_string({**valid, **wrong})) == wrong.keys()


@pytest.mark.parametrize("repeated", ["q", "price_min", "in_stock", "store_id", "sort", "page", "page_size", "cursor"])
def test_parameter_with_one_value_is_reported_when_it_is_sent_twice(repeated: str) -> None:
    assert errors(SEARCH, QueryDict(f"{repeated}=&{repeated}=&brand=HP&brand=Dell")) == {repeated}


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("q=lap&size=3&limit=1&limit=2", {"size", "limit"}),
        ("q=lap", set()),
        ("q=lap&limit=", set()),
        ("", {"q"}),
        ("q=", {"q"}),
        ("q=la&limit=11&store_id=0", {"q", "limit", "store_id"}),
    ],
)
def test_completion_needs_three_characters(query: str, fields: set[str]) -> None:
    assert errors(SUGGEST, QueryDict(query)) == fields
