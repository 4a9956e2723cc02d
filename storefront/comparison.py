"""Products side by side: those that a visitor compares are in the URL of the page, at most four."""

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Self
from urllib.parse import urlencode

from django.urls import reverse

from products.models import Product
from products.paths import own_name
from products.specifications import attributes_of, value_text
from storefront.http import parse_number

MAX_COMPARED = 4


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    ids: tuple[int, ...] = ()

    def toggled(self, product_id: int) -> Self:
        """The comparison without the product, or with it when it was not marked."""
        others = tuple(other for other in self.ids if other != product_id)
        return dataclasses.replace(self, ids=others if len(others) < len(self.ids) else (*others, product_id))

    @property
    def is_full(self) -> bool:
        return len(self.ids) >= MAX_COMPARED

    @property
    def url(self) -> str:
        query = urlencode([("id", product_id) for product_id in self.ids])
        return reverse("storefront:compare") + (f"?{query}" if query else "")


NOTHING = Comparison()


def parse_ids(texts: Iterable[str]) -> tuple[int, ...]:
    """The first four ids in a URL, each once; other texts are ignored."""
    return tuple(dict.fromkeys(filter(None, map(parse_number, texts))))[:MAX_COMPARED]


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
