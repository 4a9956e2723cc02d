"""PATCH /stores/<id>/inventory/<product>/: staff set, adjust or count stock; the user and the reason are recorded."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db.models import ProtectedError
from django.utils import timezone
from rest_framework.test import APIClient

from products.models import Product
from stores.models import Inventory, StockAdjustment, Store
from tests.factories import make_product, make_staff, make_store, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def change(api: APIClient, store: Store, product: Product, body: Any) -> Any:
    return api.patch(f"/stores/{store.pk}/inventory/{product.pk}/", body, format="json")


def quantity(store: Store, product: Product) -> int:
    return Inventory.objects.get(store=store, product=product).quantity


def last_adjustment() -> dict[str, Any]:
    last = StockAdjustment.objects.order_by("-id")
    return {**last.values("kind", "delta", "reason", "actor__username", "counted_at")[0]}


@pytest.mark.usefixtures("ann")
def test_set_changes_the_quantity(api: APIClient, store: Store, lamp: Product) -> None:
    answer = change(api, store, lamp, {"set": 4, "reason": "inventory day"})
    assert (answer.status_code, answer.json()) == (
        200,
        {"store_id": store.pk, "product_id": lamp.pk, "quantity": 4},
    )
    assert quantity(store, lamp) == 4
    assert last_adjustment() == {
        "kind": "SET",
        "delta": -6,
        "reason": "inventory day",
        "actor__username": "ann",
        "counted_at": None,
    }


def test_account_that_changed_stock_cannot_be_deleted(api: APIClient, store: Store, lamp: Product, ann: User) -> None:
    change(api, store, lamp, {"set": 4})
    with pytest.raises(ProtectedError):
        ann.delete()


@pytest.mark.usefixtures("ann")
def test_adjust_adds_and_subtracts_units(api: APIClient, store: Store, lamp: Product) -> None:
    assert change(api, store, lamp, {"adjust": 5}).json()["quantity"] == 15
    assert change(api, store, lamp, {"adjust": -3, "reason": "broken"}).json()["quantity"] == 12
    assert quantity(store, lamp) == 12
    assert last_adjustment() == {
        "kind": "ADJUST",
        "delta": -3,
        "reason": "broken",
        "actor__username": "ann",
        "counted_at": None,
    }


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize("units", [-11, 1_000_000_000])
def test_adjust_out_of_range_is_a_conflict(api: APIClient, store: Store, lamp: Product, units: int) -> None:
    answer = change(api, store, lamp, {"adjust": units})
    body = answer.json()
    assert (answer.status_code, body["title"]) == (409, "Stock out of range")
    assert (body["product_id"], body["quantity"], body["adjust"]) == (lamp.pk, 10, units)
    assert (quantity(store, lamp), StockAdjustment.objects.count()) == (10, 1)


@pytest.mark.usefixtures("ann")
def test_product_that_the_store_did_not_stock_gets_a_row(api: APIClient, store: Store) -> None:
    chair, rug = make_product("Chair"), make_product("Rug")
    assert change(api, store, chair, {"set": 3}).json()["quantity"] == 3
    assert change(api, store, rug, {"adjust": 2}).json()["quantity"] == 2
    assert (quantity(store, chair), quantity(store, rug)) == (3, 2)


@pytest.mark.usefixtures("ann")
@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"set"}),
        ({"set": 1, "adjust": 1}, {"set"}),
        ({"set": -1}, {"set"}),
        ({"set": "5"}, {"set"}),
        ({"set": 1.0}, {"set"}),
        ({"set": True}, {"set"}),
        ({"set": None}, {"set"}),
        ({"set": 1_000_000_001}, {"set"}),
        ({"adjust": "x"}, {"adjust"}),
        ({"adjust": 10**12}, {"adjust"}),
        ({"adjust": 1, "counted_at": "2026-01-01T00:00:00Z"}, {"counted_at"}),
        ({"set": 1, "counted_at": "yesterday"}, {"counted_at"}),
        ({"set": 1, "counted_at": "2999-01-01T00:00:00Z"}, {"counted_at"}),
        ({"set": 1, "reason": "x" * 201}, {"reason"}),
        ({"set": [], "reason": {}}, {"set", "reason"}),
    ],
)
def test_bad_change_is_refused_by_field(
    api: APIClient, store: Store, lamp: Product, body: Any, fields: set[str]
) -> None:
    answer = change(api, store, lamp, body)
    assert answer.status_code == 400
    assert {error["field"] for error in answer.json()["errors"]} == fields
    assert (quantity(store, lamp), StockAdjustment.objects.count()) == (10, 1)


def test_only_staff_of_the_store_may_change_its_stock(api: APIClient, store: Store, lamp: Product) -> None:
    assert change(api, store, lamp, {"set": 1}).status_code == 401
    for stranger in (make_user(), make_user(is_staff=True), make_staff(make_store())):
        api.force_authenticate(stranger)
        assert change(api, store, lamp, {"set": 1}).status_code == 403
    assert quantity(store, lamp) == 10
    api.force_authenticate(make_user(is_superuser=True))
    assert change(api, store, lamp, {"set": 1}).status_code == 200


@pytest.mark.usefixtures("ann")
def test_unknown_store_or_product_is_not_found(api: APIClient, store: Store, lamp: Product) -> None:
    assert change(api, Store(pk=store.pk + 1), lamp, {"set": 1}).status_code == 404
    assert change(api, store, Product(pk=lamp.pk + 1), {"set": 1}).status_code == 404
    assert change(api, store, Product(pk=10**30), {"set": 1}).status_code == 404


@pytest.mark.usefixtures("ann")
def test_count_older_than_the_last_one_is_outdated(api: APIClient, store: Store, lamp: Product) -> None:
    now = timezone.now()
    StockAdjustment.objects.update(created_at=now - timedelta(days=1))
    change(api, store, lamp, {"set": 8, "counted_at": (now - timedelta(hours=1)).isoformat()})
    answer = change(api, store, lamp, {"set": 20, "counted_at": (now - timedelta(hours=2)).isoformat()})
    assert (answer.status_code, answer.json()["title"]) == (409, "Outdated count")
    assert quantity(store, lamp) == 8
