"""What a document holds of a product's attributes."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from products.attribute_values import AttributeType, number_text
from products.models import Attribute, Product


class Described(NamedTuple):
    """What decides how an attribute's values are in documents."""

    type: str
    unit: str
    searchable: bool
    filterable: bool


def described(products: Iterable[Product]) -> dict[str, Described]:
    """The attributes of these products by code, in one query."""
    codes = {code for product in products for code in product.attributes}
    rows = Attribute.objects.filter(code__in=codes).order_by()
    fields = ("code", *Described._fields)
    return {code: Described(*row) for code, *row in rows.values_list(*fields)} if codes else {}


def searchable_texts(attributes: Mapping[str, Any], known: Mapping[str, Described]) -> list[str]:
    """The values as words, each number with its unit. A value without an attribute is searchable."""
    texts: list[str] = []
    for code, value in attributes.items():
        attribute = known.get(code)
        if not attribute:
            texts += [str(item) for item in _items(value) if item]
        elif attribute.searchable and attribute.type != AttributeType.BOOLEAN:
            texts += [f"{_text(item)} {attribute.unit}".rstrip() for item in _items(value)]
    return texts


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _text(value: Any) -> str:
    return number_text(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
