"""Query parameters of the API. An unknown one is refused by name, not ignored.

A misspelt filter would otherwise look like one that every row passes.
"""

import copy
import functools
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any, ClassVar

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

REPEATED = serializers.ListField | serializers.MultipleChoiceField
Plain = str | int | float | bool


class Parameters(serializers.Serializer[Any]):
    """A serializer whose fields are all the query parameters of a view.

    Errors name unknown parameters, and repeated ones whose field has one value. `dynamic_names`
    matches further names, such as attr.colour; they may repeat, and are in the result under
    'dynamic': {name: values}. `read_elsewhere` are those of pagination.
    """

    dynamic_names: ClassVar[re.Pattern[str] | None] = None

    def __init__(self, *args: Any, read_elsewhere: Collection[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self._read_elsewhere = frozenset(read_elsewhere)

    def to_internal_value(self, data: Any) -> Any:
        errors = self._errors_of_names(data)
        sent = self._with_fields(name for name, field in self.fields.items() if field.required or name in data)
        try:
            valid = {**self._without_parameters, **super(Parameters, sent).to_internal_value(data)}
        except ValidationError as error:
            details: Any = error.detail
            raise ValidationError({**errors, **details}) from error
        if errors:
            raise ValidationError(errors)
        if self.dynamic_names:
            valid["dynamic"] = {name: data.getlist(name) for name in data if self.dynamic_names.fullmatch(name)}
        return valid

    @functools.cached_property
    def _without_parameters(self) -> dict[str, Any]:
        """The values of optional parameters that are not sent: to validate each takes most of a validation's time."""
        optional = self._with_fields(name for name, field in self.fields.items() if not field.required)
        return dict(super(Parameters, optional).to_internal_value(QueryDict()))

    def _with_fields(self, names: Iterable[str]) -> "Parameters":
        part = copy.copy(self)
        part.__dict__["fields"] = {name: self.fields[name] for name in names}
        return part

    def _errors_of_names(self, data: QueryDict) -> dict[str, list[ErrorDetail]]:
        errors = {}
        for name, values in data.lists():
            field = self.fields.get(name)
            if field is None and name not in self._read_elsewhere:
                if not (self.dynamic_names and self.dynamic_names.fullmatch(name)):
                    known = ", ".join([*self.fields, *sorted(self._read_elsewhere)])
                    advice = f"There are: {known}." if known else "There are none here."
                    errors[name] = [ErrorDetail(f"There is no parameter {name}. {advice}", code="unknown_parameter")]
            elif len(values) > 1 and not isinstance(field, REPEATED):
                message = f"{name} has one value, and was sent {len(values)} times."
                errors[name] = [ErrorDetail(message, code="repeated")]
        return errors


class Values(serializers.ListField):
    """A parameter that repeats. DRF would also look for the names that an HTML form gives to lists."""

    def get_value(self, dictionary: Any) -> Any:
        return dictionary.getlist(self.field_name) or serializers.empty


def from_json(body: Any) -> QueryDict:
    """The members of a JSON object as if they were sent in the query; ValidationError.

    A list repeats its parameter; null leaves it out.
    """
    if not isinstance(body, dict):
        raise ValidationError("This is not an object of parameters.", code="not_an_object")
    query, errors = QueryDict(mutable=True), {}
    for name, value in body.items():
        values = value if isinstance(value, list) else [] if value is None else [value]
        if all(isinstance(one, Plain) for one in values):
            if values:
                query.setlist(name, [str(one).lower() if isinstance(one, bool) else str(one) for one in values])
        else:
            errors[name] = ErrorDetail("It is a text, a number, true, false, or a list of these.", code="invalid")
    if errors:
        raise ValidationError(errors)
    return query


def of_body(request: Request) -> QueryDict:
    """The parameters in the body of a POST; ValidationError, also when the address has some."""
    Parameters().run_validation(request.query_params)
    return from_json(request.data)


@functools.lru_cache(200)
def _shared(parameters_class: type[Parameters], read_elsewhere: frozenset[str]) -> Parameters:
    """One for all requests: a new one copies every field, which takes eight times as long as the validation."""
    return parameters_class(read_elsewhere=read_elsewhere)


class StrictParameters(APIView):
    """A base of views: `parameters` are the valid query parameters, by `parameters_class` and the paginator's."""

    parameters_class: type[Parameters] = Parameters
    parameters: Mapping[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        paginator = getattr(self, "paginator", None)
        pages = paginator.get_schema_operation_parameters(self) if paginator else []
        serializer = _shared(self.parameters_class, frozenset(parameter["name"] for parameter in pages))
        self.parameters = serializer.run_validation(request.query_params)
