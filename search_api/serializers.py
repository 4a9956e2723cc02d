"""Parameters and bodies that search accepts. Answers are rendered from `contracts` as they are."""

from typing import Any

from django.http import QueryDict
from rest_framework import serializers

from foundation.fields import BIGGEST_ID, MoneyField
from foundation.parameters import Parameters
from products.attribute_values import MAX_CODE_LENGTH
from products.models import PRICE_DIGITS
from search_api import attribute_parameters, selectors
from search_api.contracts import (
    MAX_PAGE_SIZE,
    MAX_QUERY_LENGTH,
    MAX_SUGGESTIONS,
    MAX_WINDOW,
    MIN_SUGGEST_LENGTH,
    Relax,
    SearchRequest,
    Sort,
)

MAX_VALUES = 50  # of one facet, selected at once
MAX_VALUE_LENGTH = 500
MAX_CURSOR_LENGTH = 4000
MAX_VALUE_SEARCH = 50
MAX_ASKED_FACETS = 20
MAX_FACET_LIMIT = 1000


def _values() -> serializers.ListField:
    value = serializers.CharField(max_length=MAX_VALUE_LENGTH, allow_blank=True)
    return serializers.ListField(child=value, max_length=MAX_VALUES, required=False, default=list)


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
            raise serializers.ValidationError("There is no such store.")
        return store_id


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
    page_size = serializers.IntegerField(min_value=1, max_value=MAX_PAGE_SIZE, required=False, default=20)
    cursor = serializers.CharField(max_length=MAX_CURSOR_LENGTH, required=False, allow_blank=True, default=None)
    interpret = serializers.BooleanField(
        required=False, default=True, help_text="off: words such as 'under 500' and 'cheapest' are only words."
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
    attribute_facet = serializers.ListField(
        child=serializers.CharField(max_length=MAX_CODE_LENGTH, allow_blank=True),
        max_length=MAX_ASKED_FACETS,
        required=False,
        default=list,
        help_text="Codes of attributes whose facets come too, besides those that help most.",
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
            raise serializers.ValidationError({"price_min": f"It is above price_max, {high}."})
        if attrs["page"] * attrs["page_size"] > MAX_WINDOW:
            raise serializers.ValidationError(
                {"page": f"page x page_size may be at most {MAX_WINDOW}; use cursor= to read further."}
            )
        attributes = attribute_parameters.parse(attrs.pop("dynamic"))
        codes = list(filter(None, dict.fromkeys(attrs.pop("attribute_facet"))))
        known = attribute_parameters.filterable(codes)
        if unknown := [code for code in codes if code not in known]:
            attributes.errors["attribute_facet"] = [f"There is no attribute {unknown[0]!r} to filter by."]
        if attributes.errors:
            raise serializers.ValidationError(attributes.errors)
        filters = {"attributes": attributes.filters, "attribute_searches": attributes.searches}
        return {**attrs, **filters, "attribute_facets": tuple(codes)}

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
