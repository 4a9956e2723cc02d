"""Ordering the basket: once, however often the form is sent."""

import concurrent.futures
import re
import uuid
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django.shortcuts import resolve_url
from django.test import Client, override_settings
from limits import parse

from orders.models import Order
from products.models import Product
from stores.models import Inventory, Store
from tests.factories import make_product, make_stock, make_store, make_user
from tests.storefront.pages import text_of

pytestmark = [pytest.mark.service, pytest.mark.django_db]


def fill_basket(client: Client, store: Store, quantities: dict[Product, int]) -> dict[str, Any]:
    """Choose the store, add the products, and return the order form as a browser would send it."""
    client.post("/store/choose/", {"store_id": store.pk})
    for product, quantity in quantities.items():
        client.post("/basket/add/", {"product_id": product.pk, "quantity": quantity})
    return form_on(client.get("/basket/"))


def form_on(basket_page: Any) -> dict[str, Any]:
    """The hidden fields of the order form."""
    text = basket_page.content.decode()
    names = ("idempotency_key", "store_id", "total")
    return {name: re.search(rf'name="{name}"\s+value="([^"]*)"', text)[1] for name in names}  # type: ignore[index]


def stock(product: Product) -> int:
    return Inventory.objects.get(product=product).quantity


def test_confirmed_order_takes_stock_and_empties_the_basket(client: Client) -> None:
    store, kettle = make_store("Main Street"), make_product("Kettle", price="20.00")
    make_stock(store, kettle, 5)
    page = client.post("/checkout/", fill_basket(client, store, {kettle: 2}), follow=True)
    order = Order.objects.get()
    assert (order.status, str(order.total), stock(kettle)) == ("CONFIRMED", "40.00", 3)
    assert page.redirect_chain == [(f"/order/{order.pk}/", 302)]
    assert "Your order is confirmed" in text_of(page)
    assert "Your basket is empty" in text_of(client.get("/basket/"))


def test_rejected_order_takes_no_stock_and_shows_the_shortages(client: Client) -> None:
    store, kettle, lamp = make_store(), make_product("Kettle"), make_product("Lamp")
    make_stock(store, kettle, 1)
    make_stock(store, lamp, 9)
    page = client.post("/checkout/", fill_basket(client, store, {kettle: 3, lamp: 1}), follow=True)
    assert (Order.objects.get().status, stock(kettle), stock(lamp)) == ("REJECTED", 1, 9)
    assert "Your order was not placed" in text_of(page)
    assert "Only 1 left" in text_of(page)
    assert len(client.get("/basket/").context["content"].lines) == 2


def test_available_part_of_a_rejected_order_can_be_ordered(client: Client) -> None:
    store, kettle, lamp = make_store(), make_product("Kettle"), make_product("Lamp")
    make_stock(store, kettle, 1)
    client.post("/checkout/", fill_basket(client, store, {kettle: 3, lamp: 1}))
    rejected = Order.objects.get()
    page = client.post(f"/order/{rejected.pk}/take-available/", follow=True)
    assert [(line.product.name, line.quantity) for line in page.context["content"].lines] == [("Kettle", 1)]
    form = form_on(page)
    client.post("/checkout/", form)
    assert (Order.objects.exclude(pk=rejected.pk).get().status, stock(kettle)) == ("CONFIRMED", 0)


def test_same_form_sent_again_leads_to_the_same_order(client: Client) -> None:
    store, kettle = make_store(), make_product("Kettle")
    make_stock(store, kettle, 5)
    form = fill_basket(client, store, {kettle: 1})
    first, again = client.post("/checkout/", form), client.post("/checkout/", form)
    assert first["Location"] == again["Location"]
    assert (Order.objects.count(), stock(kettle)) == (1, 4)


