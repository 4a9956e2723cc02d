"""The order page: who may see it, and cancelling."""

import pytest
from django.test import Client

from orders.models import Order
from orders.services import Line, place_order
from products.models import Product
from stores.models import Inventory, Store
from tests.factories import make_product, make_staff, make_stock, make_store, make_user
from tests.storefront.pages import text_of

pytestmark = [pytest.mark.service, pytest.mark.django_db]


def place(store: Store, product: Product, customer_id: int | None) -> Order:
    order = place_order(store_id=store.pk, lines=[Line(product.pk, 2)], customer_id=customer_id)
    return Order.objects.get(pk=order.id)


@pytest.fixture
def store() -> Store:
    return make_store("Main Street")


@pytest.fixture
def kettle(store: Store) -> Product:
    product = make_product("Kettle")
    make_stock(store, product, 5)
    return product


def test_cancelling_returns_the_units_once(client: Client, store: Store, kettle: Product) -> None:
    ann = make_user("ann")
    order = place(store, kettle, ann.pk)
    client.force_login(ann)
    page = client.post(f"/order/{order.pk}/cancel/", follow=True)
    assert "This order is cancelled" in text_of(page)
    again = client.post(f"/order/{order.pk}/cancel/", follow=True)
    assert "Nothing was cancelled: the order is cancelled." in text_of(again)
    assert Inventory.objects.get().quantity == 5


def test_other_customers_get_404(client: Client, store: Store, kettle: Product) -> None:
    order = place(store, kettle, make_user("ann").pk)
    client.force_login(make_user("eve"))
    assert client.get(f"/order/{order.pk}/").status_code == 404
    assert client.post(f"/order/{order.pk}/cancel/").status_code == 404
    assert client.post(f"/order/{order.pk}/take-available/").status_code == 404


def test_staff_of_the_store_see_it_and_those_of_another_do_not(client: Client, store: Store, kettle: Product) -> None:
    order = place(store, kettle, make_user("ann").pk)
    client.force_login(make_staff(store))
    assert client.get(f"/order/{order.pk}/").status_code == 200
    client.force_login(make_staff(make_store("Elsewhere")))
    assert client.get(f"/order/{order.pk}/").status_code == 404


def test_account_lists_own_orders_newest_first(client: Client, store: Store, kettle: Product) -> None:
    ann = make_user("ann")
    first, second = place(store, kettle, ann.pk), place(store, kettle, ann.pk)
    client.force_login(ann)
    assert [order.pk for order in client.get("/account/").context["page"]] == [second.pk, first.pk]


def test_guest_finds_the_orders_of_this_browser(client: Client, store: Store, kettle: Product) -> None:
    client.post("/store/choose/", {"store_id": store.pk})
    client.post("/basket/add/", {"product_id": kettle.pk, "quantity": 1})
    key = client.get("/basket/").context["basket"].key
    client.post("/checkout/", {"idempotency_key": key, "store_id": store.pk})
    assert [order.pk for order in client.get("/account/").context["page"]] == [Order.objects.get().pk]
    assert list(Client().get("/account/").context["page"]) == []


def test_order_shows_the_name_and_price_of_when_it_was_placed(client: Client, store: Store, kettle: Product) -> None:
    ann = make_user("ann")
    order = place(store, kettle, ann.pk)
    client.force_login(ann)
    Product.objects.update(name="Renamed", price="99.00")
    page = text_of(client.get(f"/order/{order.pk}/"))
    assert "Kettle" in page
    assert "$20.00" in page
    assert "Renamed" not in page
