"""Concurrent requests of one visitor: no change of the basket is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client

from orders.models import Order
from stores.models import Inventory
from tests.eventually import eventually
from tests.factories import make_product, make_stock, make_store, make_user
from tests.storefront.test_basket import lines_of, put_in

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

Request = Callable[[Client], object]


def waiting_for_locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # or the transaction sees its first count again
        cursor.execute(WAITING)
        return int(cursor.fetchone()[0])


def in_tab(client: Client, request: Request) -> object:
    """Send a request from another tab of the browser, in this thread."""
    tab = Client()
    tab.cookies.load({name: each.value for name, each in client.cookies.items()})
    try:
        return request(tab)
    finally:
        connection.close()


def at_once(client: Client, *requests: Request) -> None:
    """Send all in one session, so that each has read the session before one writes it."""
    with ThreadPoolExecutor(len(requests)) as pool:
        with transaction.atomic():
            Session.objects.select_for_update().get(pk=client.session.session_key)
            sent = [pool.submit(in_tab, client, request) for request in requests]
            eventually(lambda: waiting_for_locks() == len(requests))
        for each in sent:
            each.result()


def test_two_products_added_concurrently_are_both_in_the_basket(client: Client) -> None:
    kettle, lamp, desk = make_product("Kettle"), make_product("Lamp"), make_product("Desk")
    put_in(client, kettle.pk)
    at_once(client, lambda tab: put_in(tab, lamp.pk), lambda tab: put_in(tab, desk.pk))
    assert sorted(lines_of(client)) == [("Desk", 1), ("Kettle", 1), ("Lamp", 1)]


def test_one_product_added_twice_concurrently_adds_up(client: Client) -> None:
    kettle = make_product("Kettle")
    put_in(client, kettle.pk)
    at_once(client, lambda tab: put_in(tab, kettle.pk, 2), lambda tab: put_in(tab, kettle.pk, 3))
    assert lines_of(client) == [("Kettle", 6)]


def test_line_removed_while_another_is_added_stays_removed(client: Client) -> None:
    kettle, lamp = make_product("Kettle"), make_product("Lamp")
    put_in(client, kettle.pk)
    at_once(
        client,
        lambda tab: put_in(tab, lamp.pk),
        lambda tab: tab.post("/basket/update/", {"product_id": kettle.pk, "quantity": 0}),
    )
    assert lines_of(client) == [("Lamp", 1)]


def test_product_added_while_the_order_is_placed_is_in_the_next_basket(client: Client) -> None:
    store, kettle, lamp = make_store(), make_product("Kettle"), make_product("Lamp")
    make_stock(store, kettle, 5)
    put_in(client, kettle.pk, 2)
    form = {"idempotency_key": client.get("/basket/").context["basket"].key, "store_id": store.pk}
    at_once(client, lambda tab: tab.post("/checkout/", form), lambda tab: put_in(tab, lamp.pk))
    assert Order.objects.get().status == "CONFIRMED"
    assert lines_of(client) == [("Lamp", 1)]


def test_visitor_who_signs_in_while_the_order_is_placed_sees_it_and_orders_once(client: Client) -> None:
    make_user("ann")
    store, kettle = make_store(), make_product("Kettle")
    make_stock(store, kettle, 5)
    put_in(client, kettle.pk, 2)
    form = {"idempotency_key": client.get("/basket/").context["basket"].key, "store_id": store.pk}
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Inventory.objects.select_for_update().get()
            click = pool.submit(in_tab, client, lambda tab: tab.post("/checkout/", form))
            eventually(lambda: waiting_for_locks() == 1)
            client.post("/sign-in/", {"username": "ann", "password": "password"})
        redirect: Any = click.result()
    assert redirect["Location"] == f"/order/{Order.objects.get().pk}/"
    client.cookies["order"] = redirect.cookies["order"].value
    assert client.get(redirect["Location"]).status_code == 200
    assert client.post("/checkout/", form, follow=True).redirect_chain == [(redirect["Location"], 302)]
    assert Order.objects.count() == 1
    assert lines_of(client) == []
