"""Orders of guests: opened by a secret token, repeated by a key that is one too, and limited in size."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from foundation.models import IdempotencyRecord
from orders.models import Order
from products.models import Product
from stores.models import Inventory, Store
from tests.factories import make_product, make_staff, make_stock, make_user
from tests.threads import in_threads

pytestmark = [pytest.mark.django_db, pytest.mark.service]

KEY, ANOTHER_KEY = "9f0e5d1e-0f3d-4c1b-8c39-5a2f1a7f5f10", "4be1c1a4-3b0a-4b5f-9d0c-2d1f7a90c3aa"
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.9"


def order(guest: APIClient, store: Store, lamp: Product, quantity: int = 1, *, key: str = "", **more: Any) -> Any:
    address = more.pop("address", HERE)
    body = {"store_id": store.pk, "items": [{"product_id": lamp.pk, "quantity": quantity}], **more}
    headers = {"Idempotency-Key": key} if key else {}
    return guest.post("/orders/", body, format="json", headers=headers, REMOTE_ADDR=address)


def left(lamp: Product) -> int:
    return Inventory.objects.get(product=lamp).quantity


def test_token_opens_the_order_and_cancels_it(guest: APIClient, store: Store, lamp: Product) -> None:
    placed = order(guest, store, lamp).json()
    path, token = f"/orders/{placed['id']}/", {"Order-Token": placed.pop("access_token")}
    assert guest.get(path, headers=token).json() == placed
    assert guest.post(f"{path}cancel/", headers=token).status_code == 200
    assert left(lamp) == 5


@pytest.mark.parametrize("token", ["", "x", "0" * 64, " "])
def test_id_alone_opens_nothing(guest: APIClient, store: Store, lamp: Product, token: str) -> None:
    path = f"/orders/{order(guest, store, lamp).json()['id']}/"
    assert guest.get(path).status_code == 404
    assert guest.get(path, headers={"Order-Token": token}).status_code == 404
    assert guest.post(f"{path}cancel/", headers={"Order-Token": token}).status_code == 404
    digest = Order.objects.get().access_digest
    assert guest.get(path, headers={"Order-Token": digest}).status_code == 404
    guest.force_authenticate(make_user())
    assert guest.get(path, headers={"Order-Token": token}).status_code == 404
    guest.force_authenticate(make_staff(store))
    assert guest.get(path).status_code == 200


def test_token_opens_no_other_order(guest: APIClient, store: Store, lamp: Product) -> None:
    first, second = (order(guest, store, lamp).json() for _ in range(2))
    assert first["access_token"] != second["access_token"]
    answer = guest.get(f"/orders/{first['id']}/", headers={"Order-Token": second["access_token"]})
    assert answer.status_code == 404


def test_token_opens_no_order_of_a_customer(guest: APIClient, store: Store, lamp: Product) -> None:
    token = order(guest, store, lamp).json()["access_token"]
    Order.objects.update(customer=make_user())
    assert guest.get(f"/orders/{Order.objects.get().pk}/", headers={"Order-Token": token}).status_code == 404


def test_database_has_the_digest_only(guest: APIClient, store: Store, lamp: Product) -> None:
    token = order(guest, store, lamp, key=KEY).json()["access_token"]
    placed, record = Order.objects.get(), IdempotencyRecord.objects.get()
    assert placed.access_digest == hashlib.sha256(token.encode()).hexdigest()
    assert (record.caller, KEY in record.key, HERE in record.key) == ("guest", False, False)


def test_rejected_order_is_opened_by_its_token(guest: APIClient, store: Store, lamp: Product) -> None:
    rejected = order(guest, store, lamp, 9).json()
    answer = guest.get(f"/orders/{rejected['order']['id']}/", headers={"Order-Token": rejected["access_token"]})
    assert (answer.status_code, answer.json()["shortages"]) == (200, rejected["shortages"])


@pytest.mark.parametrize("quantity", [1, 9], ids=["confirmed", "rejected"])
def test_repeat_from_another_network_gets_the_same_answer_and_token(
    guest: APIClient, store: Store, lamp: Product, quantity: int
) -> None:
    first = order(guest, store, lamp, quantity, key=KEY)
    again = order(guest, store, lamp, quantity, key=KEY, address=ELSEWHERE)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert "access_token" in again.json()
    assert Order.objects.count() == 1


@pytest.mark.parametrize("key", ["1", "order-1", "a" * 64, "0123456789", "00000000-0000-0000-0000-000000000001"])
def test_key_that_another_guest_may_use_is_refused(guest: APIClient, store: Store, lamp: Product, key: str) -> None:
    for address in (HERE, HERE, ELSEWHERE):
        refused = order(guest, store, lamp, key=key, address=address)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "Idempotency-Key")
    assert Order.objects.count() == 0


def test_customer_may_use_any_key(api: APIClient, store: Store, lamp: Product) -> None:
    assert [order(api, store, lamp, key="1").status_code for _ in range(2)] == [201, 201]
    assert Order.objects.count() == 1


def test_guests_behind_one_address_have_their_own_orders(guest: APIClient, store: Store, lamp: Product) -> None:
    first, second = (order(guest, store, lamp, key=key).json() for key in (KEY, ANOTHER_KEY))
    assert first["id"] != second["id"]


def test_customers_answer_has_no_token(api: APIClient, store: Store, lamp: Product) -> None:
    assert "access_token" not in order(api, store, lamp).json()
    assert Order.objects.get().access_digest == ""


def test_units_and_products_are_limited_by_the_settings(
    guest: APIClient, api: APIClient, store: Store, settings: Settings
) -> None:
    settings.GUEST_MAX_LINES, settings.GUEST_MAX_UNITS = 2, 5
    products = [make_product() for _ in range(3)]
    for product in products:
        make_stock(store, product, 100)

    def body(*quantities: int) -> dict[str, Any]:
        lines = [
            {"product_id": product.pk, "quantity": units} for product, units in zip(products, quantities, strict=False)
        ]
        return {"store_id": store.pk, "items": lines}

    statuses = [guest.post("/orders/", body(*each), format="json").status_code for each in ((2, 3), (3, 3), (1, 1, 1))]
    assert statuses == [201, 400, 400]
    refused = guest.post("/orders/", body(2, 2, 2), format="json").json()
    assert [error["message"] for error in refused["errors"]] == [
        "Without signing in, an order has at most 2 products.",
        "Without signing in, an order has at most 5 units.",
    ]
    assert api.post("/orders/", body(9, 9, 9), format="json").status_code == 201
    assert Order.objects.count() == 2


def test_largest_order_of_a_customer_is_too_large_for_a_guest(guest: APIClient, store: Store) -> None:
    lines = [{"product_id": number, "quantity": 10_000} for number in range(1, 101)]
    refused = guest.post("/orders/", {"store_id": store.pk, "items": lines}, format="json")
    assert (refused.status_code, len(refused.json()["errors"])) == (400, 2)


def test_confirmations_to_one_address_are_limited(
    guest: APIClient, api: APIClient, store: Store, lamp: Product, settings: Settings
) -> None:
    settings.GUEST_CONFIRMATIONS = 2
    addresses = ("bob@example.com", "Bob@Example.com", "bob@example.com")
    answers = [order(guest, store, lamp, email=email) for email in addresses]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert (answers[2].json()["title"], "Retry-After" in answers[2]) == ("Too many confirmations", True)
    assert order(guest, store, lamp, email="eve@example.com").status_code == 201
    assert order(guest, store, lamp).status_code == 201
    assert order(api, store, lamp, email="bob@example.com").status_code == 201, "limits are for guests"
    Order.objects.update(created_at=timezone.now() - timedelta(hours=25))
    make_stock(store, another := make_product(), 1)
    assert order(guest, store, another, email="bob@example.com").status_code == 201


def test_cancelled_order_counts_as_a_confirmation_that_was_sent(
    guest: APIClient, store: Store, lamp: Product, settings: Settings
) -> None:
    settings.GUEST_CONFIRMATIONS = 1
    assert order(guest, store, lamp, 100, email="bob@example.com").status_code == 409, (
        "nothing is sent for a rejected one"
    )
    placed = order(guest, store, lamp, email="bob@example.com").json()
    path, token = f"/orders/{placed['id']}/", {"Order-Token": placed["access_token"]}
    assert guest.post(f"{path}cancel/", headers=token).status_code == 200
    assert order(guest, store, lamp, email="bob@example.com").status_code == 429


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keys", [("",) * 6, [f"{KEY[:-1]}{number}" for number in range(6)]])
def test_orders_at_once_to_one_address_do_not_pass_its_limit(
    store: Store, lamp: Product, settings: Settings, keys: Sequence[str]
) -> None:
    settings.GUEST_CONFIRMATIONS = 2
    statuses: list[int] = []

    def place(key: str) -> None:
        statuses.append(order(APIClient(), store, lamp, key=key, email="bob@example.com").status_code)

    in_threads(*(partial(place, key) for key in keys))
    assert sorted(statuses) == [201, 201, 429, 429, 429, 429]
    assert left(lamp) == 3


def test_repeated_request_counts_once(guest: APIClient, store: Store, lamp: Product, settings: Settings) -> None:
    settings.GUEST_CONFIRMATIONS = 1
    answers = [order(guest, store, lamp, key=KEY, email="bob@example.com") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
