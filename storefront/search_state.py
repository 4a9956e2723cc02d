"""A results page's address is its state: read forgivingly, written in one canonical form."""

import dataclasses
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any, Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from products.models import PATH_SEPARATOR
from search_api.contracts import MAX_QUERY_LENGTH, MAX_WINDOW, SearchRequest, Sort

PAGE_SIZE = 24
ALL_STORES = "all"
MAX_CHOICES = 20  # of one facet
LARGEST_PRICE = Decimal(10) ** 10


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SearchState:
    """What the page shows. `store` is what the address itself says: '' (the visitor's), 'all' or a store's id."""

    request: SearchRequest
    store: str = ""

    def changed(self, **changes: Any) -> Self:
        """The same search with other filters, from its first page unless `page` is among the changes."""
        request = dataclasses.replace(self.request, **{"page": 1, **changes})
        return dataclasses.replace(self, request=request)

    def at_store(self, store: str) -> Self:
        """The same search at another store."""
        return dataclasses.replace(self.changed(), store=store)

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Name and value of all that differs from a plain search."""
        asked = self.request
        return [
            *_present(q=asked.q),
            *(("category", path) for path in asked.categories),
            *(("brand", brand) for brand in asked.brands),
            *_present(
                price_min=asked.price_min,
                price_max=asked.price_max,
                in_stock="true" if asked.in_stock else "",
                store_id=self.store,
                sort="" if asked.sort == Sort.RELEVANCE else asked.sort.value,
                page="" if asked.page == 1 else asked.page,
            ),
        ]

    @property
    def url(self) -> str:
        query = urlencode(self.parameters)
        return reverse("storefront:search") + (f"?{query}" if query else "")


def _present(**values: Any) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in values.items() if value not in ("", None)]


def read(parameters: QueryDict) -> SearchState:
    """The state that an address means; what makes no sense in it is left out. The store is still to be looked up."""
    return SearchState(
        request=SearchRequest(
            q=parameters.get("q", "").strip().replace("\0", "")[:MAX_QUERY_LENGTH],
            categories=_narrowest(_choices(parameters, "category")),
            brands=_choices(parameters, "brand"),
            price_min=_price(parameters.get("price_min", "")),
            price_max=_price(parameters.get("price_max", "")),
            in_stock=parameters.get("in_stock") == "true" or None,
            sort=_sort(parameters.get("sort", "")),
            page=_page(parameters.get("page", "")),
            page_size=PAGE_SIZE,
        ),
        store=_store(parameters.get("store_id", "")),
    )


def _choices(parameters: QueryDict, name: str) -> tuple[str, ...]:
    chosen: tuple[str, ...] = ()
    for value in (value.replace("\0", "") for value in parameters.getlist(name)):
        if value and not is_among(value, chosen):
            chosen = (*chosen, value)
    return chosen[:MAX_CHOICES]


def _narrowest(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Without categories that another choice lies in: who chooses Laptops within Computers wants laptops."""
    return tuple(path for path in paths if not any(is_below(other, path) for other in paths))


def is_among(value: str, others: Iterable[str]) -> bool:
    """Whether it is one of the others, in upper or lower case: a search takes either."""
    return value.casefold() in map(str.casefold, others)


def without(chosen: Iterable[str], value: str) -> tuple[str, ...]:
    """The others of those that are chosen."""
    return tuple(one for one in chosen if not is_among(value, [one]))


def is_below(path: str, above: str) -> bool:
    """Whether a category path lies inside another."""
    return path.casefold().startswith((above + PATH_SEPARATOR).casefold())


def _price(text: str) -> Decimal | None:
    try:
        price = Decimal(text.strip().removeprefix("$").replace(",", ""))
    except InvalidOperation:
        return None
    return round(price, 2) if price.is_finite() and 0 <= price < LARGEST_PRICE else None


def _sort(text: str) -> Sort:
    try:
        return Sort(text)
    except ValueError:
        return Sort.RELEVANCE


def _page(text: str) -> int:
    return min(max(_number(text) or 1, 1), MAX_WINDOW // PAGE_SIZE)


def _store(text: str) -> str:
    return text if text == ALL_STORES or _number(text) else ""


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None  # noqa: PLR2004 - a bigint
