"""The attributes of products as shoppers read them."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, TypedDict

from django.db.models import Q

from products.attribute_values import AttributeType, Value, number_text
from products.models import Attribute, AttributeQuerySet, Product

YES, NO = "Yes", "No"
_CLOSE_UNIT = re.compile(r"[\"'\u2033\u2032%°](?!\w)")  # stands right behind its number: 15.6 inches as a sign, 20%


class Specification(TypedDict):
    code: str
    label: str
    text: str  # the value in words, with its unit


class PublicAttributes(NamedTuple):
    """What anybody may read of a product's attributes: those that are shown, or that search filters by."""

    values: dict[str, Value]  # by code
    specifications: list[Specification]  # of those that are shown, in their order


def public_attributes(products: Sequence[Product]) -> dict[int, PublicAttributes]:
    """The public attributes of each product, by its id. One query."""
    known = attributes_of(products).filter(Q(shown=True) | Q(filterable=True))
    found = list(known) if any(product.attributes for product in products) else []
    public = {each.code for each in found}
    return {
        product.pk: PublicAttributes(
            {code: value for code, value in product.attributes.items() if code in public},
            specifications(product, [each for each in found if each.shown]),
        )
        for product in products
    }


def specifications(product: Product, shown: Iterable[Attribute]) -> list[Specification]:
    """The product's values of those attributes that it has."""
    return [
        {
            "code": each.code,
            "label": each.label,
            "text": value_text(product.attributes[each.code], each.type, each.unit),
        }
        for each in shown
        if each.code in product.attributes
    ]


def attributes_of(products: Iterable[Product]) -> AttributeQuerySet:
    """The attributes that one of the products has."""
    return Attribute.objects.filter(code__in={code for product in products for code in product.attributes})


def value_text(value: Any, kind: str, unit: str = "") -> str:
    """A stored value in words: with its unit, booleans as yes and no, several texts with commas."""
    if isinstance(value, list):
        return ", ".join(value_text(item, kind, unit) for item in value)
    if kind == AttributeType.BOOLEAN or isinstance(value, bool):
        return YES if value in {True, "true"} else NO
    text = number_text(value) if isinstance(value, int | float) else str(value)
    return with_unit(text, unit)


def with_unit(text: str, unit: str) -> str:
    """A number and its unit, which do not part at the end of a line."""
    if not unit:
        return text
    return f"{text}{unit}" if _CLOSE_UNIT.fullmatch(unit) else f"{text}\u00a0{unit}"
