"""Parameters and bodies that search accepts. Answers are rendered from `contracts` as they are."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from foundation.fields import BIGGEST_ID, MoneyField
from foundation.parameters import Parameters, Values
from products.attribute_values import MAX_CODE_LENGTH
from products.models import PRICE_DIGITS
from search_api import attribute_parameters, selectors
from search_api.contracts import (
    ATTRIBUTE_NAME,
    ATTRIBUTES,
    EVERYTHING,
    MAX_PAGE_SIZE,
    MAX_QUERY_LENGTH,
    MAX_SEARCHES,
    MAX_SUGGESTIONS,
    MAX_WINDOW,
    MIN_SUGGEST_LENGTH,
    Relax,
    SearchRequest,
    Sort,
    SuggestRequest,
)

MAX_VALUES = 50  # of one facet, selected at once
MAX_VALUE_LENGTH = 500
MAX_CURSOR_LENGTH = 4000
MAX_VALUE_SEARCH = 50
MAX_ASKED_FACETS = 20
MAX_FACET_LIMIT = 1000
MAX_RETRIEVED = 50  # attributes of a hit, by their codes
FACETS = ("category", "brand", "price", "availability", "on_sale", "store", ATTRIBUTES)
SEARCHED_FACETS = ("category", "brand", "store")
NO_FACETS = "none"
CHOSEN = ("attribute_facet", "facets", "attributes_to_retrieve")  # parameters that are lists of names


def _values() -> Values:
    value = serializers.CharField(max_length=MAX_VALUE_LENGTH, allow_blank=True)
    return Values(child=value, max_length=MAX_VALUES, required=False, default=list)


def _names(most: int, help_text: str) -> Values:
    name = serializers.CharField(max_length=MAX_CODE_LENGTH + len(ATTRIBUTE_NAME), allow_blank=True)
    return Values(child=name, max_length=most, required=False, default=list, help_text=help_text)


def _price() -> MoneyField:
    return MoneyField(PRICE_DIGITS, min_value=0, required=False, allow_null=True, default=None)


def _value_search(values: str) -> serializers.CharField:
    return serializers.CharField(
        max_length=MAX_VALUE_SEARCH,
        required=False,
        allow_blank=True,
        default="",
        help_text=f"Limits that facet to {values} with words that start with these, in any case and order.",
    )


class StoreField(serializers.IntegerField):
    """The id of an existing store."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=BIGGEST_ID, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        store_id = super().run_validation(data)
        if store_id is not None and not selectors.store_exists(store_id):
            raise serializers.ValidationError("There is no such store.", code="does_not_exist")
        return store_id


def _errors_of_names(chosen: Mapping[str, list[str]]) -> dict[str, list[ErrorDetail]]:
    """What is wrong with the names that each of CHOSEN has."""
    facets = [name for name in chosen["facets"] if name not in FACETS]
    asked = {
        "facets": [
            name.removeprefix(attribute_parameters.PREFIX)
            for name in facets
            if name.startswith(attribute_parameters.PREFIX)
        ]
    }
    asked["attribute_facet"] = chosen["attribute_facet"]
    errors = {}
    for parameter, codes in asked.items():
        known = attribute_parameters.filterable(codes)
        if unknown := [code for code in codes if code not in known]:
            errors[parameter] = [ErrorDetail(f"There is no attribute {unknown[0]!r} to filter by.", "does_not_exist")]
    if wrong := [name for name in facets if not name.startswith(attribute_parameters.PREFIX) and name != NO_FACETS]:
        message = f"There is no facet {wrong[0]!r}. There are: {', '.join(FACETS)} and attr.<code>."
        errors["facets"] = [ErrorDetail(message, "invalid_choice")]
    elif NO_FACETS in facets and len(chosen["facets"]) > 1:
        errors["facets"] = [ErrorDetail(f"{NO_FACETS!r} stands alone.", "invalid")]
    retrieved = [code for code in chosen["attributes_to_retrieve"] if code != EVERYTHING]
    public = selectors.public_attributes(retrieved)
    if unknown := [code for code in retrieved if code not in public]:
        message = f"There is no attribute {unknown[0]!r} to show."
        errors["attributes_to_retrieve"] = [ErrorDetail(message, "does_not_exist")]
    return errors


