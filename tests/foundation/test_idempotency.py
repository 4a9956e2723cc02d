"""Orders and stock share the record of idempotency keys, but not the keys."""

import pytest
from rest_framework.test import APIClient

from foundation import idempotency
from foundation.idempotency import IdempotencyKey
from foundation.models import IdempotencyRecord
from tests.factories import make_product, make_staff, make_stock, make_store

pytestmark = [pytest.mark.django_db, pytest.mark.service]

KEY = IdempotencyKey("user:1", "a key", "0" * 64)


def test_answer_of_a_key_is_the_recorded_json_value() -> None:
    answer = {"order_id": "1", "units": [1, None], "name": 'ü "'}
    assert idempotency.claim("orders", KEY) is None
    idempotency.remember("orders", KEY, answer)
    assert idempotency.claim("orders", KEY) == answer


@pytest.mark.parametrize("other", [("stock", KEY), ("orders", IdempotencyKey("user:2", "a key", "0" * 64))])
def test_scopes_and_callers_do_not_share_keys(other: tuple[str, IdempotencyKey]) -> None:
    idempotency.remember("orders", KEY, {})
    assert idempotency.claim(*other) is None


def test_order_and_change_of_stock_of_one_user_may_have_the_same_key(api: APIClient) -> None:
    store, lamp = make_store(), make_product()
    make_stock(store, lamp, 5)
    api.force_authenticate(make_staff(store))
    headers = {"Idempotency-Key": "a key"}
    order = {"store_id": store.pk, "items": [{"product_id": lamp.pk, "quantity": 1}]}
    for _ in range(2):
        placed = api.post("/orders/", order, format="json", headers=headers)
        changed = api.patch(f"/stores/{store.pk}/inventory/{lamp.pk}/", {"adjust": 3}, format="json", headers=headers)
        assert (placed.status_code, changed.status_code, changed.json()["quantity"]) == (201, 200, 7)
    assert sorted(IdempotencyRecord.objects.values_list("scope", flat=True)) == ["orders", "stock"]
