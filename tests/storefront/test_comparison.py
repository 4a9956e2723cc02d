"""/compare/: up to four products side by side."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from products.models import Attribute, Product
from tests.factories import make_product, make_stock, make_store
from tests.storefront.pages import text_of

pytestmark = [pytest.mark.service, pytest.mark.django_db]


@pytest.fixture
def lamps() -> list[Product]:
    for code, kind, position in (("power", "number", 1), ("colour", "text", 2), ("dimmable", "boolean", 3)):
        Attribute.objects.create(code=code, label=code.capitalize(), type=kind, position=position)
    values = [
        {"power": 8, "colour": ["Red", "Blue"], "dimmable": True},
        {"power": 8, "colour": "Red"},
        {"power": 8, "colour": ["Red", "Blue"], "dimmable": False},
    ]
    return [make_product(f"Lamp {n}", category="Home > Lamps", attributes=each) for n, each in enumerate(values)]


def rows(page: Any) -> dict[str, tuple[list[str], bool]]:
    return {row.label: (list(row.texts), row.differs) for row in page.context["rows"]}


def address(*products: Product) -> str:
    return "/compare/?" + "&".join(f"id={product.pk}" for product in products)


def test_rows_that_differ_are_marked(client: Client, lamps: list[Product]) -> None:
    page = client.get(address(*lamps))
    assert rows(page) == {
        "Category": (["Lamps", "Lamps", "Lamps"], False),
        "Power": (["8", "8", "8"], False),
        "Colour": (["Red, Blue", "Red", "Red, Blue"], True),
        "Dimmable": (["Yes", "", "No"], True),
    }
    assert "Dimmable differs Yes not given No" in text_of(page)
    assert set(rows(client.get(address(*lamps) + "&rows=differences"))) == {"Colour", "Dimmable"}


def test_price_is_marked_where_it_differs(client: Client) -> None:
    first, second, third = (make_product(price=price) for price in ("5", "5", "6"))
    assert "Price differs $5.00 $6.00" in text_of(client.get(address(first, third)))
    assert "Price $5.00 $5.00" in text_of(client.get(address(first, second)))


def test_products_are_in_the_order_of_the_url(client: Client, lamps: list[Product]) -> None:
    page = client.get(address(lamps[2], lamps[0], lamps[2]))
    assert [each["product"] for each in page.context["products"]] == [lamps[2], lamps[0]]


def test_unknown_hidden_and_more_than_four_products_are_left_out(client: Client, lamps: list[Product]) -> None:
    hidden = make_product(active=False)
    page = client.get(f"/compare/?id=x&id=0&id=999999999&id={'9' * 30}&id={hidden.pk}&id={lamps[0].pk}")
    assert [each["product"] for each in page.context["products"]] == [lamps[0]]
    more = [make_product() for _ in range(2)]
    page = client.get(address(*lamps, *more))
    assert [each["product"] for each in page.context["products"]] == [*lamps, more[0]]
    assert "Nothing to compare yet" in text_of(client.get("/compare/"))


@pytest.mark.parametrize("products", [1, 3])
def test_queries_do_not_depend_on_the_number_of_products(client: Client, lamps: list[Product], products: int) -> None:
    store = make_store()
    make_stock(store, lamps[0], 3)
    client.post("/store/choose/", {"store_id": store.pk})
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address(*lamps[:products])).status_code == 200
    assert len(captured) == 4
