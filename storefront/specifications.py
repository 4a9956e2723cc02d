"""The attributes of products as shoppers read them, and products side by side."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any

from products.attribute_values import AttributeType, number_text
from products.models import Attribute, Product
from products.paths import own_name

MAX_COMPARED = 4
YES, NO = "Yes", "No"
_CLOSE_UNIT = re.compile(r"[\"'\u2033\u2032%°](?!\w)")  # stands right behind its number: 15.6 inches as a sign, 20%


@dataclasses.dataclass(frozen=True, slots=True)
class Specification:
    label: str
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class ComparedRow:
    """A property of several products; '' where one has none. `differs`: not all have the same."""

    label: str
    texts: Sequence[str]

    @property
    def differs(self) -> bool:
        return len(set(self.texts)) > 1


def specifications(product: Product) -> list[Specification]:
    """The attributes that are shown, in their order. One query."""
    shown = _shown_attributes(product.attributes)
    return [
        Specification(each.label, value_text(product.attributes[each.code], each.type, each.unit)) for each in shown
    ]


def compare(products: Sequence[Product]) -> list[ComparedRow]:
    """Brand, category and every shown attribute that one of the products has. One query."""
    rows = [
        ComparedRow("Brand", [product.brand for product in products]),
        ComparedRow("Category", [own_name(product.category.path) if product.category else "" for product in products]),
    ]
    for each in _shown_attributes({code: None for product in products for code in product.attributes}):
        values = [product.attributes.get(each.code) for product in products]
        texts = ["" if value is None else value_text(value, each.type, each.unit) for value in values]
        rows.append(ComparedRow(each.label, texts))
    return [row for row in rows if any(row.texts)]


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


def _shown_attributes(attributes: Mapping[str, Any]) -> list[Attribute]:
    return list(Attribute.objects.filter(code__in=attributes, shown=True)) if attributes else []
