"""Pages for a store's staff."""

import html
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
def test_pages_are_only_for_staff_of_the_store(page: str) -> None:
    address, client = f"/staff/{make_store().pk}/{page}/", Client()
    assert client.get(address)["Location"] == f"/sign-in/?next={address}"
    client.force_login(make_staff(make_store("Elsewhere")))
    answer = client.get(address, headers={"Accept": "text/html"})
    assert answer.status_code == 403
    assert "You do not have access to this page" in text_of(answer)


def test_staff_of_one_store_are_redirected_to_its_orders(client: Client, store: Store) -> None:
    assert client.get("/staff/")["Location"] == f"/staff/{store.pk}/orders/"


def test_orders_of_one_status_newest_first(client: Client, store: Store) -> None:
    kettle = make_product("Kettle")
    make_stock(store, kettle, 9)
    placed = [place_order(store_id=store.pk, lines=[Line(kettle.pk, units)]).id for units in (1, 2)]
    page = client.get(f"/staff/{store.pk}/orders/", {"status": "CONFIRMED"})
    assert [(order.pk, order.total_items) for order in page.context["page"]] == [(placed[1], 2), (placed[0], 1)]
    assert not client.get(f"/staff/{store.pk}/orders/", {"status": "REJECTED"}).context["page"].object_list


def test_order_is_found_by_its_number_as_shown(client: Client, store: Store) -> None:
    kettle, elsewhere = make_product("Kettle"), make_store("Elsewhere")
    for one in (store, elsewhere):
        make_stock(one, kettle, 9)
    ids = [place_order(store_id=one.pk, lines=[Line(kettle.pk, 1)]).id for one in (store, store, elsewhere)]
    address = f"/staff/{store.pk}/orders/"
    shown = re.findall(r'<a class="code"[^>]*>\s*([0-9A-F]{12})\s*</a>', client.get(address).content.decode())
    assert shown == [str(each).rpartition("-")[2].upper() for each in (ids[1], ids[0])]

    def found(q: str, **others: str) -> list[object]:
        return [order.pk for order in client.get(address, {"q": q, **others}).context["page"]]

    for number in (shown[1], shown[1].lower(), f" {shown[1]} ", str(ids[0]), ids[0].hex):
        assert found(number) == [ids[0]]
    assert found(shown[1], status="CONFIRMED") == [ids[0]]
    assert found(shown[1], status="REJECTED") == []
    assert found(str(ids[2])) == found(shown[1][:-1]) == []


def test_orders_are_found_by_account_or_address_and_statuses_keep_the_text(client: Client, store: Store) -> None:
    kettle = make_product("Kettle")
    make_stock(store, kettle, 9)
    lines, ann = [Line(kettle.pk, 1)], make_user("ann")
    of_ann = place_order(store_id=store.pk, lines=lines, customer_id=ann.pk).id
    of_bob = place_order(store_id=store.pk, lines=lines, email="Bob@example.com").id
    address = f"/staff/{store.pk}/orders/"
    for q, expected in (("ann", [of_ann]), ("bob@EXAMPLE.com", [of_bob]), ("bob", []), ("'\"%_", [])):
        page = client.get(address, {"q": q})
        assert [order.pk for order in page.context["page"]] == expected, q
    assert "No order of this store has this number, user name or address." in text_of(page)
    links = re.findall(r'<a class="chip[^>]*?href="([^"]*)"', client.get(f"{address}?q=ann&page=2").content.decode())
    assert [html.unescape(link) for link in links] == [
        "?q=ann",
        "?q=ann&status=CONFIRMED",
        "?q=ann&status=REJECTED",
        "?q=ann&status=CANCELLED",
    ]


def test_inventory_by_name_filtered_to_low_stock(client: Client, store: Store) -> None:
    for name, quantity in (("Lamp", 2), ("Desk", 50), ("Chair", 0)):
        make_stock(store, make_product(name), quantity)
    address = f"/staff/{store.pk}/inventory/"
    everything, low = client.get(address), client.get(address, {"low_stock": "true"})
    assert [row.product.name for row in everything.context["page"]] == ["Chair", "Desk", "Lamp"]
    assert [(row.product.name, row.quantity) for row in low.context["page"]] == [("Chair", 0), ("Lamp", 2)]


def test_inventory_includes_hidden_products(client: Client, store: Store) -> None:
    make_stock(store, make_product("Lamp of next year", active=False), 2)
    lamp = make_product("Lamp", active=True)
    make_stock(store, lamp, 2)
    page = client.get(f"/staff/{store.pk}/inventory/")
    assert [row.product.name for row in page.context["page"]] == ["Lamp", "Lamp of next year"]
    assert text_of(page).count("Hidden from the shop") == 1
    assert re.findall(r'href="/product/(\d+)/"', page.content.decode()) == [str(lamp.pk)]


