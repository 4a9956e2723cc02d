"""Facets of a real catalogue, against a brute-force count over its products.

REAL_DATA_SHARE is the share of the products that are loaded: 5 for every fifth, 1 for all.
"""

import os
import random
from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from indexing.attributes import LONGEST_FACET_KEY
from products.attribute_values import AttributeType, number_text, value_key
from products.models import Attribute, Product
from products.paths import levels
from search_api.contracts import AttributeFacet, AttributeFilter, SearchRequest
from search_api.engine import pages
from search_api.fallback import search as fallback_search
from tests.real_data import load_real_products, needs_real_data
from tests.search_api.conftest import Shop

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.service,
    needs_real_data,
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("real data"),
]

SHARE = int(os.environ.get("REAL_DATA_SHARE", "5"))
SEARCHES, DEGRADED_SEARCHES = 300, 20
PATIENCE = 60  # s; this is no test of speed
Bits = int  # one for each product


class BruteForce:
    """Which products have which value, as sets of bits."""

    def __init__(self) -> None:
        self.types = {code: AttributeType(kind) for code, kind in Attribute.objects.values_list("code", "type")}
        self.having: defaultdict[tuple[str, str], Bits] = defaultdict(int)
        self.numbers: defaultdict[str, dict[Decimal, Bits]] = defaultdict(lambda: defaultdict(int))
        self.prices: defaultdict[Decimal, Bits] = defaultdict(int)
        self.all = 0
        for place, product in enumerate(Product.objects.select_related("category").iterator()):
            bit = 1 << place
            self.all |= bit
            self.prices[product.price] |= bit
            if product.brand:
                self.having["brand", value_key(product.brand)] |= bit
            for path in levels(product.category.path if product.category else ""):
                self.having["category", value_key(path)] |= bit
            for code, value in product.attributes.items():
                for item in value if isinstance(value, list) else [value]:
                    self.having[code, value_key(item)] |= bit
                    if self.types[code] is AttributeType.NUMBER:
                        self.numbers[code][Decimal(str(item))] |= bit

    def passing(self, request: SearchRequest, but: str = "") -> Bits:
        found = self.all
        for name, values in (("category", request.categories), ("brand", request.brands)):
            if values and name != but:
                found &= self.either(name, values)
        for chosen in request.attributes:
            if chosen.code != but:
                between = inside(self.numbers[chosen.code], chosen.minimum, chosen.maximum)
                bounded = (chosen.minimum, chosen.maximum) != (None, None)
                found &= self.either(chosen.code, chosen.values) | (between if bounded else 0)
        if but != "price":
            found &= inside(self.prices, request.price_min, request.price_max)
        return found

    def either(self, name: str, values: tuple[str, ...]) -> Bits:
        found = 0
        for value in values:
            found |= self.having.get((name, value_key(value)), 0)
        return found


def inside(bits_of: Mapping[Decimal, Bits], low: Any, high: Any) -> Bits:
    found = 0
    for number, bits in bits_of.items():
        if (low is None or number >= Decimal(str(low))) and (high is None or number <= Decimal(str(high))):
            found |= bits
    return found


def random_request(chance: random.Random, counted: BruteForce) -> SearchRequest:
    """Up to four filters, of values that one product has, so that some hits are likely."""
    product = chance.choice(PRODUCTS)
    fields: dict[str, Any] = {"q": "", "page_size": 1}
    kinds = chance.sample(("brand", "category", "price", *["attribute"] * 4), chance.randint(0, 4))
    if "brand" in kinds and product.brand:
        others = (chance.choice(PRODUCTS).brand for _ in range(chance.randint(0, 1)))
        fields["brands"] = tuple(filter(None, (product.brand.upper(), *others)))
    if "category" in kinds and product.category:
        fields["categories"] = (chance.choice(list(levels(product.category.path))),)
    if "price" in kinds:
        fields["price_min"], fields["price_max"] = product.price / 2, product.price * 2
    codes = sorted(product.attributes)
    chosen = chance.sample(codes, min(kinds.count("attribute"), len(codes)))
    fields["attributes"] = tuple(
        random_filter(chance, counted, code, product.attributes[code]) for code in sorted(chosen)
    )
    return SearchRequest(**fields)


