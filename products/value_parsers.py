"""Parsers of field values from files and the API. Each raises ValueError with the reason."""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models

from foundation import money
from products.models import PATH_SEPARATOR, PRICE_DIGITS, Category

Parser = Callable[[str], Any]
PRICE_LIMIT = Decimal(10) ** PRICE_DIGITS
NUMBER = re.compile(r"[+-]?\d+(\.\d*)?", re.ASCII)
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
CONTROL_CHARACTER = re.compile(r"[\x00-\x1f\x7f]")


def of_text(parse: Callable[[str], Any]) -> Callable[[Any], Any]:
    """A parser that also takes values of JSON: a number is parsed as its digits."""

    def parse_value(value: Any) -> Any:
        if isinstance(value, bool | list):
            raise ValueError(f"it is {'a list' if isinstance(value, list) else 'true or false'}, not text")  # noqa: TRY004 - as for every bad value
        return parse(f"{value:f}" if isinstance(value, Decimal) else str(value))

    return parse_value


def line_of_text(longest: int, *, required: bool = False) -> Parser:
    """Text on one line, of at most `longest` characters."""

    def parse(value: str) -> str:
        if required and not value:
            raise ValueError("it is empty")
        if len(value) > longest:
            raise ValueError(f"it has {len(value)} characters; at most {longest} fit")
        if found := CONTROL_CHARACTER.search(value):
            raise ValueError(f"it has a character that cannot be shown, {found[0]!r}")
        return value

    return parse


def fitting(field: "models.CharField[str, str]", *, required: bool = False) -> Parser:
    """Text on one line that fits a model's field."""
    return line_of_text(field.max_length or 0, required=required)


def text(value: str) -> str:
    """Text of any length, on any number of lines."""
    if "\0" in value:
        raise ValueError("it has a NUL byte")
    return value


def category_path(value: str) -> str:
    """Names from the root down, as 'Computers > Laptops'; an empty value for no category."""
    if not value:
        return ""
    names = [name.strip() for name in value.split(PATH_SEPARATOR.strip())]
    if not all(names):
        raise ValueError(f"a name is empty between the '>' of {value!r}")
    for name in names:
        fitting(Category.name.field)(name)
    return str(fitting(Category.path.field)(PATH_SEPARATOR.join(names)))


def price(value: str) -> Decimal:
    number = _number(value, "49.95")
    if number < 0:
        raise ValueError(f"a price is not negative: {value}")
    if number >= PRICE_LIMIT:
        raise ValueError(f"{value} is more than the highest price, {PRICE_LIMIT - money.smallest()}")
    if (amount := money.exact(number)) != number:
        digits = money.decimals()
        allowed = f"at most {digits} decimals" if digits else "no decimals"
        raise ValueError(f"a price in {settings.CURRENCY} has {allowed}, not {value}")
    return amount


def coordinate(limit: int) -> Parser:
    """Degrees up to the limit, to six decimals (a tenth of a metre); None for an empty value."""

    def parse(value: str) -> Decimal | None:
        if not value:
            return None
        degrees = _number(value, "45.52")
        if abs(degrees) > limit:
            raise ValueError(f"degrees go from -{limit} to {limit}, not {value}")
        return degrees.quantize(Decimal("0.000001"))

    return parse


def iso_date(value: str) -> date | None:
    """A day such as 2026-03-31; None for an empty value."""
    if not value:
        return None
    if not ISO_DATE.fullmatch(value):
        raise ValueError(f"{value!r} is not a date such as 2026-03-31")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"there is no day {value}") from None


def _number(value: str, example: str) -> Decimal:
    if not NUMBER.fullmatch(value):
        raise ValueError(f"{value!r} is not a number such as {example}")
    return Decimal(value)
