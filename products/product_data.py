"""What the values of a product may be: one validation with one set of messages, for files and the API.

Raw values are text, as files have them, or JSON values. Functions here read no database.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from products import csv_fields
from products.models import Product, validate_flat

Values = dict[str, Any]
Faults = dict[str, str]  # field -> message; a value inside a field is named as 'attributes.colour'
Parser = Callable[[object], Any]

REQUIRED = ("sku", "name", "price")
MISSING = "it is missing"
UNKNOWN = "products have no such field"
KINDS = {bool: "true or false", dict: "an object", list: "a list"}
WORDS = {"true": True, "false": False}


class BadValuesError(ValueError):
    """Several values inside one field are bad. `faults` is by the place in the field: '.colour', '[0]'."""

    def __init__(self, faults: Faults) -> None:
        super().__init__("; ".join(f"{place}: {message}" for place, message in faults.items()))
        self.faults = faults


def parse(raw: Mapping[str, object], *, whole: bool) -> tuple[Values, Faults]:
    """Cleaned values by field, and the faults of the fields without one.

    For a whole product, a field that is not given has its default, and a required one is a fault.
    For a change, only the given fields are judged.
    """
    values: Values = {}
    faults = {name: UNKNOWN for name in raw if name not in FIELDS}
    for name, parser in FIELDS.items():
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
    raise ValueError(f"it is {KINDS.get(type(value), type(value).__name__)}, not text or a number")


def from_text(parse_text: csv_fields.Parser) -> Parser:
    """A parser of raw values from one of text."""
    return lambda value: parse_text(as_text(value))


def only_text(parse_text: csv_fields.Parser) -> Parser:
    """The same for a field in which a JSON number is an accident: 007 would come as 7."""

    def parse_value(value: object) -> Any:
        if value is not None and not isinstance(value, str):
            raise ValueError(f"it is {KINDS.get(type(value), 'a number')}, not text")
        return parse_text(as_text(value))

    return parse_value


def switch(value: object) -> bool:
    """True or false, or these words."""
    found = value if isinstance(value, bool) else WORDS.get(as_text(value).casefold())
    if found is None:
        raise ValueError(f"{value!r} is not true or false")
    return found


def flat_attributes(value: object) -> dict[str, Any]:
    try:
        validate_flat({} if value is None else value)
    except ValidationError as error:
        raise ValueError(error.messages[0]) from error
    return dict(value) if isinstance(value, dict) else {}


FIELDS: dict[str, Parser] = {
    "sku": only_text(csv_fields.fitting(Product.sku.field, required=True)),
    "name": only_text(csv_fields.fitting(Product.name.field, required=True)),
    "brand": only_text(csv_fields.fitting(Product.brand.field)),
    "category": only_text(csv_fields.category_path),
    "price": from_text(csv_fields.price),
    "description": only_text(csv_fields.text),
    "attributes": flat_attributes,
    "released": only_text(csv_fields.iso_date),
    "active": switch,
}
DEFAULTS: dict[str, Callable[[], Any]] = {
    "brand": str,
    "category": str,
    "description": str,
    "attributes": dict,
    "released": lambda: None,
    "active": lambda: True,
}
