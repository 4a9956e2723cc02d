"""The search in a results page's URL: parsed leniently, written in one canonical form."""

import dataclasses
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from foundation.amounts import in_notation
from foundation.money import exact, notation, read_money
from products.models import PATH_SEPARATOR, PRICE_DIGITS
from search_api.contracts import MAX_QUERY_LENGTH, MAX_WINDOW, Interpretation, SearchRequest, Sort
from storefront import attribute_filters
from storefront.comparison import NOTHING, Comparison, parse_ids
from storefront.http import parse_number

PAGE_SIZE = 24
LAST_PAGE = MAX_WINDOW // PAGE_SIZE
ALL_STORES = "all"
MAX_SELECTED = 20  # values of one facet
PRICE_LIMIT = Decimal(10) ** PRICE_DIGITS
SHOWN_LENGTH = 40  # of a text that is not a price


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SearchState:
    """A search, and the store that the URL names: '' (the visitor's), 'all' or a store's id."""

    request: SearchRequest
    store: str = ""
    not_prices: tuple[str, ...] = ()  # texts that were typed as prices and cannot be read
    compared: Comparison = NOTHING  # what the visitor has marked on the pages before

    def changed(self, **changes: Any) -> Self:
        """The search with other filters, at its first page unless `page` is among the changes."""
        return dataclasses.replace(
            self, not_prices=(), request=dataclasses.replace(self.request, **{"page": 1, **changes})
        )

    def comparing(self, compared: Comparison) -> Self:
        """The same page with these products marked for comparison."""
        return dataclasses.replace(self, not_prices=(), compared=compared)

    @property
    def unfiltered(self) -> Self:
        return self.changed(
            categories=(), brands=(), attributes=(), price_min=None, price_max=None, in_stock=None, on_sale=None
        )

    def at_store(self, store: str) -> Self:
        return dataclasses.replace(self.changed(), store=store)

    def explicit(self, interpreted: Sequence[Interpretation]) -> Self:
        """The same search with the price and the order that its words were read as, and without those words."""
        interpreted = [each for each in interpreted if each["kind"] in {"price", "sort"}]
        if not interpreted:
            return self
        q, chosen = self.request.q, dict[str, Any]()
        for each in reversed(interpreted):
            q = f"{q[: each['start']]} {q[each['end'] :]}"
            chosen |= {
                name: Sort(value) if name == "sort" else Decimal(value) for name, [value] in each["parameters"].items()
            }
        return self.changed(q=" ".join(q.split()), page=self.request.page, **chosen)

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Names and values of the URL's query, without those that have their default."""
        request = self.request
        parameters: list[tuple[str, Any]] = [
            ("q", request.q),
            *(("category", path) for path in request.categories),
            *(("brand", brand) for brand in request.brands),
            ("price_min", price_text(request.price_min)),
            ("price_max", price_text(request.price_max)),
            *attribute_filters.parameters(request.attributes),
            ("in_stock", "true" if request.in_stock else ""),
            ("on_sale", "true" if request.on_sale else ""),
            ("store_id", self.store),
            ("interpret", "" if request.interpret else "false"),
            ("spelling", "" if request.spelling else "off"),
            ("sort", "" if request.sort == Sort.RELEVANCE else request.sort.value),
            *(("attribute_facet", code) for code in request.attribute_facets),
            *(("compare", product_id) for product_id in self.compared.ids),
            ("page", "" if request.page == 1 else request.page),
        ]
        return [(name, str(value)) for name, value in parameters if value not in ("", None)]

    @property
    def url(self) -> str:
        query = urlencode(self.parameters)
        return reverse("storefront:search") + (f"?{query}" if query else "")


def parse(parameters: QueryDict) -> SearchState:
    """The state of a URL. Invalid values are ignored; the view looks up the store."""
    categories = _selected(parameters, "category")
    sort, store = parameters.get("sort", ""), parameters.get("store_id", "")
    typed = [parameters.get(name, "").strip() for name in ("price_min", "price_max")]
    price_min, price_max = (_price(text) for text in typed)
    return SearchState(
        request=SearchRequest(
            q=parameters.get("q", "").strip().replace("\0", "")[:MAX_QUERY_LENGTH],
            # Of Computers and Laptops within it, only Laptops counts.
            categories=tuple(
                path for path in categories if not any(is_within(other, path) for other in categories if other != path)
            ),
            brands=_selected(parameters, "brand"),
            price_min=price_min,
            price_max=price_max,
            attributes=attribute_filters.parse(parameters),
            attribute_facets=attribute_filters.parse_facets(parameters),
            in_stock=parameters.get("in_stock") == "true" or None,
            on_sale=parameters.get("on_sale") == "true" or None,
            interpret=parameters.get("interpret") != "false",
            spelling=parameters.get("spelling") != "off",
            sort=Sort(sort) if sort in set(Sort) else Sort.RELEVANCE,
            page=min(max(parse_number(parameters.get("page", "")) or 1, 1), LAST_PAGE),
            page_size=PAGE_SIZE,
        ),
        store=store if store == ALL_STORES or parse_number(store) else "",
        compared=Comparison(parse_ids(parameters.getlist("compare"))),
        not_prices=tuple(text[:SHOWN_LENGTH] for text in typed if text and _price(text) is None),
    )


def _selected(parameters: QueryDict, name: str) -> tuple[str, ...]:
    """A facet's selected values, each once: a search ignores their case."""
    values: dict[str, str] = {}
    for value in parameters.getlist(name):
        if text := value.replace("\0", ""):
            values.setdefault(text.casefold(), text)
    return tuple(values.values())[:MAX_SELECTED]


def price_text(price: Decimal | str | None) -> str:
    """A price as this module reads it from a URL, which is as people in the shop's locale type it."""
    return "" if price is None else in_notation(exact(Decimal(price)), notation())


def _price(text: str) -> Decimal | None:
    price = read_money(text)
    return price if price is not None and price < PRICE_LIMIT else None


def toggled(selected: Sequence[str], value: str) -> tuple[str, ...]:
    """The selected values without this one (ignoring case), or with it when it was not selected."""
    others = tuple(other for other in selected if other.casefold() != value.casefold())
    return others if len(others) < len(selected) else (*others, value)


def is_within(path: str, ancestor: str) -> bool:
    """Whether a category path is another one, or lies below it."""
    return (path + PATH_SEPARATOR).casefold().startswith((ancestor + PATH_SEPARATOR).casefold())
