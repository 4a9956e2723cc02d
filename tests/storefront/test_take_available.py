"""Adding the available part of a rejected order to the basket."""

import pytest
from django.test import Client

from orders.models import Order
from products.models import Product
from stores.models import Inventory, Store
from tests.factories import make_product, make_stock, make_store
from tests.storefront.pages import text_of
from tests.storefront.test_basket import lines_of, put_in
from tests.storefront.test_checkout import fill_basket

pytestmark = [pytest.mark.service, pytest.mark.django_db]


@pytest.fixture
def store() -> Store:
    return make_store("Main Street")


@pytest.fixture
def kettle(store: Store) -> Product:
    product = make_product("Kettle")
    make_stock(store, product, 1)
    return product


@pytest.fixture
def rejected(client: Client, store: Store, kettle: Product) -> Order:
    """Three kettles where one is in stock, and a lamp where none is; the basket still has them."""
    client.post("/checkout/", fill_basket(client, store, {kettle: 3, make_product("Lamp"): 1}))
    return Order.objects.get()


def empty(client: Client) -> None:
    for line in client.get("/basket/").context["content"].lines:
        client.post("/basket/update/", {"product_id": line.product.pk, "quantity": 0})


def take_available(client: Client, order: Order) -> str:
    return text_of(client.post(f"/order/{order.pk}/take-available/", follow=True))


def test_products_that_the_store_lacks_are_removed_and_later_ones_stay(client: Client, rejected: Order) -> None:
    put_in(client, make_product("Desk").pk, 2)
    page = take_available(client, rejected)
    assert lines_of(client) == [("Kettle", 1), ("Desk", 2)]
    assert (
        "Your basket now has what Main Street has in stock of that order. Other products in it have not changed."
        in page
    )


def test_old_order_is_merged_into_the_current_basket(client: Client, rejected: Order) -> None:
    empty(client)
    put_in(client, make_product("Desk").pk, 2)
    take_available(client, rejected)
    assert lines_of(client) == [("Desk", 2), ("Kettle", 1)]


@pytest.mark.parametrize("quantities", [(5, 9, 5), (2, 9, 3), (5, 4, 4), (2, 0, 0)])
def test_same_product_gets_the_larger_quantity_up_to_the_stock(
    client: Client, rejected: Order, kettle: Product, quantities: tuple[int, int, int]
) -> None:
    since, in_stock, then = quantities
    client.post("/basket/update/", {"product_id": kettle.pk, "quantity": since})
    Inventory.objects.update(quantity=in_stock)
    take_available(client, rejected)
    assert lines_of(client) == ([("Kettle", then)] if then else [])


def test_taking_twice_is_the_same_as_once(client: Client, rejected: Order) -> None:
    take_available(client, rejected)
    take_available(client, rejected)
    assert lines_of(client) == [("Kettle", 1)]


def test_basket_of_another_store_stays_and_the_message_names_the_new_store(client: Client, rejected: Order) -> None:
    client.post("/store/choose/", {"store_id": make_store("Elm Road").pk})
    put_in(client, make_product("Desk").pk)
    page = take_available(client, rejected)
    assert "You are shopping at Main Street again, no longer at Elm Road." in page
    assert lines_of(client) == [("Kettle", 1), ("Desk", 1)]


def test_full_basket_keeps_its_lines_with_a_warning(client: Client, rejected: Order) -> None:
    products = [make_product(f"Thing {number}").pk for number in range(100)]
    session = client.session
    session["basket"] |= {"lines": {str(product_id): 1 for product_id in products}}
    session.save()
    page = take_available(client, rejected)
    assert "Not all of that order fits: an order has at most 100 different products." in page
    assert len(lines_of(client)) == 100
