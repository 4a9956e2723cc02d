"""Facet counts, hits and their order, against a brute-force count over PostgreSQL's rows.

The oracle is the same for the degraded search, except that this does not count stores and attributes.
"""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexing.attributes import LONGEST_FACET_KEY
from products.attribute_values import AttributeType, value_key
from products.models import Product
from search_api.contracts import AttributeFacet, AttributeFilter, SearchRequest, SearchResponse, Sort
from search_api.engine import pages
from search_api.fallback import search as fallback_search
from stores.models import Inventory, Store
from tests.factories import make_attribute, make_product, make_stock, make_store
from tests.search_api.conftest import Shop

pytestmark = [pytest.mark.django_db, pytest.mark.service]

CATEGORIES = ("A", "A > B", "A > B > C", "A > D", "E", "E > B")
BRANDS = ("Ada", "Bell", "BELL ", "bell", "Curie")
LIST_PRICES = (None, "25.00", "50.00", "1000.00", "5000.00")
PRICES = ("0.00", "24.99", "25.00", "49.99", "50.00", "999.99", "1000.00")
COLOURS = ("Red", "RED", "Dark  blue", "dark Blue", ["Red", "Dark blue"], ["Green"], "x" * 300, None)
MEMORY = (4, 8, 16, 8.5, -1, 0, 1e9, None)
WIFI = (True, False, None)
CODES = {"colour": "text", "memory": "number", "wifi": "boolean"}


