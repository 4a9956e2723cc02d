"""What a store's staff see and change, and who they are."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders.services import Line, place_order
from stores.models import Inventory, StockAdjustment, Store
from tests.factories import make_product, make_staff, make_stock, make_store, make_user
from tests.storefront.pages import text_of

pytestmark = [pytest.mark.service, pytest.mark.django_db]

HTMX = {"HX-Request": "true"}


@pytest.fixture
def store(client: Client) -> Store:
    """A store, at which the visitor works."""
    found = make_store("Main Street")
    client.force_login(make_staff(found, "stan"))
    return found


@pytest.mark.parametrize("page", ["orders", "inventory"])
def test_only_for_those_who_work_there(page: str) -> None:
    address, client = f"/staff/{make_store().pk}/{page}/", Client()
    assert client.get(address)["Location"] == f"/sign-in/?next={address}"
    client.force_login(make_staff(make_store("Elsewhere")))
    answer = client.get(address, headers={"Accept": "text/html"})
    assert answer.status_code == 403
    assert "This page is not for you" in text_of(answer)


def test_staff_of_one_store_go_straight_to_its_orders(client: Client, store: Store) -> None:
    assert client.get("/staff/")["Location"] == f"/staff/{store.pk}/orders/"


def test_orders_newest_first_of_one_status(client: Client, store: Store) -> None:
    kettle = make_product("Kettle")
    make_stock(store, kettle, 9)
    placed = [place_order(store_id=store.pk, lines=[Line(kettle.pk, units)]).id for units in (1, 2)]
    page = client.get(f"/staff/{store.pk}/orders/", {"status": "CONFIRMED"})
    assert [(order.pk, order.total_items) for order in page.context["page"]] == [(placed[1], 2), (placed[0], 1)]
    assert not client.get(f"/staff/{store.pk}/orders/", {"status": "REJECTED"}).context["page"].object_list


def test_inventory_by_name_narrowed_to_low_stock(client: Client, store: Store) -> None:
    for name, quantity in (("Lamp", 2), ("Desk", 50), ("Chair", 0)):
        make_stock(store, make_product(name), quantity)
    address = f"/staff/{store.pk}/inventory/"
    everything, low = client.get(address), client.get(address, {"low_stock": "true"})
    assert [row.product.name for row in everything.context["page"]] == ["Chair", "Desk", "Lamp"]
    assert [(row.product.name, row.quantity) for row in low.context["page"]] == [("Chair", 0), ("Lamp", 2)]


def test_inventory_has_hidden_products_too(client: Client, store: Store) -> None:
    make_stock(store, make_product("Lamp of next year", active=False), 2)
    page = client.get(f"/staff/{store.pk}/inventory/").context["page"]
    assert [row.product.name for row in page] == ["Lamp of next year"]


@pytest.mark.parametrize(("kind", "units", "after"), [("adjust", "-2", 3), ("adjust", "4", 9), ("set", "40", 40)])
def test_stock_is_changed_and_recorded(client: Client, store: Store, kind: str, units: str, after: int) -> None:
    kettle = make_product("Kettle")
    make_stock(store, kettle, 5)
    answer = client.post(f"/staff/{store.pk}/inventory/{kettle.pk}/", {"kind": kind, "units": units}, headers=HTMX)
    assert answer.status_code == 200
    assert Inventory.objects.get().quantity == after
    recorded = StockAdjustment.objects.latest("pk")
    assert (recorded.delta, recorded.actor and recorded.actor.get_username()) == (after - 5, "stan")


@pytest.mark.parametrize(("kind", "units"), [("adjust", "-6"), ("set", "-1"), ("adjust", "x"), ("double", "1")])
def test_change_that_cannot_be_is_refused_in_words(client: Client, store: Store, kind: str, units: str) -> None:
    kettle = make_product("Kettle")
    make_stock(store, kettle, 5)
    address, form = f"/staff/{store.pk}/inventory/{kettle.pk}/", {"kind": kind, "units": units}
    row = client.post(address, form, headers=HTMX)
    assert row.status_code == 422
    assert 'role="alert"' in row.content.decode()
    assert client.post(address, form)["Location"] == f"/staff/{store.pk}/inventory/"
    assert Inventory.objects.get().quantity == 5


@pytest.mark.parametrize("htmx", [True, False])
def test_change_after_the_session_ended_leads_to_the_inventory_by_signing_in(
    client: Client, store: Store, *, htmx: bool
) -> None:
    kettle = make_product("Kettle")
    make_stock(store, kettle, 5)
    client.logout()
    inventory = f"/staff/{store.pk}/inventory/"
    answer = client.post(f"{inventory}{kettle.pk}/", {"kind": "set", "units": 1}, headers=HTMX if htmx else {})
    led_to = answer["HX-Redirect"] if htmx else answer["Location"]
    assert (answer.status_code, led_to) == (200 if htmx else 302, f"/sign-in/?next={inventory}")
    assert not answer.content
    form = re.findall(r'action="([^"]*)"|name="next" value="([^"]*)"', client.get(led_to).content.decode())
    action, followed_by = ("".join(each) for each in form[-2:])
    page = client.post(action, {"username": "stan", "password": "password", "next": followed_by}, follow=True)
    assert page.redirect_chain == [(inventory, 302)]
    assert Inventory.objects.get().quantity == 5


def test_list_narrowed_after_the_session_ended_leads_back_to_what_was_asked_for(client: Client, store: Store) -> None:
    client.logout()
    answer = client.get(f"/staff/{store.pk}/inventory/?q=lamp", headers=HTMX)
    assert answer["HX-Redirect"] == f"/sign-in/?next=/staff/{store.pk}/inventory/%3Fq%3Dlamp"


def test_stock_of_another_store_cannot_be_changed(client: Client, store: Store) -> None:
    del store
    elsewhere, kettle = make_store("Elsewhere"), make_product("Kettle")
    make_stock(elsewhere, kettle, 5)
    assert client.post(f"/staff/{elsewhere.pk}/inventory/{kettle.pk}/", {"kind": "set", "units": 0}).status_code == 403
    assert Inventory.objects.get().quantity == 5


def test_account_leads_there_only_for_staff(client: Client, store: Store) -> None:
    del store
    assert "Staff pages" in text_of(client.get("/account/"))
    client.force_login(make_user("ann"))
    assert "Staff pages" not in text_of(client.get("/account/"))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("page", ["orders", "inventory"])
def test_costs_the_same_statements_however_much_there_is(client: Client, store: Store, rows: int, page: str) -> None:
    for number in range(rows):
        product = make_product(f"Thing {number}", category="Things")
        make_stock(store, product, 5)
        place_order(store_id=store.pk, lines=[Line(product.pk, 1)])
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/staff/{store.pk}/{page}/")
    assert len(captured) == 6, [each["sql"] for each in captured]
