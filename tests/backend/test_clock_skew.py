"""A machine whose clock is hours wrong does no harm: shared times are those of one service."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from limits import parse
from pytest_django import Settings
from rest_framework.test import APIClient

from backend import tasks
from backend.api import throttles
from foundation.idempotency import KEPT_FOR, IdempotencyKey, forget_expired
from foundation.models import IdempotencyRecord
from indexing import claims
from orders import confirmations
from orders.models import Order
from orders.services import Line, cancel_order, place_order
from stores.services import count_stock
from tests.factories import make_product, make_stock, make_store, make_user

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]


@pytest.fixture(params=[-5, 5], ids=["hours behind", "hours ahead"])
def elsewhere(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """When called, this process continues on another machine, with another clock."""
    true_time, off = time.time, timedelta(hours=request.param)

    def go() -> None:
        monkeypatch.setattr(time, "time", lambda: true_time() + off.total_seconds())
        monkeypatch.setattr(timezone, "now", lambda: datetime.fromtimestamp(true_time(), UTC) + off)

    return go


@pytest.fixture
def order() -> Order:
    store, lamp = make_store(), make_product()
    make_stock(store, lamp, 5)
    return Order.objects.get(pk=place_order(store_id=store.pk, lines=[Line(lamp.pk, 1)], email="ada@example.com").id)


def test_confirmation_claimed_by_another_worker_is_not_sent(order: Order, elsewhere: Callable[[], None]) -> None:
    assert confirmations.claim(order.pk)  # as a worker does before it sends
    elsewhere()
    assert not confirmations.send_confirmation(order_id=order.pk)
    assert list(confirmations.due_confirmations()) == []


def test_cancelled_units_are_added_to_an_earlier_count_but_not_to_a_later_one(
    order: Order, elsewhere: Callable[[], None]
) -> None:
    lamp = order.items.get().product_id
    before = datetime.now(UTC)
    elsewhere()
    cancel_order(order_id=order.pk)
    after = datetime.now(UTC)
    assert count_stock(store_id=order.store_id, counts={lamp: 4}, counted_at=before) == {lamp: 5}
    assert count_stock(store_id=order.store_id, counts={lamp: 5}, counted_at=after) == {lamp: 5}


def test_present_count_is_accepted_and_a_future_one_is_refused(
    api: APIClient, order: Order, elsewhere: Callable[[], None]
) -> None:
    api.force_authenticate(make_user(is_superuser=True))
    url = f"/stores/{order.store_id}/inventory/{order.items.get().product_id}/"
    fresh, tomorrow = datetime.now(UTC), datetime.now(UTC) + timedelta(days=1)
    elsewhere()
    taken = api.patch(url, {"set": 7, "counted_at": fresh.isoformat()}, format="json")
    refused = api.patch(url, {"set": 7, "counted_at": tomorrow.isoformat()}, format="json")
    soon = api.patch(url, {"set": 7, "counted_at": (fresh + timedelta(hours=3)).isoformat()}, format="json")
    assert (taken.status_code, taken.json()["quantity"]) == (200, 7)
    assert (refused.status_code, soon.status_code) == (400, 400)
    assert refused.json()["errors"] == [
        {"field": "counted_at", "code": "invalid", "message": "Nothing can have been counted in the future."}
    ]


def test_idempotency_key_is_stored_for_its_full_time(order: Order, elsewhere: Callable[[], None]) -> None:
    key, lines = IdempotencyKey("user:1", "once", "0" * 64), [Line(order.items.get().product_id, 1)]
    placed = place_order(store_id=order.store_id, lines=lines, idempotency_key=key)
    IdempotencyRecord.objects.update(created_at=datetime.now(UTC) - KEPT_FOR + timedelta(hours=1))
    elsewhere()
    assert forget_expired() == 0
    assert place_order(store_id=order.store_id, lines=lines, idempotency_key=key) == placed


def test_changes_are_claimed_immediately_and_only_once(elsewhere: Callable[[], None]) -> None:
    lamp = make_product()
    elsewhere()
    assert claims.claim().product_ids == [lamp.pk]
    assert claims.claim().product_ids == []


def test_lease_of_another_worker_is_respected(elsewhere: Callable[[], None]) -> None:
    lamp = make_product()
    assert claims.claim().product_ids == [lamp.pk]
    elsewhere()
    assert claims.claim().product_ids == []


def test_age_of_a_heartbeat_is_right(elsewhere: Callable[[], None]) -> None:
    tasks.heartbeat("orders")
    elsewhere()
    age = tasks.heartbeat_age("orders")
    assert age is not None
    assert 0 <= age < 60


def test_rate_limit_lasts_its_minute(settings: Settings, elsewhere: Callable[[], None]) -> None:
    settings.THROTTLE_RATES = {"search": parse("2/minute")}
    who = "address:192.0.2.1"
    first, second = throttles.hit("search", who), throttles.hit("search", who)
    elsewhere()
    wait = throttles.hit("search", who)
    assert (first, second) == (None, None)
    assert wait is not None
    assert 0 < wait <= 60
