"""What may come in over HTTP. What goes out is rendered from `contracts` as it is."""

import functools
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from rest_framework import serializers

from search_api import selectors
from search_api.contracts import (
    MAX_PAGE_SIZE,
    MAX_QUERY_LENGTH,
    MAX_SUGGESTIONS,
    MAX_WINDOW,
    MIN_SUGGEST_LENGTH,
    SearchRequest,
    Sort,
)

MAX_VALUES = 50  # of one facet, chosen at once
MAX_VALUE_LENGTH = 500
MAX_CURSOR_LENGTH = 4000
MAX_VALUE_SEARCH = 50


def _values() -> serializers.ListField:
    value = serializers.CharField(max_length=MAX_VALUE_LENGTH, allow_blank=True)
    return serializers.ListField(child=value, max_length=MAX_VALUES, required=False, default=list)


def _value_search(values: str) -> serializers.CharField:
    return serializers.CharField(
        max_length=MAX_VALUE_SEARCH,
        required=False,
        allow_blank=True,
        default="",
        help_text=f"Only {values} with words that start so, in any case and order, are in that facet.",
    )


class StoreField(serializers.IntegerField):
    """The id of a store that there is."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        store_id = super().run_validation(data)
        if store_id is not None and not selectors.store_exists(store_id):
            raise serializers.ValidationError("There is no such store.")
        return store_id


class ParameterSerializer(serializers.Serializer[Any]):
    """Reads query parameters, of which a request has few: DRF would ask every field, for each request."""

    def read_parameters(self, parameters: QueryDict) -> dict[str, Any]:
        """The valid value of every field, by name; ValidationError."""
        plain = self._plain(parameters)
        if not self._required <= plain.keys():
            return self._told(plain)
        try:
            given = {name: self.fields[name].run_validation(value) for name, value in plain.items()}
            valid: dict[str, Any] = self.validate({**self._absent, **given})
        except serializers.ValidationError:
            return self._told(plain)
        return valid

    def _plain(self, parameters: QueryDict) -> dict[str, Any]:
        """The parameters that there are fields for; as in a form, an empty one says nothing where no text is wanted."""
        plain: dict[str, Any] = {}
        for name in parameters.keys() & self.fields.keys():
            field = self.fields[name]
            if isinstance(field, serializers.ListField):
                plain[name] = parameters.getlist(name)
            elif parameters[name] or field.required or getattr(field, "allow_blank", False):
                plain[name] = parameters[name]
        return plain

    def _told(self, plain: Mapping[str, Any]) -> dict[str, Any]:
        """What DRF makes of it, who collects all that is wrong."""
        valid: dict[str, Any] = self.run_validation(plain)
        return valid

    @functools.cached_property
    def _required(self) -> set[str]:
        return {name for name, field in self.fields.items() if field.required}

    @functools.cached_property
    def _absent(self) -> dict[str, Any]:
        return {name: field.get_default() for name, field in self.fields.items() if not field.required}


class SearchSerializer(ParameterSerializer):
    """A search as it is asked for in a query string."""

    q = serializers.CharField(max_length=MAX_QUERY_LENGTH, required=False, allow_blank=True, default="")
    category = _values()
    brand = _values()
    price_min = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=0, required=False, allow_null=True, default=None
    )
    price_max = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=0, required=False, allow_null=True, default=None
    )
    in_stock = serializers.BooleanField(required=False, allow_null=True, default=None)
    store_id = StoreField(required=False, allow_null=True, default=None)
    sort = serializers.ChoiceField(choices=[sort.value for sort in Sort], required=False, default=Sort.RELEVANCE.value)
    page = serializers.IntegerField(min_value=1, required=False, default=1)
    page_size = serializers.IntegerField(min_value=1, max_value=MAX_PAGE_SIZE, required=False, default=20)
    cursor = serializers.CharField(max_length=MAX_CURSOR_LENGTH, required=False, allow_blank=True, default=None)
    category_search = _value_search("categories")
    brand_search = _value_search("brands")
    store_search = _value_search("stores")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        low, high = attrs["price_min"], attrs["price_max"]
        if low is not None and high is not None and low > high:
            raise serializers.ValidationError({"price_min": f"It is above price_max, {high}."})
        if attrs["page"] * attrs["page_size"] > MAX_WINDOW:
            raise serializers.ValidationError(
                {"page": f"page x page_size may be at most {MAX_WINDOW}; page on with cursor= beyond that."}
            )
        return attrs

    def read(self, parameters: QueryDict) -> SearchRequest:
        """The question that the parameters ask; ValidationError."""
        data = self.read_parameters(parameters)
        return SearchRequest(
            categories=tuple(filter(None, data.pop("category"))),
            brands=tuple(filter(None, data.pop("brand"))),
            sort=Sort(data.pop("sort")),
            **data,
        )


class SuggestSerializer(ParameterSerializer):
    """Completions wanted."""

    q = serializers.CharField(min_length=MIN_SUGGEST_LENGTH, max_length=MAX_QUERY_LENGTH)
    store_id = StoreField(required=False, allow_null=True, default=None)
    limit = serializers.IntegerField(min_value=1, max_value=MAX_SUGGESTIONS, required=False, default=MAX_SUGGESTIONS)


class ClickSerializer(serializers.Serializer[dict[str, Any]]):
    """A hit that was opened: which, for what query, and where on the page."""

    q = serializers.CharField(max_length=MAX_QUERY_LENGTH)
    product_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    position = serializers.IntegerField(min_value=1, max_value=MAX_WINDOW)


# Read parameters with these: making a serializer copies every field and costs more than all its checks. They keep
# nothing of what they read, so that threads may share them.
SEARCH = SearchSerializer()
SUGGEST = SuggestSerializer()
CLICK = ClickSerializer()
