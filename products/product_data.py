"""Validation of a product's values, with the same messages for files and the API.

Raw values are text, as files have them, or JSON values. Functions here read no database.
"""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any

from products import gtin, value_parsers
from products.attribute_values import AttributeKind, Value, canonical_attributes, is_code
from products.catalogue_files.attribute_columns import cleaned_value
from products.catalogue_files.fields import Form, cleaned
from products.images import Image, canonical_images
from products.models import Product

Values = dict[str, Any]
Faults = dict[str, str]  # field -> message; a value inside a field is named as 'attributes.colour'
Parser = Callable[[object], Any]

REQUIRED = ("sku", "name", "price")
MISSING = "it is missing"
UNKNOWN = "products have no such field"
KINDS = {bool: "true or false", dict: "an object", list: "a list", str: "text"}
NO_KINDS: Mapping[str, AttributeKind] = MappingProxyType({})
WORDS = {"true": True, "false": False}


class BadValuesError(ValueError):
    """Several values inside one field are bad. `faults` is by the place in the field: '.colour', '[0]'."""

    def __init__(self, faults: Faults) -> None:
        super().__init__("; ".join(f"{place}: {message}" for place, message in faults.items()))
        self.faults = faults


def parse(
    raw: Mapping[str, object], *, whole: bool, kinds: Mapping[str, AttributeKind] = NO_KINDS
) -> tuple[Values, Faults]:
    """Cleaned values by field, and the faults of the fields without one.

    For a whole product, a field that is not given has its default, and a required one is a fault.
    For a change, only the given fields are judged. `kinds` are those of the attributes that exist.
    """
    values: Values = {}
    parsers = FIELDS | {"attributes": partial(attributes, kinds=kinds)}
    faults = {name: UNKNOWN for name in raw if name not in parsers}
    for name, parser in parsers.items():
        if name in raw:
            try:
                values[name] = parser(raw[name])
            except BadValuesError as error:
                faults |= {f"{name}{place}": message for place, message in error.faults.items()}
            except ValueError as error:
                faults[name] = str(error)
        elif whole and name in REQUIRED:
            faults[name] = MISSING
        elif whole:
            values[name] = DEFAULTS[name]()
    return values, faults


def as_text(value: object) -> str:
    """A raw value as a file would have it; '' for none. Numbers lose nothing: 49.95 is '49.95'."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        return f"{number:f}" if number.is_finite() else str(value)
    raise _mistaken(value, "text or a number")


def only_text(parse_text: value_parsers.Parser, form: Form = Form.LINE) -> Parser:
    """A parser for a field in which a JSON number is an accident: 007 would come as 7. Text is cleaned as in files."""

    def parse_value(value: object) -> Any:
        if value is not None and not isinstance(value, str):
            raise _mistaken(value, "text")
        return parse_text(cleaned(as_text(value), form, None))

    return parse_value


def switch(value: object) -> bool:
    """True or false, or these words."""
    found = value if isinstance(value, bool) else WORDS.get(as_text(value).casefold())
    if found is None:
        raise ValueError(f"{value!r} is not true or false")
    return found


def optional_price(value: object) -> Decimal | None:
    """A price; None for an empty value."""
    text = as_text(value)
    return value_parsers.price(text) if text else None


def gtins(value: object) -> list[str]:
    """GTINs of 14 digits, each once; a file separates them by commas or spaces."""
    given = re.split(r"[\s,;|]+", value.strip()) if isinstance(value, str) and value.strip() else value or []
    if not isinstance(given, list):
        raise _mistaken(value, "a list of GTINs")
    found = _each(given, only_text(gtin.normalise, Form.CODE))
    return list(dict.fromkeys(found))


def images(value: object) -> list[Image]:
    """Pictures, each once; a file separates their addresses by white space."""
    given = value.split() if isinstance(value, str) else value or []
    if not isinstance(given, list):
        raise _mistaken(value, "a list of pictures")
    return canonical_images(_each(given, lambda image: canonical_images([image])[0]))


def attributes(value: object, kinds: Mapping[str, AttributeKind]) -> dict[str, Value | None]:
    """Canonical values by code; None for an empty one, which removes what the product has.

    A code without a kind gets one from its value.
    """
    given = {} if value is None else value
    if not isinstance(given, dict):
        raise _mistaken(value, "an object of values by code")
    faults = {f".{code}": "it is not a code such as 'screen_size'" for code in given if not is_code(code)}
    texts: dict[str, Any] = {}
    for code in filter(is_code, given):
        try:
            texts[code] = cleaned_value(given[code], kinds.get(code))
        except ValueError as error:
            faults[f".{code}"] = str(error)
    found, bad = canonical_attributes(texts, kinds)
    faults |= {f".{error.code}": str(error).removeprefix(f"{error.code}: ") for error in bad}
    if faults:
        raise BadValuesError(faults)
    return {code: found.get(code) for code in given}


def _mistaken(value: object, expected: str) -> ValueError:
    return ValueError(f"it is {KINDS.get(type(value), 'a number')}, not {expected}")


def _each(values: "list[Any]", parse_one: Parser) -> "list[Any]":
    found, faults = [], {}
    for place, value in enumerate(values):
        try:
            found.append(parse_one(value))
        except ValueError as error:
            faults[f"[{place}]"] = str(error)
    if faults:
        raise BadValuesError(faults)
    return found


FIELDS: dict[str, Parser] = {
    "sku": only_text(value_parsers.fitting(Product.sku.field, required=True), Form.CODE),
    "name": only_text(value_parsers.fitting(Product.name.field, required=True)),
    "brand": only_text(value_parsers.fitting(Product.brand.field)),
    "category": only_text(value_parsers.category_path),
    "price": lambda value: value_parsers.price(as_text(value)),
    "description": only_text(value_parsers.text, Form.TEXT),
    "list_price": optional_price,
    "gtins": gtins,
    "images": images,
    "released": only_text(value_parsers.iso_date),
    "active": switch,
}
DEFAULTS: dict[str, Callable[[], Any]] = {
    "brand": str,
    "category": str,
    "description": str,
    "attributes": dict,
    "list_price": lambda: None,
    "gtins": list,
    "images": list,
    "released": lambda: None,
    "active": lambda: True,
}
