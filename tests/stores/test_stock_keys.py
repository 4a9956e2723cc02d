"""A change of stock with an `Idempotency-Key` is made once, however often and concurrently it is sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from foundation.idempotency import KEPT_FOR, IdempotencyKey
from foundation.models import IdempotencyRecord
from foundation.tasks import forget_idempotency_keys
from products.models import Product
from stores import services
from stores.models import Inventory, StockAdjustment, Store
from tests.factories import make_product, make_staff

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def change(api: APIClient, store: Store, product: Product, body: Any, key: str = "5f0c") -> Any:
    address = f"/stores/{store.pk}/inventory/{product.pk}/"
    return api.patch(address, body, format="json", headers={"Idempotency-Key": key})


def quantity(product: Product) -> int:
    return Inventory.objects.get(product=product).quantity


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("body", [{"adjust": -2}, {"set": 8}])
def test_repetition_changes_nothing_and_gets_the_same_answer(
    api: APIClient, store: Store, lamp: Product, body: Any
) -> None:
    first = change(api, store, lamp, body)
    services.adjust_stock(store_id=store.pk, product_id=lamp.pk, delta=-5)
    again = change(api, store, lamp, body)
    assert (first.status_code, first.json()["quantity"], again.content) == (200, 8, first.content)
    assert quantity(lamp) == 3


@pytest.mark.usefixtures("ann")
def test_changes_with_other_keys_and_without_one_are_all_made(api: APIClient, store: Store, lamp: Product) -> None:
    for key in ("a", "b", "", ""):
        change(api, store, lamp, {"adjust": -1}, key)
    assert quantity(lamp) == 6


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("other", [{"adjust": -3}, {"set": 8}, {"adjust": -2, "reason": "broken"}])
def test_key_of_another_change_is_refused(api: APIClient, store: Store, lamp: Product, other: Any) -> None:
    change(api, store, lamp, {"adjust": -2})
    answer = change(api, store, lamp, other)
    assert (answer.status_code, answer.json()["title"]) == (422, "Idempotency key reused")
    assert quantity(lamp) == 8


@pytest.mark.usefixtures("ann")
def test_key_used_for_another_product_is_refused(api: APIClient, store: Store, lamp: Product) -> None:
    change(api, store, lamp, {"adjust": 1})
    assert change(api, store, make_product("Chair"), {"adjust": 1}).status_code == 422


def test_two_users_do_not_share_keys(api: APIClient, store: Store, lamp: Product) -> None:
    for name in ("ann", "bob"):
        api.force_authenticate(make_staff(store, name))
        assert change(api, store, lamp, {"adjust": -1}).status_code == 200
    assert quantity(lamp) == 8


@pytest.mark.usefixtures("ann")
def test_key_of_a_refused_change_can_be_used_again(api: APIClient, store: Store, lamp: Product) -> None:
    assert change(api, store, lamp, {"adjust": -11}).status_code == 409
    assert change(api, store, lamp, {"adjust": -10}).json()["quantity"] == 0


@pytest.mark.usefixtures("ann")
def test_key_that_is_too_long_is_named(api: APIClient, store: Store, lamp: Product) -> None:
    answer = change(api, store, lamp, {"adjust": 1}, "k" * 256)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")


@pytest.mark.usefixtures("ann")
def test_expired_keys_are_deleted_and_others_are_not(api: APIClient, store: Store, lamp: Product) -> None:
    for key in ("old", "new"):
        change(api, store, lamp, {"adjust": -1}, key)
    long_ago = timezone.now() - KEPT_FOR - timedelta(seconds=1)
    IdempotencyRecord.objects.filter(key="old").update(created_at=long_ago)
    assert forget_idempotency_keys() == 1
    assert list(IdempotencyRecord.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_with_one_key_change_stock_once(store: Store, lamp: Product, ann: User) -> None:
    key = IdempotencyKey(f"user:{ann.pk}", "5f0c", "the same")

    def adjust(_: int) -> int:
        try:
            return services.adjust_stock(store_id=store.pk, product_id=lamp.pk, delta=-1, actor_id=ann.pk, key=key)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as threads:
        assert set(threads.map(adjust, range(20))) == {9}
    assert (quantity(lamp), StockAdjustment.objects.filter(delta=-1).count()) == (9, 1)
