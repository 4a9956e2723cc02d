"""Writers of the same products at once."""

from collections import Counter
from functools import partial

import pytest

from products import operations
from products.errors import ProductChangedError
from products.models import Attribute, Product
from products.operations import Method, Operation, Written
from products.representation import etag
from tests.factories import make_product
from tests.threads import in_threads

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service, pytest.mark.races]

WRITERS, ROUNDS = 4, 5


def put(sku: str, price: int, *, if_match: str = "", **attributes: object) -> Operation:
    values = {"name": "Lamp", "price": price, "attributes": attributes}
    return Operation(Method.PUT, sku, values, if_match=[if_match] if if_match else [])


def test_of_writers_that_expect_the_same_state_one_succeeds() -> None:
    make_product("Lamp", sku="L-1")
    for turn in range(ROUNDS):
        expected = etag(Product.objects.get())
        results: list[str] = []

        def write(price: int, expected: str = expected, results: list[str] = results) -> None:
            try:
                operations.write(put("L-1", price, if_match=expected), may_create=False)
            except ProductChangedError:
                results.append("refused")
            else:
                results.append(f"price {price}")

        prices = [100 * turn + number + 1 for number in range(WRITERS)]
        in_threads(*(partial(write, price) for price in prices))
        assert Counter(results) == {"refused": WRITERS - 1, f"price {Product.objects.get().price:.0f}": 1}


def test_writers_that_create_the_same_products_all_succeed() -> None:
    for turn in range(ROUNDS):
        skus = [f"L-{turn}-{number}" for number in range(20)]
        outcomes: list[object] = []

        def write(order: list[str], price: int, outcomes: list[object] = outcomes) -> None:
            outcomes.extend(operations.write_all([put(sku, price) for sku in order], may_create=True))

        in_threads(*(partial(write, skus[:: 1 if number % 2 else -1], number + 1) for number in range(WRITERS)))
        assert all(isinstance(outcome, Written) for outcome in outcomes)
        assert len(set(Product.objects.filter(sku__in=skus).values_list("price", flat=True))) == 1
    assert Product.objects.count() == 20 * ROUNDS


def test_writers_that_create_the_same_attribute_agree_on_its_type() -> None:
    for turn in range(ROUNDS):
        code = f"size_{turn}"

        def write(sku: str, value: str, code: str = code) -> None:
            operations.write_all([put(sku, 1, **{code: value})], may_create=True)

        in_threads(partial(write, f"A-{turn}", "8"), partial(write, f"B-{turn}", "8 x 9"))
        kind = Attribute.objects.get(code=code).type
        values = [found.get(code) for found in Product.objects.values_list("attributes", flat=True)]
        expected = {int} if kind == "number" else {str}
        assert {type(value) for value in values if value is not None} == expected
