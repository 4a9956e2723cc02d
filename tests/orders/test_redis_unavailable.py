"""While Redis is killed or hangs, orders are placed, repeated and cancelled; the sweep confirms them later."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from orders.models import Order
from orders.tasks import send_confirmation
from products.models import Product
from stores.models import Inventory, Store
from tests.factories import make_product, make_stock
from tests.orders.web import Client, web_server
from tools.devstack.services import State
from tools.devstack.services.redis import Redis

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]


@pytest.fixture
def redis() -> Iterator[Redis]:
    state = State.throwaway()
    redis = Redis(state)
    try:
        redis.start()
        yield redis
    finally:
        redis.stop()
        state.remove()


@pytest.fixture
def lamp(store: Store) -> Product:
    lamp = make_product()
    make_stock(store, lamp, 10)
    return lamp


@pytest.mark.parametrize("disturb", [Redis.kill, Redis.pause], ids=["killed", "hanging"])
def test_orders_are_placed_without_redis(
    redis: Redis, store: Store, lamp: Product, disturb: Callable[[Redis], None]
) -> None:
    key = uuid.uuid4().hex
    body: dict[str, Any] = {"store_id": store.pk, "items": [{"product_id": lamp.pk, "quantity": 4}]}
    with web_server(REDIS_URL=redis.url) as web:
        disturb(redis)
        client = Client(web.url)
        placed = client.post("/orders/", {**body, "email": "ann@example.com"}, key=key)
        again = client.post("/orders/", {**body, "email": "ann@example.com"}, key=key)
        short = client.post("/orders/", {**body, "items": [{"product_id": lamp.pk, "quantity": 7}]})
        another = client.post("/orders/", body).body
        cancelled = client.post(f"/orders/{another['id']}/cancel/", order_token=another["access_token"])
    assert [answer.status for answer in (placed, again, short, cancelled)] == [201, 201, 409, 200]
    assert again == placed
    assert Inventory.objects.get(product=lamp).quantity == 6
    send_confirmation(placed.body["id"])  # as the sweep does
    assert Order.objects.get(pk=placed.body["id"]).confirmation_sent_at is not None
