"""Personal data: where it is and is not, how it is handed over, and how it goes."""

import json
import logging.config
import re
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from knox.models import AuthToken
from limits import parse
from pytest_django import Settings

from backend import personal_data, redis
from backend.tasks import forget_failed_sign_ins
from orders.confirmations import send_confirmation
from orders.models import Order
from orders.services import Line, place_guest_order, place_order
from orders.tasks import forget_emails
from search_api.analytics import search_log
from search_api.models import SearchLogEntry
from search_api.query.private_text import is_private
from search_api.signals import searches_gathered
from stores.models import Inventory, Store
from stores.services import adjust_stock
from tests.backend.test_logs import Written
from tests.factories import make_product, make_staff, make_stock, make_stocked, make_user
from tests.search_api.conftest import Shop, engine_client, shop
from webhooks.models import Event
from webhooks.services import create_subscription

__all__ = ["engine_client", "shop"]
pytestmark = [pytest.mark.service, pytest.mark.django_db]

ADA, BOB = "ada@example.com", "bob@example.com"
HERE = "203.0.113.77"
KEY = "9f0e5d1e-0f3d-4c1b-8c39-5a2f1a7f5f10"
JSON = "application/json"


@pytest.fixture
def written() -> Iterator[Written]:
    """The log, at its lowest level of production."""
    logging.config.dictConfig(django_settings.LOGGING)
    (handler,) = (each for each in logging.getLogger().handlers if type(each) is logging.StreamHandler)
    stream = Written()
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)


@pytest.fixture
def ada() -> User:
    return make_user("ada-lovelace", email=ADA, first_name="Ada", last_name="Lovelace")


def cached() -> str:
    """Every key and value that the shop has in Redis, except the queue."""
    client, prefix = redis.client(), django_settings.CACHES["default"]["KEY_PREFIX"]
    keys = [key for key in client.scan_iter(match=f"*{prefix}*", count=1000) if client.type(key) == b"string"]
    return " ".join(repr(part) for key in keys for part in (key, client.get(key)))