@pytest.mark.django_db(transaction=True)
def test_clicks_at_the_same_moment_give_one_order(client: Client) -> None:
    store, kettle = make_store(), make_product("Kettle")
    make_stock(store, kettle, 50)
    form = fill_basket(client, store, {kettle: 1})

    def click(_: int) -> str:
        browser = Client()
        browser.cookies.load({name: each.value for name, each in client.cookies.items()})
        try:
            return str(browser.post("/checkout/", form)["Location"])
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(6) as clicks:
        redirects = set(clicks.map(click, range(6)))
    assert redirects == {f"/order/{Order.objects.get().pk}/"}
    assert stock(kettle) == 49


def test_order_after_a_rejected_one_is_checked_again(client: Client) -> None:
    store, kettle = make_store(), make_product("Kettle")
    make_stock(store, kettle, 0)
    client.post("/checkout/", fill_basket(client, store, {kettle: 1}))
    Inventory.objects.update(quantity=1)
    form = form_on(client.get("/basket/"))
    client.post("/checkout/", form)
    assert sorted(Order.objects.values_list("status", flat=True)) == ["CONFIRMED", "REJECTED"]


@pytest.mark.parametrize("quantity", [1, 9], ids=["confirmed", "rejected"])
@pytest.mark.parametrize("meanwhile", ["nothing", "an e-mail address", "signing in"])
def test_form_of_an_order_whose_response_was_lost_leads_to_that_order(
    client: Client, quantity: int, meanwhile: str
) -> None:
    make_user("ann")
    store, kettle = make_store(), make_product("Kettle")
    make_stock(store, kettle, 5)
    form = fill_basket(client, store, {kettle: quantity})
    order_without_response(client, form)
    if meanwhile == "an e-mail address":
        form["email"] = "ann@example.com"
    if meanwhile == "signing in":
        client.post("/sign-in/", {"username": "ann", "password": "password"})
    page = client.post("/checkout/", form, follow=True)
    order = Order.objects.get()
    assert page.redirect_chain == [(f"/order/{order.pk}/", 302)]
    assert page.status_code == 200
    assert list(client.get("/account/").context["page"]) == [order]
    assert sum(client.get("/basket/").context["basket"].lines.values()) == (0 if order.status == "CONFIRMED" else 9)


def order_without_response(client: Client, form: dict[str, Any]) -> None:
    """Order as if the web process were killed after the commit: the session is not saved."""
    session = Session.objects.get()
    client.post("/checkout/", form)
    session.save()


def test_guest_who_sends_the_form_of_a_customers_order_does_not_see_the_order(client: Client) -> None:
    ann, store, kettle = make_user("ann"), make_store(), make_product("Kettle")
    make_stock(store, kettle, 5)
    client.force_login(ann)
    form = fill_basket(client, store, {kettle: 1})
    order_without_response(client, form)
    User.objects.update(is_active=False)
    assert client.post("/checkout/", form, follow=True).status_code == 404
    assert Order.objects.get().customer == ann


@pytest.mark.parametrize("quantity", [1, 2])
def test_key_used_at_another_store_orders_nothing(client: Client, quantity: int) -> None:
    store, elsewhere, kettle = make_store(), make_store(), make_product("Kettle")
    make_stock(store, kettle, 1)
    form = fill_basket(client, store, {kettle: quantity})
    order_without_response(client, form)
    page = client.post("/checkout/", form | {"store_id": elsewhere.pk}, follow=True)
    assert "Your basket has changed" in text_of(page)
    assert "Nothing was ordered" not in text_of(page)
    assert str(page.context["basket"].key) != form["idempotency_key"]
    assert Order.objects.get().store == store


def test_price_that_rose_since_the_basket_was_shown_orders_nothing(client: Client) -> None:
    store, kettle = make_store(), make_product("Kettle", price="20.00")
    make_stock(store, kettle, 5)
    form = fill_basket(client, store, {kettle: 2})
    assert form["total"] == "40.00"
    Product.objects.update(price="20.01")
    page = client.post("/checkout/", form, follow=True)
    assert "Prices have risen since this page was shown: your basket is now $40.02." in text_of(page)
    assert (Order.objects.count(), stock(kettle)) == (0, 5)
    client.post("/checkout/", form_on(page))
    assert (str(Order.objects.get().total), stock(kettle)) == ("40.02", 3)


