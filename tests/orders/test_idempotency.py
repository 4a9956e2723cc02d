"""`Idempotency-Key`: one order and one answer."""

import hashlib
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from foundation import idempotency
from foundation.idempotency import KEPT_FOR, fingerprint_of
from foundation.models import IdempotencyRecord
from foundation.tasks import forget_idempotency_keys
from orders.models import Order
from products.models import Product
from stores.models import Inventory, Store
from stores.services import set_stock
from tests.factories import make_product, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.service]

KEY, GUEST_KEY = "a key", "0c9f2f0e-6c5b-4a0e-9f63-3b0d2f6a7e51"


def order(api: APIClient, store: Store, lamp: Product, quantity: int = 1, *, key: str = KEY, **more: Any) -> Any:
    body = {"store_id": store.pk, "items": [{"product_id": lamp.pk, "quantity": quantity}], **more}
    return api.post("/orders/", body, format="json", headers={"Idempotency-Key": key})


def left(lamp: Product) -> int:
    return Inventory.objects.get(product=lamp).quantity


def test_repeated_request_gets_the_same_answer_and_no_second_order(api: APIClient, store: Store, lamp: Product) -> None:
    first, second = order(api, store, lamp), order(api, store, lamp)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert (Order.objects.count(), left(lamp)) == (1, 4)


def test_rejection_is_repeated_even_when_stock_is_sufficient_by_then(
    api: APIClient, store: Store, lamp: Product
) -> None:
    first = order(api, store, lamp, 6)
    set_stock(store_id=store.pk, product_id=lamp.pk, quantity=100)
    second = order(api, store, lamp, 6)
    assert (first.status_code, second.status_code) == (409, 409)
    assert first.content == second.content
    assert left(lamp) == 100


def test_answer_is_repeated_unchanged_after_the_order_was_cancelled(
    api: APIClient, store: Store, lamp: Product
) -> None:
    first = order(api, store, lamp)
    api.post(f"/orders/{first.json()['id']}/cancel/")
    assert order(api, store, lamp).content == first.content


def test_same_values_in_another_notation_are_the_same_request(api: APIClient, store: Store, lamp: Product) -> None:
    first = order(api, store, lamp)
    body = f'{{ "items": [ {{"quantity":1, "product_id": {lamp.pk} }}], "store_id":{store.pk} }}'
    second = api.post("/orders/", body, content_type="application/json", headers={"Idempotency-Key": KEY})
    assert first.content == second.content


def test_key_with_another_body_is_refused(api: APIClient, store: Store, lamp: Product) -> None:
    order(api, store, lamp, 1)
    answer = order(api, store, lamp, 2)
    assert (answer.status_code, answer.json()["title"]) == (422, "Idempotency key reused")
    assert (Order.objects.count(), left(lamp)) == (1, 4)


def test_callers_do_not_share_keys(api: APIClient, store: Store, lamp: Product) -> None:
    ids = set()
    for user in (make_user(), make_user(), make_user()):
        api.force_authenticate(user)
        ids.add(order(api, store, lamp).json()["id"])
    assert (len(ids), left(lamp)) == (3, 2)


def test_key_of_a_malformed_request_can_be_used_again(api: APIClient, store: Store, lamp: Product) -> None:
    assert order(api, store, lamp, 0).status_code == 400
    assert order(api, store, make_product(), email="x").status_code == 400
    assert order(api, store, lamp, 1).status_code == 201


def test_key_of_an_order_for_an_unknown_product_can_be_used_again(api: APIClient, store: Store, lamp: Product) -> None:
    unknown = Product(pk=lamp.pk + 1000)
    assert order(api, store, unknown).status_code == 400
    assert order(api, store, lamp).status_code == 201


@pytest.mark.parametrize("key", ["k" * 255, "ünï", "' OR 1=1 --", "a b", "%s"])
def test_any_text_of_up_to_255_characters_is_a_key(api: APIClient, store: Store, lamp: Product, key: str) -> None:
    assert order(api, store, lamp, key=key).content == order(api, store, lamp, key=key).content
    assert left(lamp) == 4


def test_orders_without_a_key_are_all_placed(api: APIClient, store: Store, lamp: Product) -> None:
    body = {"store_id": store.pk, "items": [{"product_id": lamp.pk, "quantity": 1}]}
    for _ in range(3):
        assert api.post("/orders/", body, format="json").status_code == 201
    assert left(lamp) == 2


def test_expired_keys_are_deleted_and_others_are_not(api: APIClient, store: Store, lamp: Product) -> None:
    order(api, store, lamp, key="old")
    order(api, store, lamp, key="new")
    long_ago = timezone.now() - KEPT_FOR - timedelta(seconds=1)
    IdempotencyRecord.objects.filter(key="old").update(created_at=long_ago)
    assert forget_idempotency_keys() == 1
    assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["new"]
    assert Order.objects.count() == 2


def test_database_refuses_a_second_record_of_a_key(api: APIClient, store: Store, lamp: Product) -> None:
    order(api, store, lamp)
    record = IdempotencyRecord.objects.get()
    record.pk = None
    with pytest.raises(IntegrityError, match="foundation_idempotency_once"):
        record.save()


@pytest.mark.django_db(transaction=True)
@pytest.mark.races
def test_repetition_while_the_first_request_runs_gets_409(guest: APIClient, store: Store, lamp: Product) -> None:
    holding, release = threading.Event(), threading.Event()

    def first_request() -> None:
        try:
            _hold_key(store, lamp, holding, release)
        finally:
            connection.close()

    first = threading.Thread(target=first_request)
    first.start()
    holding.wait()
    answer = order(guest, store, lamp, key=GUEST_KEY)
    release.set()
    first.join()
    assert (answer.status_code, answer.json()["title"], answer["Retry-After"]) == (409, "Request in progress", "1")
    assert order(guest, store, lamp, key=GUEST_KEY).status_code == 201


def _hold_key(store: Store, lamp: Product, holding: threading.Event, release: threading.Event) -> None:
    """Claim the guest's key, as a running request does, and roll back, as a failing request does."""
    body = {"store_id": store.pk, "items": [{"product_id": lamp.pk, "quantity": 1}]}
    digest = hashlib.sha256(GUEST_KEY.encode()).hexdigest()
    key = idempotency.IdempotencyKey("guest", digest, fingerprint_of(body))
    with transaction.atomic():
        assert idempotency.claim("orders", key) is None
        holding.set()
        release.wait()
        transaction.set_rollback(True)
