"""Many concurrent requests with one key, also while web processes are killed, give one order and one body."""

import json
import uuid
from typing import Any

import pytest

from foundation.models import IdempotencyRecord
from orders.models import Order
from products.models import Product
from stores.models import Inventory, Store
from stores.services import check_books
from tests.factories import make_stocked
from tests.orders.together import run_together
from tests.orders.web import Answer, Client, web_server, worker_processes

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service, pytest.mark.races]

AT_ONCE = 50


@pytest.fixture
def lamp(store: Store) -> Product:
    return make_stocked(store, 100)


def order_for(store: Store, lamp: Product) -> dict[str, Any]:
    return {"store_id": store.pk, "items": [{"product_id": lamp.pk, "quantity": 3}]}


def storm(client: Client, body: dict[str, Any], key: str) -> list[Answer]:
    answers: list[Answer] = []
    run_together([lambda: answers.append(client.post("/orders/", body, key=key))] * AT_ONCE)
    return answers


def assert_one_order(store: Store, lamp: Product, answers: list[Answer]) -> None:
    bodies = {json.dumps(answer.body, sort_keys=True) for answer in answers if answer.status == 201}
    assert len(bodies) == 1
    (order,) = Order.objects.all()
    assert json.loads(bodies.pop())["id"] == str(order.pk)
    assert Inventory.objects.get(product=lamp).quantity == 97
    assert IdempotencyRecord.objects.count() == 1
    assert check_books(store_id=store.pk) == []


def test_many_concurrent_requests_with_one_key_give_one_order_and_one_body(store: Store, lamp: Product) -> None:
    key = uuid.uuid4().hex
    with web_server() as web:
        client = Client(web.url)
        answers = storm(client, order_for(store, lamp), key)
        answers.append(client.post("/orders/", order_for(store, lamp), key=key))
    outcomes = {(answer.status, answer.body.get("title", "")) for answer in answers}
    assert outcomes <= {(201, ""), (409, "Request in progress")}
    assert_one_order(store, lamp, answers)


def test_many_requests_with_one_key_while_web_processes_are_killed_give_one_order_and_one_body(
    store: Store, lamp: Product
) -> None:
    key = uuid.uuid4().hex
    answers: list[Answer] = []
    with web_server() as web:
        client = Client(web.url)
        for victim in worker_processes(web):
            run_together([lambda: answers.extend(storm(client, order_for(store, lamp), key)), victim.kill])
        web.wait_ready()
        answers.append(client.post("/orders/", order_for(store, lamp), key=key))
    assert answers[-1].status == 201
    assert {answer.status for answer in answers} <= {0, 201, 409}
    assert_one_order(store, lamp, answers)
