"""Many concurrent HTTP clients and several server processes: stock is exact and every answer is correct."""

import random
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db.models import Sum

from foundation.models import IdempotencyRecord
from orders.models import Order, OrderItem
from orders.services import Line, place_order
from products.models import Product
from stores.models import Inventory, Store
from stores.services import check_books
from tests.factories import make_product, make_stock
from tests.orders.together import run_together
from tests.orders.web import Answer, Client, web_server

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service, pytest.mark.races]

CLIENTS, ROUNDS = 16, 20
UNITS = 120  # of each product: about half of what will be ordered
EARLIER = 5


@dataclass
class Answers:
    """The answers to all clients together."""

    placed: dict[str, Any] = field(default_factory=dict)
    rejected: dict[str, Any] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    by_key: dict[str, list[str]] = field(default_factory=dict)
    others: Counter[tuple[int, str]] = field(default_factory=Counter)


class Shopper:
    """Orders, repeats, cancels."""

    def __init__(self, url: str, store: Store, products: list[Product], answers: Answers, seed: int) -> None:
        self._client = Client(url)
        self._random = random.Random(seed)
        self._store, self._products, self._answers = store, products, answers
        self._mine: list[tuple[str, str]] = []  # ids and tokens

    def shop(self) -> None:
        for _ in range(ROUNDS):
            self._order()
            if self._mine and self._random.random() < 0.3:
                self._cancel(*self._mine.pop())

    def _order(self) -> None:
        body, key = self._basket(), uuid.uuid4().hex
        for answer in self._sent_at_once(body, key, times=self._random.choice([1, 1, 2])):
            self._note(answer, key)

    def _basket(self) -> dict[str, Any]:
        """Up to 4 of the 5 products, the first two always, in any order, some on two lines."""
        chosen = self._products[:2] + self._random.sample(self._products[2:], self._random.randint(0, 2))
        chosen += [self._products[0]] if self._random.random() < 0.3 else []
        self._random.shuffle(chosen)
        items = [{"product_id": product.pk, "quantity": self._random.randint(1, 2)} for product in chosen]
        return {"store_id": self._store.pk, "items": items}

    def _sent_at_once(self, body: Any, key: str, times: int) -> list[Answer]:
        answers: list[Answer] = []
        run_together([lambda: answers.append(self._client.post("/orders/", body, key=key))] * times)
        return answers

    def _note(self, answer: Answer, key: str) -> None:
        if answer.status == 201:
            order_id = answer.body["id"]
            if order_id not in self._answers.placed:
                self._mine.append((order_id, answer.body["access_token"]))
            self._answers.placed[order_id] = answer.body
        elif answer.status == 409 and "order" in answer.body:
            order_id = answer.body["order"]["id"]
            self._answers.rejected[order_id] = answer.body["order"]
        else:
            title = answer.body["title"] if answer.body else ""
            self._answers.others[answer.status, title] += 1
            return
        self._answers.by_key.setdefault(key, []).append(order_id)

    def _cancel(self, order_id: str, token: str) -> None:
        answers: list[Answer] = []
        path = f"/orders/{order_id}/cancel/"
        run_together([lambda: answers.append(self._client.post(path, order_token=token))] * 2)
        assert sorted(answer.status for answer in answers) == [200, 409]
        self._answers.cancelled.add(order_id)


@pytest.fixture
def products(store: Store) -> list[Product]:
    products = [make_product(f"Product {number}") for number in range(5)]
    for product in products:
        make_stock(store, product, UNITS)
    return products


@pytest.mark.timeout(300)
def test_many_shoppers_leave_exact_stock_and_get_correct_answers(store: Store, products: list[Product]) -> None:
    for _ in range(EARLIER):
        place_order(store_id=store.pk, lines=[Line(product.pk, 1) for product in products])
    answers = Answers()
    with web_server() as web:
        shoppers = [Shopper(web.url, store, products, answers, seed) for seed in range(CLIENTS)]
        run_together([shopper.shop for shopper in shoppers])
        log = web.process.log.read_text()

    assert set(answers.others) <= {(409, "Request in progress")}, log[-5000:]
    assert "transaction failed" not in log
    assert answers.placed
    assert answers.rejected
    assert answers.cancelled
    assert stock_sold(store) == stock_gone(store)
    assert all(0 <= quantity <= UNITS for quantity in quantities(store).values())
    assert stored_orders(store) == answered_orders(answers)
    assert lines_of(answers.placed | answers.rejected) == stored_lines(store)
    assert all(len(set(ids)) == 1 for ids in answers.by_key.values())
    assert IdempotencyRecord.objects.count() == len(answers.by_key)
    assert check_books(store_id=store.pk) == []


def quantities(store: Store) -> dict[int, int]:
    return dict(Inventory.objects.filter(store=store).values_list("product", "quantity"))


def stock_gone(store: Store) -> dict[int, int]:
    return {product: UNITS - quantity for product, quantity in quantities(store).items()}


def stock_sold(store: Store) -> dict[int, int]:
    items = OrderItem.objects.filter(order__store=store, order__status=Order.Status.CONFIRMED)
    return dict(items.order_by().values_list("product").annotate(Sum("quantity")))


def by_clients(store: Store) -> list[Order]:
    return list(Order.objects.filter(store=store).order_by("created_at").prefetch_related("items")[EARLIER:])


def stored_orders(store: Store) -> dict[str, str]:
    return {str(order.pk): order.status for order in by_clients(store)}


def answered_orders(answers: Answers) -> dict[str, str]:
    confirmed = dict.fromkeys(answers.placed, "CONFIRMED")
    return confirmed | dict.fromkeys(answers.cancelled, "CANCELLED") | dict.fromkeys(answers.rejected, "REJECTED")


def lines_of(answers: dict[str, Any]) -> dict[str, list[tuple[int, int]]]:
    return {
        order_id: [(item["product_id"], item["quantity"]) for item in answer["items"]]
        for order_id, answer in answers.items()
    }


def stored_lines(store: Store) -> dict[str, list[tuple[int, int]]]:
    return {
        str(order.pk): [(item.product_id, item.quantity) for item in order.items.all()] for order in by_clients(store)
    }
