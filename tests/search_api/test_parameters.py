"""Query parameters are read as DRF would read them, field by field; only those are asked that have something to say."""

from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.serializers import ValidationError

from search_api.serializers import SEARCH, SUGGEST, ParameterSerializer

pytestmark = pytest.mark.unit

VALUES = {
    "q": ["", "lap", "la", " laptop ", "x" * 501, "\x00"],
    "category": ["", "Laptops", "x" * 501],
    "brand": ["", "HP"],
    "price_min": ["", "0", "9.99", "-1", "1.234", "ten"],
    "price_max": ["", "5", "10", "NaN"],
    "in_stock": ["", "true", "0", "perhaps"],
    "store_id": ["", "0", "one"],
    "sort": ["", "relevance", "worst"],
    "page": ["", "1", "2", "0", "500", "two"],
    "page_size": ["", "1", "100", "101"],
    "cursor": ["", "abc"],
    "limit": ["", "1", "11"],
    "brand_search": ["", "hew", "x" * 51],
    "unknown": ["1"],
}
PARAMETERS = st.lists(
    st.one_of([st.tuples(st.just(name), st.sampled_from(values)) for name, values in VALUES.items()]), max_size=5
)


def outcome(read: Any) -> tuple[str, Any]:
    try:
        return "valid", read()
    except ValidationError as error:
        return "wrong", error.get_full_details()


@pytest.mark.parametrize("serializer", [SEARCH, SUGGEST], ids=["search", "suggest"])
@given(pairs=PARAMETERS)
def test_values_and_errors_are_those_of_drf(serializer: ParameterSerializer, pairs: list[tuple[str, str]]) -> None:
    parameters = QueryDict(mutable=True)
    for name, value in pairs:
        parameters.appendlist(name, value)
    by_drf = outcome(lambda: type(serializer)(data=parameters).run_validation(parameters))
    assert outcome(lambda: serializer.read_parameters(parameters)) == by_drf