@pytest.mark.parametrize("units", ["1", "-9"])
def test_change_without_javascript_leads_back_to_the_filtered_page(client: Client, store: Store, units: str) -> None:
    for number in range(26):
        make_stock(store, make_product(f"Lamp {number:02}"), 3)
    address = f"/staff/{store.pk}/inventory/?q=lamp&low_stock=true&page=2"
    page = client.get(address)
    (row,) = page.context["page"]
    fields = dict(re.findall(r'<input type="hidden" name="(next)" value="([^"]*)"', page.content.decode()))
    form = {"kind": "adjust", "units": units, "next": html.unescape(fields["next"])}
    change = f"/staff/{store.pk}/inventory/{row.product_id}/"
    assert client.post(change, form)["Location"] == address
    assert (
        client.post(change, form | {"next": "https://elsewhere.example/"})["Location"]
        == change.rpartition(f"{row.product_id}/")[0]
    )
    again = client.post(change, form, headers=HTMX).content.decode()
    assert f'name="next" value="{html.escape(address)}"' in again


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
def test_invalid_change_is_refused_with_a_reason(client: Client, store: Store, kind: str, units: str) -> None:
    kettle = make_product("Kettle")
    make_stock(store, kettle, 5)
    address, form = f"/staff/{store.pk}/inventory/{kettle.pk}/", {"kind": kind, "units": units}
    row = client.post(address, form, headers=HTMX)
    assert row.status_code == 422
    assert 'role="alert"' in row.content.decode()
    assert client.post(address, form)["Location"] == f"/staff/{store.pk}/inventory/"
    assert Inventory.objects.get().quantity == 5


@pytest.mark.parametrize("htmx", [True, False])
def test_change_after_the_session_ended_leads_to_signing_in_and_the_inventory(
    client: Client, store: Store, *, htmx: bool
) -> None:
    kettle = make_product("Kettle")
    make_stock(store, kettle, 5)
    client.logout()
    inventory = f"/staff/{store.pk}/inventory/"
    answer = client.post(f"{inventory}{kettle.pk}/", {"kind": "set", "units": 1}, headers=HTMX if htmx else {})
    redirect = answer["HX-Redirect"] if htmx else answer["Location"]
    assert (answer.status_code, redirect) == (200 if htmx else 302, f"/sign-in/?next={inventory}")
    assert not answer.content
    form = re.findall(r'action="([^"]*)"|name="next" value="([^"]*)"', client.get(redirect).content.decode())
    action, next_page = ("".join(each) for each in form[-2:])
    page = client.post(action, {"username": "stan", "password": "password", "next": next_page}, follow=True)
    assert page.redirect_chain == [(inventory, 302)]
    assert Inventory.objects.get().quantity == 5


def test_filter_after_the_session_ended_leads_to_signing_in_and_the_filtered_list(client: Client, store: Store) -> None:
    client.logout()
    answer = client.get(f"/staff/{store.pk}/inventory/?q=lamp", headers=HTMX)
    assert answer["HX-Redirect"] == f"/sign-in/?next=/staff/{store.pk}/inventory/%3Fq%3Dlamp"


def test_stock_of_another_store_cannot_be_changed(client: Client, store: Store) -> None:
    del store
    elsewhere, kettle = make_store("Elsewhere"), make_product("Kettle")
    make_stock(elsewhere, kettle, 5)
    assert client.post(f"/staff/{elsewhere.pk}/inventory/{kettle.pk}/", {"kind": "set", "units": 0}).status_code == 403
    assert Inventory.objects.get().quantity == 5


def test_account_links_to_staff_pages_only_for_staff(client: Client, store: Store) -> None:
    del store
    assert "Staff pages" in text_of(client.get("/account/"))
    client.force_login(make_user("ann"))
    assert "Staff pages" not in text_of(client.get("/account/"))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("page", ["orders", "inventory"])
def test_number_of_statements_does_not_depend_on_the_number_of_rows(
    client: Client, store: Store, rows: int, page: str
) -> None:
    for number in range(rows):
        product = make_product(f"Thing {number}", category="Things")
        make_stock(store, product, 5)
        place_order(store_id=store.pk, lines=[Line(product.pk, 1)])
    with CaptureQueriesContext(connection) as captured:
        client.get(f"/staff/{store.pk}/{page}/")
    assert len(captured) == 6, [each["sql"] for each in captured]