class SearchSerializer(Parameters):
    """The query parameters of a search. As in a form, an empty one is the same as none."""

    q = serializers.CharField(max_length=MAX_QUERY_LENGTH, required=False, allow_blank=True, default="")
    category = _values()
    brand = _values()
    price_min = _price()
    price_max = _price()
    in_stock = serializers.BooleanField(required=False, allow_null=True, default=None)
    on_sale = serializers.BooleanField(required=False, allow_null=True, default=None)
    store_id = StoreField(required=False, allow_null=True, default=None)
    sort = serializers.ChoiceField(choices=[sort.value for sort in Sort], required=False, default=Sort.RELEVANCE.value)
    page = serializers.IntegerField(min_value=1, required=False, default=1)
    page_size = serializers.IntegerField(
        min_value=0, max_value=MAX_PAGE_SIZE, required=False, default=20, help_text="0: only the count and the facets."
    )
    cursor = serializers.CharField(max_length=MAX_CURSOR_LENGTH, required=False, allow_blank=True, default=None)
    interpret = serializers.BooleanField(
        required=False, default=True, help_text="off: words such as 'under 500' and 'cheapest' are searched for."
    )
    relax = serializers.ChoiceField(
        choices=[relax.value for relax in Relax],
        required=False,
        default=Relax.ALL.value,
        help_text="What may be given up when no product has every word and fits every filter.",
    )
    spelling = serializers.BooleanField(
        required=False, default=True, help_text="off: words are searched for as they are typed."
    )
    category_search = _value_search("categories")
    brand_search = _value_search("brands")
    store_search = _value_search("stores")
    attribute_facet = _names(MAX_ASKED_FACETS, "Codes of attributes whose facets are added to those that help most.")
    facets = _names(
        MAX_ASKED_FACETS + len(FACETS),
        f"The facets that come, of {', '.join(FACETS)} and attr.<code>; '{NO_FACETS}' for none. By default all.",
    )
    attributes_to_retrieve = _names(
        MAX_RETRIEVED, f"Codes of attributes whose values hits have, as `attributes`; '{EVERYTHING}' for all."
    )
    highlight = serializers.BooleanField(
        required=False, default=True, help_text="off: no matched words are marked in the hits."
    )
    facet_limit = serializers.IntegerField(
        min_value=1,
        max_value=MAX_FACET_LIMIT,
        required=False,
        allow_null=True,
        default=None,
        help_text="Values of one facet at most. By default 200 categories, 50 brands, 50 stores, 20 of an attribute.",
    )
    dynamic_names = attribute_parameters.NAMES

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        low, high = attrs["price_min"], attrs["price_max"]
        if low is not None and high is not None and low > high:
            raise serializers.ValidationError(
                {"price_min": ErrorDetail(f"It is above price_max, {high}.", "above_maximum")}
            )
        if attrs["page"] * max(attrs["page_size"], 1) > MAX_WINDOW:
            message = f"page x page_size may be at most {MAX_WINDOW}; use cursor= to read further."
            raise serializers.ValidationError({"page": ErrorDetail(message, "beyond_window")})
        if attrs["cursor"] is not None and attrs["page"] != 1:
            message = "cursor= takes the place of page=."
            raise serializers.ValidationError({"page": ErrorDetail(message, "invalid")})
        if attrs["cursor"] is not None and not attrs["page_size"]:
            message = "A page by cursor has at least one hit."
            raise serializers.ValidationError({"page_size": ErrorDetail(message, "min_value")})
        attributes = attribute_parameters.parse(attrs.pop("dynamic"))
        chosen = {name: list(filter(None, dict.fromkeys(attrs.pop(name)))) for name in CHOSEN}
        attributes.errors |= _errors_of_names(chosen)
        if attributes.errors:
            raise serializers.ValidationError(attributes.errors)
        facets = chosen["facets"]
        return {
            **attrs,
            "attributes": attributes.filters,
            "attribute_searches": attributes.searches,
            "attribute_facets": tuple(chosen["attribute_facet"]),
            "facets": tuple(name for name in facets if name != NO_FACETS) if facets else None,
            "attributes_to_retrieve": tuple(chosen["attributes_to_retrieve"]),
        }

    def search_request(self, parameters: QueryDict) -> SearchRequest:
        """The parameters as a request; ValidationError."""
        valid = self.run_validation(parameters)
        return SearchRequest(
            categories=tuple(filter(None, valid.pop("category"))),
            brands=tuple(filter(None, valid.pop("brand"))),
            sort=Sort(valid.pop("sort")),
            relax=Relax(valid.pop("relax")),
            **valid,
        )