def rows_with(text: str) -> dict[str, int]:
    """The tables of the database that have a text, with the number of rows."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}" AS row WHERE row::text ILIKE %s', [f"%{text}%"])  # noqa: S608
            if count := cursor.fetchone()[0]:
                found[table] = count
    return found


def travel(client: Client, store: Store, ada: User) -> list[str]:
    """A guest and a customer search, order, look and cancel: all that names them."""
    lamp = make_stocked(store, 9)
    client.post("/store/choose/", {"store_id": store.pk}, REMOTE_ADDR=HERE)
    for typed in ("lamp", ADA, f"lamp for {BOB}"):
        client.get("/search/", {"q": typed}, REMOTE_ADDR=HERE)
        client.get("/search/products/", {"q": typed}, REMOTE_ADDR=HERE)
        client.get("/search/suggest/", {"q": typed}, REMOTE_ADDR=HERE)
        click = {"q": typed, "product_id": lamp.pk, "position": 1}
        client.post("/search/clicks/", click, JSON, REMOTE_ADDR=HERE)
    body = {"store_id": store.pk, "items": [{"product_id": lamp.pk, "quantity": 1}], "email": BOB}
    guests = client.post("/orders/", body, JSON, headers={"Idempotency-Key": KEY}, REMOTE_ADDR=HERE).json()
    path, token = f"/orders/{guests['id']}/", guests["access_token"]
    assert client.get(path, headers={"Order-Token": token}, REMOTE_ADDR=HERE).status_code == 200
    assert client.get(path, REMOTE_ADDR=HERE).status_code == 404
    client.get("/search/products/", {"q": guests["id"]}, REMOTE_ADDR=HERE)
    client.post("/auth/token/", {"username": ada.username, "password": "wrong"}, JSON, REMOTE_ADDR=HERE)
    client.post("/sign-in/", {"username": ada.username, "password": "password"}, REMOTE_ADDR=HERE)
    client.post("/basket/add/", {"product_id": lamp.pk, "quantity": 1}, REMOTE_ADDR=HERE)
    form = {"idempotency_key": client.get("/basket/").context["basket"].key, "store_id": store.pk, "total": "10.00"}
    client.post("/checkout/", form, REMOTE_ADDR=HERE)
    adas = Order.objects.get(customer=ada)
    assert client.get(f"/order/{adas.pk}/", REMOTE_ADDR=HERE).status_code == 200
    client.post(f"/order/{adas.pk}/cancel/", REMOTE_ADDR=HERE)
    client.get(f"/order/{adas.pk}", REMOTE_ADDR=HERE)
    assert send_confirmation(order_id=Order.objects.get(customer=None).pk)
    session = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    return [ADA, BOB, HERE, KEY, guests["id"], token, str(adas.pk), session, ada.username, form["idempotency_key"]]


def test_journey_leaves_no_name_in_logs_caches_search_log_and_index(  # noqa: PLR0913, PLR0917 - fixtures
    client: Client, shop: Shop, store: Store, ada: User, written: Written, settings: Settings
) -> None:
    settings.THROTTLE_RATES = dict.fromkeys(settings.THROTTLE_RATES, parse("1000/hour"))
    settings.SEARCH_LOG_SAMPLE = 1.0
    gathered: list[Any] = []

    def save(*, rows: list[Any], **_: Any) -> None:
        gathered.append(search_log.save_searches(rows))

    searches_gathered.connect(save)
    named = travel(client, store, ada)
    shop.refresh()
    search_log.flush()
    searches_gathered.disconnect(save)
    assert SearchLogEntry.objects.filter(q="lamp").exists()
    text = written.getvalue() + cached()
    text += json.dumps(list(SearchLogEntry.objects.values_list("q", flat=True)))
    text += json.dumps(shop.client.search(index=shop.index, body={"size": 100})["hits"])
    assert "GET /orders/<uuid:order_id>/" in text
    assert "throttle" in text
    assert [name for name in named if name.lower() in text.lower()] == []
    assert [message.to for message in mail.outbox] == [[BOB]]


def test_erased_person_is_nowhere_in_the_database(
    client: Client, store: Store, ada: User, client_of_root: Client
) -> None:
    named = travel(client, store, ada)
    AuthToken.objects.create(user=ada)
    client_of_root.post(f"/admin/auth/user/{ada.pk}/change/", {"username": ada.username})
    before = Order.objects.order_by("pk").values("pk", "store", "status", "total", "created_at", "customer")
    orders = list(before)
    assert rows_with("lovelace")
    call_command("erase_customer", ada.username, "--yes", stdout=StringIO())
    call_command("erase_customer", BOB, "--yes", stdout=StringIO())
    gone = [ADA, BOB, "lovelace", ada.username, *named[7:8]]
    assert {name: rows_with(name) for name in gone if rows_with(name)} == {}
    assert list(before.all()) == orders, "accounting keeps them"
    assert Session.objects.filter(session_key=named[7]).count() == 0
    ada.refresh_from_db()
    assert (ada.is_active, ada.has_usable_password(), AuthToken.objects.count()) == (False, False, 0)


@pytest.fixture
def client_of_root() -> Client:
    client = Client()
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    return client


def exported(person: str) -> Any:
    out = StringIO()
    call_command("export_customer", person, stdout=out)
    return json.loads(out.getvalue())


def test_export_has_the_account_and_its_orders(store: Store, ada: User) -> None:
    lamp = make_stocked(store, 9)
    mine = place_order(store_id=store.pk, lines=[Line(lamp.pk, 2)], customer_id=ada.pk, email="work@example.com")
    as_guest = place_guest_order(store_id=store.pk, lines=[Line(lamp.pk, 1)], email=ADA.upper())
    place_guest_order(store_id=store.pk, lines=[Line(lamp.pk, 1)], email=BOB)
    place_guest_order(store_id=store.pk, lines=[Line(lamp.pk, 1)])
    found = exported("ada-lovelace")
    by_address = exported(ADA)
    assert [order["id"] for order in found["orders"]] == [str(mine.id)], "nobody has checked the account's address"
    assert [order["id"] for order in by_address["orders"]] == [str(mine.id), str(as_guest.id)]
    assert {**by_address, "orders": found["orders"]} == found
    assert (found["account"]["email"], found["orders"][0]["email"]) == (ADA, "work@example.com")
    assert (found["orders"][0]["items"][0]["quantity"], found["orders"][0]["total"]) == (2, "20.00")
    assert "access" not in json.dumps(found)
    assert [order["email"] for order in exported(BOB)["orders"]] == [BOB]


def test_events_of_orders_are_exported_and_lose_their_customer(store: Store, ada: User) -> None:
    create_subscription(name="ERP", url="https://erp.example.com/", kinds=["order.confirmed"])
    lamp = make_stocked(store, 9)
    mine = place_order(store_id=store.pk, lines=[Line(lamp.pk, 2)], customer_id=ada.pk)
    place_guest_order(store_id=store.pk, lines=[Line(lamp.pk, 1)], email=BOB)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as at the commit
    (event,) = exported("ada-lovelace")["sent_to_other_systems"]
    assert (event["data"]["order_id"], event["data"]["customer_id"]) == (str(mine.id), ada.pk)
    assert event["to"] == [{"name": "ERP", "delivered_at": None}]
    call_command("erase_customer", "ada-lovelace", "--yes", stdout=StringIO())
    assert Event.objects.get(subject=f"order:{mine.id}").data == {**event["data"], "customer_id": None}


@pytest.mark.parametrize("command", ["export_customer", "erase_customer"])
@pytest.mark.parametrize(("name", "why"), [("nobody", "no account"), ("x@example.com", "no account"), ("", "no acc")])
def test_unknown_person_is_an_error(command: str, name: str, why: str) -> None:
    place_nothing_to = Order.objects.filter(email="").count()
    with pytest.raises(CommandError, match=why):
        call_command(command, name, stdout=StringIO())
    assert Order.objects.filter(email="").count() == place_nothing_to


def test_address_of_several_accounts_names_them(ada: User) -> None:
    make_user("ada-2", email=ADA.upper())
    with pytest.raises(CommandError, match="ada-2, ada-lovelace"):
        exported(ada.email)


def test_account_does_not_reach_a_guest_by_an_address_that_it_claims(store: Store) -> None:
    placed = place_guest_order(store_id=store.pk, lines=[Line(make_stocked(store, 9).pk, 1)], email=BOB)
    make_user("mallory", email=BOB)
    assert exported("mallory")["orders"] == []
    call_command("erase_customer", "mallory", "--yes", stdout=StringIO())
    assert Order.objects.get(pk=placed.id).email == BOB


@pytest.mark.parametrize("command", ["export_customer", "erase_customer"])
@pytest.mark.parametrize("address", ["", "mallory@example.com"])
def test_user_name_that_is_the_address_of_others_is_ambiguous(
    store: Store, ada: User, command: str, address: str
) -> None:
    place_guest_order(store_id=store.pk, lines=[Line(make_stocked(store, 9).pk, 1)], email=BOB)
    for taken in (ADA, BOB, "nobody@example.com"):
        make_user(taken, email=address)
    for taken in (ADA, BOB):
        with pytest.raises(CommandError, match=taken):
            call_command(command, taken, stdout=StringIO())
    assert exported("nobody@example.com")["account"]["email"] == address
    assert set(User.objects.values_list("username", flat=True)) >= {ADA, BOB, ada.username}


def test_erased_account_finds_a_name_when_its_own_is_taken(ada: User) -> None:
    make_user(f"ERASED-{ada.pk}")
    call_command("erase_customer", ada.username, "--yes", stdout=StringIO())
    ada.refresh_from_db()
    assert re.fullmatch(rf"erased-{ada.pk}-\w+", ada.username)


def test_orders_without_an_address_belong_to_nobody(store: Store) -> None:
    lamp = make_stocked(store, 9)
    place_guest_order(store_id=store.pk, lines=[Line(lamp.pk, 1)])
    person = personal_data.Person(make_user("without-an-address"))
    assert list(person.orders) == []
    assert personal_data.erase(person) == 0


def test_order_of_a_guest_is_not_opened_any_more(client: Client, store: Store) -> None:
    placed = place_guest_order(store_id=store.pk, lines=[Line(make_stocked(store, 9).pk, 1)], email=BOB)
    path, token = f"/orders/{placed.id}/", {"Order-Token": placed.access_token}
    assert client.get(path, headers=token).status_code == 200
    assert personal_data.erase(personal_data.find(BOB.upper())) == 1
    assert client.get(path, headers=token).status_code == 404
    assert not send_confirmation(order_id=placed.id)


def test_staff_is_not_erased(store: Store) -> None:
    staff = make_staff(store, "clerk")
    adjust_stock(store_id=store.pk, product_id=make_stocked(store, 9).pk, delta=1, actor_id=staff.pk)
    with pytest.raises(CommandError, match="clerk is a member of staff"):
        call_command("erase_customer", "clerk", "--yes", stdout=StringIO())
    assert exported("clerk")["stock_changes"][0]["delta"] == 1
    staff.refresh_from_db()
    assert (staff.username, staff.is_active, Inventory.objects.get().quantity) == ("clerk", True, 10)


def act(client: Client, model: str, action: str, *keys: object, **more: str) -> Any:
    data = {"action": action, "_selected_action": [str(key) for key in keys], **more}
    return client.post(f"/admin/{model}/", data, follow=True)


def test_admin_exports_and_erases_after_a_question(client_of_root: Client, store: Store, ada: User) -> None:
    lamp = make_stocked(store, 9)
    order = place_order(store_id=store.pk, lines=[Line(lamp.pk, 2)], customer_id=ada.pk, email=ADA)
    guests = place_guest_order(store_id=store.pk, lines=[Line(lamp.pk, 2)], email=BOB)
    people = act(client_of_root, "auth/user", "export_personal_data", ada.pk).json()["people"]
    assert [person["person"] for person in people] == ["ada-lovelace"]
    people = act(client_of_root, "orders/order", "export_personal_data", order.id, guests.id).json()["people"]
    assert sorted(person["person"] for person in people) == ["ada-lovelace", BOB]
    asked = act(client_of_root, "orders/order", "erase_personal_data", order.id, guests.id)
    assert (BOB in asked.content.decode(), rows_with(BOB) != {}) == (True, True)
    act(client_of_root, "orders/order", "erase_personal_data", order.id, guests.id, confirmed="yes")
    assert (rows_with(ADA), rows_with(BOB), Order.objects.count()) == ({}, {}, 2)


def test_admin_without_the_rights_has_no_such_actions(client: Client, ada: User) -> None:
    client.force_login(make_user("viewer", is_staff=True))
    assert act(client, "auth/user", "erase_personal_data", ada.pk, confirmed="yes").status_code == 403
    assert User.objects.filter(username="ada-lovelace").exists()


def test_old_addresses_are_removed_from_orders(store: Store, settings: Settings) -> None:
    settings.ORDER_EMAIL_DAYS = 30
    product = make_product()
    make_stock(store, product, 9)
    placed = [place_guest_order(store_id=store.pk, lines=[Line(product.pk, 1)], email=BOB).id for _ in range(4)]
    old, new, unsent, given_up = placed
    Order.objects.exclude(pk=new).update(created_at=timezone.now() - timedelta(days=31))
    Order.objects.filter(pk__in=[old, new]).update(confirmation_sent_at=timezone.now())
    Order.objects.filter(pk=given_up).update(confirmation_given_up_at=timezone.now())
    assert forget_emails() == 2
    assert set(Order.objects.exclude(email="").values_list("pk", flat=True)) == {new, unsent}
    settings.ORDER_EMAIL_DAYS = 0
    assert forget_emails() == 0


def test_failed_sign_ins_are_forgotten_when_they_lock_nobody(client: Client) -> None:
    for name in ("ada", "bob"):
        client.post("/auth/token/", {"username": name, "password": "wrong"}, JSON)
    AccessAttempt.objects.filter(username="ada").update(attempt_time=timezone.now() - timedelta(hours=1))
    assert forget_failed_sign_ins() == 1
    assert [attempt.username for attempt in AccessAttempt.objects.all()] == ["bob"]


@pytest.mark.parametrize(
    ("typed", "private"),
    [
        ("ada@example.com", True),
        ("lamp ADA@EXAMPLE.COM", True),
        ("019ad1c8-7a5e-7c31-9f0e-2f3c1d8f4b6a", True),
        ("order 019ad1c87a5e7c319f0e2f3c1d8f4b6a", True),
        ("0" * 64, True),
        ("ada\uff20example.com", True),
        ("order 019ad1c8\u20107a5e\u20107c31\u20109f0e\u20102f3c1d8f4b6a", True),
        ("aB3_-" * 8 + "xyz", True),
        ("key pub_" + "aB3_-" * 8 + "xyz", True),
        ("supercalifragilisticexpialidocious", False),
        ("lamp @ home", False),
        ("4006381333931", False),
        ("HD-4k 1080p", False),
        ("", False),
    ],
)
def test_query_that_names_somebody_is_private(typed: str, private: bool) -> None:  # noqa: FBT001
    assert is_private(typed) == private
