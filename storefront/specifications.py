"""Products side by side."""

import dataclasses
from collections.abc import Sequence

from products.models import Product
from products.paths import own_name
from products.specifications import attributes_of, value_text

MAX_COMPARED = 4


@dataclasses.dataclass(frozen=True, slots=True)
class ComparedRow:
    """A property of several products; '' where one has none. `differs`: not all have the same."""

    label: str
    texts: Sequence[str]

    @property
    def differs(self) -> bool:
        return len(set(self.texts)) > 1


def compare(products: Sequence[Product]) -> list[ComparedRow]:
    """Brand, category and every shown attribute that one of the products has. One query."""
    rows = [
        ComparedRow("Brand", [product.brand for product in products]),
        ComparedRow("Category", [own_name(product.category.path) if product.category else "" for product in products]),
    ]
    shown = attributes_of(products).filter(shown=True) if any(product.attributes for product in products) else []
    for each in shown:
        values = [product.attributes.get(each.code) for product in products]
        texts = ["" if value is None else value_text(value, each.type, each.unit) for value in values]
        rows.append(ComparedRow(each.label, texts))
    return [row for row in rows if any(row.texts)]