class SuggestSerializer(Parameters):
    """The query parameters of a completion."""

    q = serializers.CharField(min_length=MIN_SUGGEST_LENGTH, max_length=MAX_QUERY_LENGTH)
    store_id = StoreField(required=False, allow_null=True, default=None)
    limit = serializers.IntegerField(min_value=1, max_value=MAX_SUGGESTIONS, required=False, default=MAX_SUGGESTIONS)

    def suggest_request(self, parameters: QueryDict) -> SuggestRequest:
        """The parameters as a request; ValidationError."""
        return SuggestRequest(**self.run_validation(parameters))


class FacetValuesSerializer(Parameters):
    """The parameters of a search among the values of a facet, in addition to those of a search."""

    facet = serializers.CharField(
        max_length=MAX_CODE_LENGTH + len(ATTRIBUTE_NAME), help_text="category, brand, store or attr.<code>."
    )
    facet_query = _value_search("values")

    def search_request(self, parameters: QueryDict) -> SearchRequest:
        """The search whose answer has the facet alone; ValidationError."""
        own = QueryDict(mutable=True)
        others = QueryDict(mutable=True)
        for name, values in parameters.lists():
            (own if name in self.fields else others).setlist(name, values)
        valid = self.run_validation(own)
        facet = valid["facet"]
        if facet not in SEARCHED_FACETS and not facet.startswith(attribute_parameters.PREFIX):
            message = f"It is one of {', '.join(SEARCHED_FACETS)} and attr.<code>, not {facet!r}."
            raise serializers.ValidationError({"facet": ErrorDetail(message, "invalid_choice")})
        if taken := [name for name in ("page_size", "facets", f"{facet}_search") if name in others]:
            message = "A search among the values of a facet sets it by itself."
            raise serializers.ValidationError({taken[0]: ErrorDetail(message, "unknown_parameter")})
        others.update({"page_size": "0", "facets": facet, f"{facet}_search": valid["facet_query"]})
        try:
            return SEARCH.search_request(others)
        except serializers.ValidationError as error:
            details: Any = error.detail
            if wrong := details.pop("facets", None):
                details["facet"] = wrong
                details.pop(f"{facet}_search", None)
            raise


class MultiSearchSerializer(serializers.Serializer[Any]):
    """Several searches, each with its `kind`. One that is invalid does not stop the others."""

    searches = serializers.ListField(  # of anything, null too
        min_length=1,
        max_length=MAX_SEARCHES,
        help_text="Objects with the parameters of a search or completion, and its `kind`.",
    )


class ClickSerializer(serializers.Serializer[dict[str, Any]]):
    """A hit that was opened: of which query, and where on the page."""

    q = serializers.CharField(max_length=MAX_QUERY_LENGTH)
    product_id = serializers.IntegerField(min_value=1, max_value=BIGGEST_ID)
    position = serializers.IntegerField(min_value=1, max_value=MAX_WINDOW)


# One of each for all requests: to make a serializer copies all its fields, which takes most of the
# time of a validation (0.2 ms). Validation has no state, so threads may share them.
SEARCH = SearchSerializer()
SUGGEST = SuggestSerializer()
CLICK = ClickSerializer()
FACET_VALUES = FacetValuesSerializer()
MULTI_SEARCH = MultiSearchSerializer()