def random_filter(chance: random.Random, counted: BruteForce, code: str, value: Any) -> AttributeFilter:
    kind = counted.types[code]
    item = value[0] if isinstance(value, list) else value
    if kind is AttributeType.NUMBER:
        if chance.random() < 0.5:
            width = abs(item) * chance.random()
            low, high = Decimal(str(item - width)), Decimal(str(item + width))
            return AttributeFilter(code=code, type=kind, minimum=low, maximum=high if chance.random() < 0.5 else None)
        other = chance.choice(list(counted.numbers[code]))
        return AttributeFilter(code=code, type=kind, values=(number_text(item), number_text(float(other))))
    return AttributeFilter(
        code=code, type=kind, values=(value_key(item).upper() if kind is AttributeType.TEXT else value_key(item),)
    )


PRODUCTS: list[Product] = []


def test_counts_equal_a_brute_force_count(shop: Shop, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SEARCH_TIMEOUT = PATIENCE
    monkeypatch.setattr(fallback_search, "PAGE_TIMEOUT", PATIENCE * 1000)
    load_real_products(SHARE)
    shop.refresh()
    PRODUCTS[:] = Product.objects.select_related("category").order_by("sku")
    counted, chance = BruteForce(), random.Random(1)
    for number in range(SEARCHES):
        request = random_request(chance, counted)
        hits = counted.passing(request)
        if not hits:
            continue  # the search would be relaxed
        response = pages.search(request)
        assert response.count == hits.bit_count(), request
        if number < DEGRADED_SEARCHES:
            assert fallback_search.search(request).count == hits.bit_count(), request
        for name in ("category", "brand"):
            reach = counted.passing(request, name)
            for value in response.facets[name]:
                assert value["count"] == (counted.either(name, (value["value"],)) & reach).bit_count(), (request, value)
        reach = counted.passing(request, "price")
        for step in response.facets["price"]["ranges"]:
            assert step["count"] == (inside(counted.prices, step["from"], step["to"]) & reach).bit_count(), (
                request,
                step,
            )
        for facet in response.facets["attributes"]:
            assert_counts(facet, counted, counted.passing(request, facet["code"]), request)

    offered = {facet["code"] for facet in shop.search("laptop").facets["attributes"]}
    # Of few laptops, too many have a processor family of their own.
    assert {"internal_memory", "display_diagonal", *(["processor_family"] if SHARE == 1 else [])} <= offered
    offered = {facet["code"] for facet in shop.search("cable").facets["attributes"]}
    assert {"cable_length", "connector_1"} <= offered
    assert offered & {"product_colour", "cable_colour"}


def assert_counts(facet: AttributeFacet, counted: BruteForce, reach: Bits, request: SearchRequest) -> None:
    code = facet["code"]
    for value in facet["values"]:
        assert value["count"] == (counted.either(code, (value["value"],)) & reach).bit_count(), (request, facet)
    if facet["type"] == "number":
        numbers = {number: (bits & reach).bit_count() for number, bits in counted.numbers[code].items() if bits & reach}
        assert (facet["min"], facet["max"]) == ((float(min(numbers)), float(max(numbers))) if numbers else (None, None))
        for step in facet["ranges"]:
            bits = inside(counted.numbers[code], step["from"], step["to"]) & reach
            assert step["count"] == bits.bit_count(), (request, facet)
        assert not facet["ranges"] or sum(step["count"] for step in facet["ranges"]) == sum(numbers.values())
    elif facet["type"] == "text":  # the values with most hits come first, and none is missing
        having = {key: (bits & reach).bit_count() for (name, key), bits in counted.having.items() if name == code}
        best = sorted((count for key, count in having.items() if count and len(key) <= LONGEST_FACET_KEY), reverse=True)
        found = [value["count"] for value in facet["values"] if not value["selected"]]
        if not any(value["selected"] for value in facet["values"]):
            assert found == best[:20], (request, facet)
