"""The products that a visitor compares: at most four, in the URL of the page."""

import dataclasses
from collections.abc import Iterable
from typing import Self
from urllib.parse import urlencode

from django.urls import reverse

from storefront.http import parse_number
from storefront.specifications import MAX_COMPARED


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    ids: tuple[int, ...] = ()

    def toggled(self, product_id: int) -> Self:
        """Without the product, or with it."""
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
