"""The query parameters of attributes: `attr.<code>`, and that with `_min`, `_max` or `_search` behind it."""

import dataclasses
import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from rest_framework.exceptions import ErrorDetail

from products.attribute_values import AttributeKind, AttributeType, canonical, is_code, value_key
from search_api import selectors
from search_api.contracts import AttributeFilter
from search_api.selectors import AttributeDefinition

NAMES = re.compile(r"attr\..+", re.DOTALL)
PREFIX = "attr."
BOUNDS = {"_min": "minimum", "_max": "maximum"}
SEARCH = "_search"
MAX_FILTERS = 20  # attributes filtered by at once
MAX_VALUES = 50
MAX_VALUE_LENGTH = 500
MAX_SEARCH_LENGTH = 50
_SUFFIX = re.compile("(.+)(_min|_max|_search)", re.DOTALL)


@dataclasses.dataclass(slots=True)
class AttributeParameters:
    """What the parameters say. `errors` is by the name of the parameter."""

    filters: tuple[AttributeFilter, ...] = ()
    searches: tuple[tuple[str, str], ...] = ()
    errors: dict[str, list[ErrorDetail]] = dataclasses.field(default_factory=dict)


def parse(parameters: Mapping[str, Sequence[str]]) -> AttributeParameters:
    """The filters and searches of the parameters whose names match NAMES, and what is wrong with the others.

    An empty value is none. One query for any number of attributes that are not cached.
    """
    found = AttributeParameters()
    given = {name: [value for value in values if value.strip()] for name, values in parameters.items()}
    parts = {name: _SUFFIX.fullmatch(name.removeprefix(PREFIX)) for name in given}
    codes = {name.removeprefix(PREFIX) for name in given} | {part[1] for part in parts.values() if part}
    known = selectors.attributes.get(sorted(filter(is_code, codes))) if codes else {}
    fields: dict[str, dict[str, Any]] = {}
    searches: dict[str, str] = {}
    for name, values in given.items():
        code, suffix, part = name.removeprefix(PREFIX), "", parts[name]
        if code not in known and part:  # a code may end in '_min' itself
            code, suffix = part[1], part[2]
        if code not in known or not known[code].filterable:
            message = f"There is no attribute {code!r} to filter by."
            found.errors[name] = [ErrorDetail(message, code="does_not_exist")]
        elif values:
            try:
                if suffix == SEARCH:
                    searches[code] = _one(values, MAX_SEARCH_LENGTH)
                else:
                    fields.setdefault(code, {"type": known[code].type}).update(
                        _field(code, known[code], suffix, values)
                    )
            except ValueError as error:
                found.errors[name] = [ErrorDetail(f"{error}.", code="invalid")]
    filters = (AttributeFilter(code=code, **fields[code]) for code in sorted(fields))
    found.filters = tuple(each for each in filters if each != AttributeFilter(code=each.code, type=each.type))
    found.searches = tuple(sorted(searches.items()))
    for each in found.filters:
        if each.minimum is not None and each.maximum is not None and each.minimum > each.maximum:
            message = f"It is above {PREFIX}{each.code}_max, {each.maximum}."
            found.errors[f"{PREFIX}{each.code}_min"] = [ErrorDetail(message, code="above_maximum")]
    if len(found.filters) > MAX_FILTERS:
        message = f"At most {MAX_FILTERS} attributes filter at once."
        found.errors[PREFIX + found.filters[MAX_FILTERS].code] = [ErrorDetail(message, code="max_length")]
    return found


def filterable(codes: Collection[str]) -> set[str]:
    """Those of the codes that are of attributes to filter by."""
    return {code for code, known in selectors.attributes.get(codes).items() if known.filterable} if codes else set()


def _one(values: Sequence[str], longest: int) -> str:
    if len(values) > 1:
        raise ValueError("it has one value")
    if len(values[0]) > longest:
        raise ValueError(f"it has at most {longest} characters")
    return values[0]


def _field(code: str, known: AttributeDefinition, suffix: str, values: Sequence[str]) -> dict[str, Any]:
    """What the values say of an AttributeFilter; ValueError."""
    kind = AttributeKind(known.type, known.unit)
    if not suffix:
        return {"values": _values(code, kind, values)}
    text = _one(values, MAX_VALUE_LENGTH)
    if kind.type is not AttributeType.NUMBER:
        raise ValueError(f"{code} is a {kind.type}, which has no bounds")
    bound = canonical(text, code, kind)
    return {} if bound is None else {BOUNDS[suffix]: Decimal(str(bound))}


def _values(code: str, kind: AttributeKind, texts: Sequence[str]) -> tuple[str, ...]:
    """Each value once, with text in the spelling of its first use."""
    if len(texts) > MAX_VALUES:
        raise ValueError(f"at most {MAX_VALUES} values are selected at once")
    values: dict[str, str] = {}
    for text in texts:
        value = canonical(_one([text], MAX_VALUE_LENGTH), code, kind)
        if value is not None and not isinstance(value, list):
            values.setdefault(value_key(value), value if isinstance(value, str) else value_key(value))
    return tuple(values.values())