@pytest.mark.parametrize("total", ["1e200000", "9" * 40, "1e-20000", "NaN"])
def test_total_that_no_basket_has_orders_nothing(client: Client, total: str) -> None:
    store, kettle = make_store(), make_product("Kettle", price="20.00")
    make_stock(store, kettle, 5)
    page = client.post("/checkout/", fill_basket(client, store, {kettle: 2}) | {"total": total}, follow=True)
    assert "Nothing was ordered." in text_of(page)
    assert (Order.objects.count(), stock(kettle)) == (0, 5)


def test_price_that_fell_is_passed_on(client: Client) -> None:
    store, kettle = make_store(), make_product("Kettle", price="20.00")
    make_stock(store, kettle, 5)
    form = fill_basket(client, store, {kettle: 2})
    Product.objects.update(price="15.00")
    client.post("/checkout/", form)
    assert str(Order.objects.get().total) == "30.00"


def test_form_sent_again_after_the_price_rose_leads_to_the_order(client: Client) -> None:
    store, kettle = make_store(), make_product("Kettle", price="20.00")
    make_stock(store, kettle, 5)
    form = fill_basket(client, store, {kettle: 1})
    order_without_response(client, form)
    Product.objects.update(price="99.00")
    assert client.post("/checkout/", form)["Location"] == f"/order/{Order.objects.get().pk}/"


def test_guest_is_limited_by_the_settings(client: Client, settings: Any) -> None:
    settings.GUEST_MAX_UNITS = 3
    store, kettle = make_store(), make_product("Kettle")
    make_stock(store, kettle, 5)
    page = client.post("/checkout/", fill_basket(client, store, {kettle: 4}), follow=True)
    assert "Nothing was ordered. Without signing in, an order has at most 3 units." in text_of(page)
    client.force_login(make_user("ann"))
    client.post("/checkout/", form_on(client.get("/basket/")))
    assert stock(kettle) == 1


def test_confirmations_of_guests_to_one_address_are_limited(client: Client, settings: Any) -> None:
    settings.GUEST_CONFIRMATIONS = 1
    store, kettle = make_store(), make_product("Kettle")
    make_stock(store, kettle, 5)
    pages = [
        client.post("/checkout/", fill_basket(client, store, {kettle: 1}) | {"email": "bob@example.com"}, follow=True)
        for _ in range(2)
    ]
    assert "Your order is confirmed" in text_of(pages[0])
    assert "too many confirmations today" in text_of(pages[1])
    assert Order.objects.count() == 1


def test_another_browser_does_not_open_a_guests_order(client: Client) -> None:
    store, kettle = make_store(), make_product("Kettle")
    make_stock(store, kettle, 5)
    path = client.post("/checkout/", fill_basket(client, store, {kettle: 1}))["Location"]
    assert (client.get(path).status_code, Client().get(path).status_code) == (200, 404)
    assert [Client().post(f"{path}{what}/").status_code for what in ("cancel", "take-available")] == [404, 404]


def test_form_of_an_older_basket_orders_nothing(client: Client) -> None:
    store, kettle = make_store(), make_product("Kettle")
    make_stock(store, kettle, 5)
    form = fill_basket(client, store, {kettle: 1})
    client.post("/basket/update/", {"product_id": kettle.pk, "quantity": 3})
    page = client.post("/checkout/", form, follow=True)
    assert "Your basket has changed" in text_of(page)
    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    "broken", [{"idempotency_key": "x"}, {"store_id": ""}, {"email": "nobody"}, {"idempotency_key": str(uuid.uuid4())}]
)
def test_invalid_form_orders_nothing(client: Client, broken: dict[str, str]) -> None:
    store, kettle = make_store(), make_product("Kettle")
    make_stock(store, kettle, 5)
    form = fill_basket(client, store, {kettle: 1}) | broken
    assert client.post("/checkout/", form)["Location"] == "/basket/"
    assert Order.objects.count() == 0