@pytest.fixture
def catalogue(shop: Shop) -> Shop:
    """Products with every combination of properties, at two stores."""
    stores = [make_store(name) for name in ("North", "South")]
    for code, kind in CODES.items():
        make_attribute(code, kind)
    for number in range(42):
        values = {
            "colour": COLOURS[number % 8],
            "memory": MEMORY[(number * 3 + number // 8) % 8],
            "wifi": WIFI[(number // 2) % 3],
        }
        product = make_product(
            f"Thing {number}",
            brand=("", *BRANDS)[number % 6],
            category=("", *CATEGORIES)[number % 7],
            price=PRICES[(number * 5 + number // 7) % 7],
            list_price=LIST_PRICES[number % 5],
            attributes={code: value for code, value in values.items() if value is not None},
        )
        for place, store in enumerate(stores):
            if number % (3 + 2 * place):
                make_stock(store, product, (number + place) % 4)
    shop.refresh()
    return shop


numbers = st.none() | st.sampled_from(["-1", "0", "4", "8", "8.4", "16", "1e9"]).map(Decimal)
filters = st.fixed_dictionaries(
    {},
    optional={
        "colour": st.lists(st.sampled_from(["red", "DARK BLUE", "Green", "X" * 300, "none"]), min_size=1).map(
            lambda values: AttributeFilter(code="colour", values=tuple(values))
        ),
        "memory": st.builds(
            lambda values, low, high: AttributeFilter(
                code="memory", type=AttributeType.NUMBER, values=tuple(values), minimum=low, maximum=high
            ),
            st.lists(st.sampled_from(["4", "8.5", "-1", "7"]), min_size=1),
            numbers,
            numbers,
        ),
        "wifi": st.lists(st.sampled_from(["true", "false"]), min_size=1, unique=True).map(
            lambda values: AttributeFilter(code="wifi", type=AttributeType.BOOLEAN, values=tuple(values))
        ),
    },
).map(lambda found: tuple(found[code] for code in sorted(found)))
requests = st.fixed_dictionaries(
    {
        "attributes": filters,
        "categories": st.lists(st.sampled_from(CATEGORIES), max_size=2, unique=True).map(tuple),
        "brands": st.lists(st.sampled_from(BRANDS), max_size=2, unique=True).map(tuple),
        "price_min": st.none() | st.sampled_from(PRICES).map(Decimal),
        "price_max": st.none() | st.sampled_from(PRICES).map(Decimal),
        "in_stock": st.sampled_from([None, True, False]),
        "on_sale": st.sampled_from([None, True, False]),
        "store": st.sampled_from([None, "North", "South"]),
        "sort": st.sampled_from([Sort.CHEAPEST, Sort.DEAREST, Sort.NAME]),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=requests)
def test_counts_are_right_for_every_combination_of_filters(catalogue: Shop, fields: dict[str, Any]) -> None:
    del catalogue
    store = fields.pop("store")
    store_id = Store.objects.get(name=store).pk if store else None
    request = SearchRequest(q="thing", page_size=100, store_id=store_id, **fields)
    expected = Oracle(request)
    degraded = fallback_search.search(request)
    assert [hit["id"] for hit in degraded.results] == expected.ids
    assert counted(degraded) == {**expected.facets(), "store": {}}
    assert ranges(degraded) == expected.ranges(degraded)
    if expected.ids:  # else the engine relaxes the search
        answer = pages.search(request)
        assert [hit["id"] for hit in answer.results] == expected.ids
        assert counted(answer) == expected.facets()
        assert ranges(answer) == expected.ranges(answer)
        assert counted_attributes(answer) == expected.attributes(answer)


def counted(response: SearchResponse) -> dict[str, Any]:
    facets = response.facets
    return {
        "category": {value["value"]: value["count"] for value in facets["category"] if value["count"]},
        "brand": {value_key(value["value"]): value["count"] for value in facets["brand"] if value["count"]},
        "price": (facets["price"]["min"], facets["price"]["max"]),
        "availability": [value["count"] for value in facets["availability"]],
        "on_sale": [value["count"] for value in facets["on_sale"]],
        "store": {value["value"]: value["count"] for value in facets["store"]},
    }


def ranges(response: SearchResponse) -> list[int]:
    return [step["count"] for step in response.facets["price"]["ranges"]]


def counted_attributes(response: SearchResponse) -> dict[str, Any]:
    return {
        facet["code"]: {
            "values": {value_key(value["value"]): value["count"] for value in facet["values"] if value["count"]},
            "selected": [value_key(value["value"]) for value in facet["values"] if value["selected"]],
            "ranges": [step["count"] for step in facet["ranges"]],
            "bounds": (facet["min"], facet["max"]),
        }
        for facet in response.facets["attributes"]
    }


class Oracle:
    """The expected facets, from a look at every product for every facet."""

    def __init__(self, request: SearchRequest) -> None:
        self.request = request
        self.products = list(Product.objects.searchable().select_related("category"))
        in_stock = Inventory.objects.filter(quantity__gt=0).values_list("product_id", "store_id")
        self.stores: dict[int, set[int]] = {}
        for product_id, store_id in in_stock:
            self.stores.setdefault(product_id, set()).add(store_id)
        self.ids = [product.pk for product in sorted(self.fitting(""), key=self.place)]

    def place(self, product: Product) -> tuple[Any, int]:
        keys = {Sort.CHEAPEST: product.price, Sort.DEAREST: -product.price, Sort.NAME: product.sort_key}
        return keys[self.request.sort], product.pk

    def facets(self) -> dict[str, Any]:
        prices = [product.price for product in self.fitting("price")]
        stocked = [self.has(product) for product in self.fitting("availability")]
        reduced = [is_on_sale(product) for product in self.fitting("on_sale")]
        levels = (level for product in self.fitting("category") for level in self.levels(product))
        stores = (store for product in self.fitting("availability") for store in self.stores.get(product.pk, ()))
        return {
            "category": Counter(levels),
            "brand": Counter(value_key(product.brand) for product in self.fitting("brand") if product.brand),
            "price": (str(min(prices)), str(max(prices))) if prices else (None, None),
            "availability": [sum(stocked), len(stocked) - sum(stocked)],
            "on_sale": [sum(reduced), len(reduced) - sum(reduced)],
            "store": Counter(stores),
        }

    def ranges(self, response: SearchResponse) -> list[int]:
        """Hits in the response's ranges, which must have every hit once when there are any."""
        prices = [product.price for product in self.fitting("price")]
        steps = [(step["from"], step["to"]) for step in response.facets["price"]["ranges"]]
        assert not steps or sum(between(price, *step) for step in steps for price in prices) == len(prices)
        return [sum(between(price, low, high) for price in prices) for low, high in steps]

    def attributes(self, response: SearchResponse) -> dict[str, Any]:
        return {facet["code"]: self.attribute(facet) for facet in response.facets["attributes"]}

    def attribute(self, facet: AttributeFacet) -> dict[str, Any]:
        code = facet["code"]
        chosen = next((each for each in self.request.attributes if each.code == code), AttributeFilter(code=code))
        items = [item for product in self.fitting(code) for item in set(self.items(product, code))]
        counts = Counter(items)
        numbers = [Decimal(item) for item in items] if CODES[code] == "number" else []
        steps = [(step["from"], step["to"]) for step in facet["ranges"]]
        selected = list(dict.fromkeys(map(value_key, chosen.values)))
        shown = {key: count for key, count in counts.items() if len(key) <= LONGEST_FACET_KEY}
        if CODES[code] == "boolean":
            shown = {key: count for key, count in shown.items() if key == "true" or key in selected}
        return {
            "values": shown,
            "selected": [
                value_key(value["value"]) for value in facet["values"] if value_key(value["value"]) in selected
            ],
            "ranges": [sum(between(number, low, high) for number in numbers) for low, high in steps],
            "bounds": (min(numbers), max(numbers)) if numbers else (None, None),
        }

    @staticmethod
    def items(product: Product, code: str) -> list[str]:
        value = product.attributes.get(code)
        return [] if value is None else [value_key(item) for item in (value if isinstance(value, list) else [value])]

    def fitting(self, but: str) -> list[Product]:
        """The products that fit every filter but the facet's own."""
        return [product for product in self.products if all(self.judgements(product, but))]

    def judgements(self, product: Product, but: str) -> Iterable[bool]:
        request = self.request
        for chosen in request.attributes:
            if chosen.code != but:
                items, keys = self.items(product, chosen.code), set(map(value_key, chosen.values))
                is_bounded = (chosen.minimum, chosen.maximum) != (None, None)
                yield bool(keys.intersection(items)) or (
                    is_bounded and any(between(Decimal(item), chosen.minimum, chosen.maximum) for item in items)
                )
        if but != "category" and request.categories:
            yield not set(request.categories).isdisjoint(self.levels(product))
        if but != "brand" and request.brands:
            yield value_key(product.brand) in set(map(value_key, request.brands))
        if but != "price":
            yield request.price_min is None or product.price >= request.price_min
            yield request.price_max is None or product.price <= request.price_max
        if but != "availability" and request.in_stock is not None:
            yield self.has(product) is request.in_stock
        if but != "on_sale" and request.on_sale is not None:
            yield is_on_sale(product) is request.on_sale

    def has(self, product: Product) -> bool:
        stores = self.stores.get(product.pk, set())
        return bool(stores) if self.request.store_id is None else self.request.store_id in stores

    @staticmethod
    def levels(product: Product) -> list[str]:
        names = product.category.path.split(" > ") if product.category else []
        return [" > ".join(names[: depth + 1]) for depth in range(len(names))]


def is_on_sale(product: Product) -> bool:
    return product.list_price is not None and product.list_price > product.price


def between(number: Decimal, low: Any, high: Any) -> bool:
    """Both ends included; None for no end."""
    return (low is None or number >= Decimal(str(low))) and (high is None or number <= Decimal(str(high)))
