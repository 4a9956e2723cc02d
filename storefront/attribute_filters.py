"""Filters by attributes, in the URL of a results page and as its links change them."""

import dataclasses
from decimal import Decimal

from django.http import QueryDict

from products.attribute_values import AttributeType, number_text, value_key
from search_api import attribute_parameters
from search_api.contracts import AttributeFilter

MAX_FACETS = 20  # that are in the URL because the visitor asked for them
Filters = tuple[AttributeFilter, ...]


def parse(parameters: QueryDict) -> Filters:
    """The valid ones; what is wrong is ignored, as is every other invalid parameter of a page."""
    given = {
        name: values
        for name, values in parameters.lists()
        if attribute_parameters.NAMES.fullmatch(name) and "\0" not in name + "".join(values)
    }
    return attribute_parameters.parse(given).filters if given else ()


def parse_facets(parameters: QueryDict) -> tuple[str, ...]:
    """Codes of the attributes whose facets are shown in addition to those that help most."""
    codes = [code for code in dict.fromkeys(parameters.getlist("attribute_facet")) if code and "\0" not in code]
    known = attribute_parameters.filterable(codes)
    return tuple(code for code in codes if code in known)[:MAX_FACETS]


def parameters(filters: Filters) -> list[tuple[str, str]]:
    found = []
    for each in filters:
        name = f"{attribute_parameters.PREFIX}{each.code}"
        found += [(name, value) for value in each.values]
        bounds = ((f"{name}_min", each.minimum), (f"{name}_max", each.maximum))
        found += [(bound, bound_text(value)) for bound, value in bounds if value is not None]
    return found


def bound_text(number: Decimal | None) -> str:
    """The number without exponent and zeros at the end."""
    return "" if number is None else f"{number.normalize():f}"


def chosen(filters: Filters, code: str) -> AttributeFilter:
    return next((each for each in filters if each.code == code), AttributeFilter(code=code))


def toggled(filters: Filters, code: str, kind: AttributeType, value: str) -> Filters:
    """The filters without the value, or with it when it was not selected."""
    before = chosen(filters, code)
    others = tuple(other for other in before.values if value_key(other) != value_key(value))
    values = others if len(others) < len(before.values) else (*others, value)
    return _with(filters, dataclasses.replace(before, type=kind, values=values))


def between(
    filters: Filters, code: str, minimum: float | Decimal | None = None, maximum: float | Decimal | None = None
) -> Filters:
    """The filters with these bounds of a number, in place of its present bounds."""
    low, high = (None if bound is None else Decimal(number_text(float(bound))) for bound in (minimum, maximum))
    before = chosen(filters, code)
    return _with(filters, dataclasses.replace(before, type=AttributeType.NUMBER, minimum=low, maximum=high))


def _with(filters: Filters, changed: AttributeFilter) -> Filters:
    is_empty = not changed.values and changed.minimum is None and changed.maximum is None
    others = [each for each in filters if each.code != changed.code]
    return tuple(sorted([*others, *([] if is_empty else [changed])], key=lambda each: each.code))