def test_product_no_longer_sold_is_removed_with_a_message(client: Client) -> None:
    store, kettle, lamp = make_store(), make_product("Kettle"), make_product("Lamp")
    make_stock(store, lamp, 5)
    form = fill_basket(client, store, {kettle: 1, lamp: 1})
    kettle.delete()
    page = client.post("/checkout/", form, follow=True)
    assert "no longer sold" in text_of(page)
    assert [line.product.name for line in page.context["content"].lines] == ["Lamp"]


def test_deleted_store_is_reported_and_the_basket_stays(client: Client) -> None:
    store, kettle = make_store(), make_product("Kettle")
    form = fill_basket(client, store, {kettle: 1})
    store.delete()
    page = client.post("/checkout/", form, follow=True)
    assert "Nothing was ordered. There is no such store." in text_of(page)
    assert [line.product.name for line in page.context["content"].lines] == ["Kettle"]


def test_order_belongs_to_the_customer_who_is_signed_in(client: Client) -> None:
    ann, store, kettle = make_user("ann"), make_store(), make_product("Kettle")
    make_stock(store, kettle, 5)
    client.force_login(ann)
    client.post("/checkout/", fill_basket(client, store, {kettle: 1}))
    assert Order.objects.get().customer == ann


def test_guest_is_asked_to_sign_in_when_guests_may_not_order(client: Client) -> None:
    store, kettle = make_store(), make_product("Kettle")
    make_stock(store, kettle, 5)
    form = fill_basket(client, store, {kettle: 1})
    with override_settings(GUEST_CHECKOUT=False):
        assert "Sign in to order" in text_of(client.get("/basket/"))
        assert client.post("/checkout/", form)["Location"] == f"{resolve_url(settings.LOGIN_URL)}?next=/basket/"
    assert Order.objects.count() == 0


def test_signing_in_during_checkout_leads_back_to_the_same_form(client: Client) -> None:
    ann, store, kettle = make_user("ann"), make_store(), make_product("Kettle")
    make_stock(store, kettle, 5)
    form = fill_basket(client, store, {kettle: 2})
    with override_settings(GUEST_CHECKOUT=False):
        sign_in = client.post("/checkout/", form, follow=True)
        name_and_password = {"username": "ann", "password": "password", "next": sign_in.context["next"]}
        page = client.post(sign_in.redirect_chain[-1][0], name_and_password, follow=True)
        assert page.redirect_chain == [("/basket/", 302)]
        assert "Place order" in text_of(page)
        assert str(page.context["basket"].key) == form["idempotency_key"]
        client.post("/checkout/", form)
    order = Order.objects.get()
    assert (order.status, order.customer, stock(kettle)) == ("CONFIRMED", ann, 3)


@pytest.mark.parametrize("evil", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"])
def test_signing_in_never_redirects_to_another_site(client: Client, evil: str) -> None:
    make_user("ann")
    answer = client.post("/sign-in/", {"username": "ann", "password": "password", "next": evil})
    assert answer["Location"] == resolve_url(settings.LOGIN_REDIRECT_URL)


def test_shop_and_api_share_one_limit_of_orders(client: Client) -> None:
    with override_settings(THROTTLE_RATES={**settings.THROTTLE_RATES, "orders": parse("2/minute")}):
        assert client.post("/checkout/").status_code == 302
        assert client.post("/orders/", {}, "application/json").status_code == 400
        refused = client.post("/checkout/", headers={"Accept": "text/html"})
    assert refused.status_code == 429
    assert "You sent too many requests" in text_of(refused)


def test_form_needs_the_csrf_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    page = strict.post("/checkout/", {}, headers={"Accept": "text/html"})
    assert page.status_code == 403
    assert "Please try again" in text_of(page)
