"""Random placing, repeating, cancelling, adjusting and counting, against a model in plain Python."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from foundation.errors import KeyReusedError
from foundation.idempotency import IdempotencyKey
from orders import services
from orders.errors import NotCancellableError, OrderRejectedError
from orders.models import Order
from orders.receipts import PlacedOrder
from stores import ledger
from stores.errors import OutdatedCountError, StockOutOfRangeError
from stores.models import Inventory
from stores.services import adjust_stock, count_stock, set_stock
from tests.factories import make_product, make_stock, make_store

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service, pytest.mark.timeout(600)]

PRODUCTS = 3
index = st.integers(0, PRODUCTS - 1)
lines = st.lists(st.tuples(index, st.integers(1, 6)), min_size=1, max_size=5)
units = st.integers(0, 20)


class Shop(RuleBasedStateMachine):
    """`stock` is the model; `history` is (time, product, movement) for counts that come late."""

    placed: Bundle[PlacedOrder] = Bundle("placed")
    keyed: Bundle[tuple[str, list[tuple[int, int]], Any]] = Bundle("keyed")
    moments: Bundle[datetime] = Bundle("moments")

    def __init__(self) -> None:
        super().__init__()
        self.store = make_store()
        self.products = [make_product() for _ in range(PRODUCTS)]
        for product in self.products:
            make_stock(self.store, product, 10)
        self.stock = [10] * PRODUCTS
        self.history: list[tuple[datetime, int, int]] = []
        self.known_since = [now()] * PRODUCTS
        self.orders = 0

    @rule(target=placed, wanted=lines)
    def place(self, wanted: list[tuple[int, int]]) -> Any:
        return self._place(wanted) or multiple()

    @rule(target=keyed, wanted=lines)
    def place_with_key(self, wanted: list[tuple[int, int]]) -> Any:
        key = uuid.uuid4().hex
        return key, wanted, self._place(wanted, key)

    @rule(earlier=keyed)
    def repeat(self, earlier: tuple[str, list[tuple[int, int]], Any]) -> None:
        key, wanted, answer = earlier
        try:
            assert self._service(wanted, key) == answer
        except OrderRejectedError:
            assert answer is None

    @rule(earlier=keyed)
    def repeat_with_another_body(self, earlier: tuple[str, list[tuple[int, int]], Any]) -> None:
        key, wanted, _ = earlier
        with pytest.raises(KeyReusedError):
            self._service([*wanted, (0, 1)], key)

    @rule(order=consumes(placed))
    def cancel(self, order: PlacedOrder) -> None:
        services.cancel_order(order_id=order.id)
        for item in order.items:
            self._move(self._position(item.product_id), item.quantity)
        with pytest.raises(NotCancellableError):
            services.cancel_order(order_id=order.id)

    @rule(product=index, delta=st.integers(-8, 8))
    def adjust(self, product: int, delta: int) -> None:
        try:
            adjust_stock(store_id=self.store.pk, product_id=self.products[product].pk, delta=delta)
        except StockOutOfRangeError:
            assert self.stock[product] + delta < 0
        else:
            self._move(product, delta)

    @rule(product=index, quantity=units)
    def set(self, product: int, quantity: int) -> None:
        set_stock(store_id=self.store.pk, product_id=self.products[product].pk, quantity=quantity)
        self.stock[product] = quantity
        self.known_since[product] = now()

    @rule(target=moments)
    def look_at_the_clock(self) -> datetime:
        return now()

    @rule(product=index, quantity=units, counted_at=moments)
    def count(self, product: int, quantity: int, counted_at: datetime) -> None:
        product_id = self.products[product].pk
        try:
            counted = count_stock(store_id=self.store.pk, counts={product_id: quantity}, counted_at=counted_at)
        except OutdatedCountError:
            assert self.known_since[product] > counted_at
            return
        assert self.known_since[product] <= counted_at
        since = sum(delta for when, moved, delta in self.history if moved == product and when > counted_at)
        self.stock[product] = max(0, quantity + since)
        self.known_since[product] = counted_at
        assert counted == {product_id: self.stock[product]}

    @invariant()
    def stock_is_as_in_the_model(self) -> None:
        rows = dict(Inventory.objects.filter(store=self.store).values_list("product", "quantity"))
        assert [rows[product.pk] for product in self.products] == self.stock

    @invariant()
    def books_agree(self) -> None:
        assert ledger.differences(self.store.pk) == []

    @precondition(lambda self: self.orders)
    @invariant()
    def every_order_is_there_once(self) -> None:
        assert Order.objects.filter(store=self.store).count() == self.orders

    def _place(self, wanted: list[tuple[int, int]], key: str = "") -> PlacedOrder | None:
        total = [sum(quantity for product, quantity in wanted if product == number) for number in range(PRODUCTS)]
        enough = all(need <= have for need, have in zip(total, self.stock, strict=True))
        self.orders += 1
        if enough:
            order = self._service(wanted, key)
            for number in range(PRODUCTS):
                self._move(number, -total[number])
            return order
        with pytest.raises(OrderRejectedError) as rejected:
            self._service(wanted, key)
        shortages = {short.product_id: (short.requested, short.available) for short in rejected.value.order.shortages}
        assert shortages == {
            self.products[number].pk: (total[number], self.stock[number])
            for number in range(PRODUCTS)
            if total[number] > self.stock[number]
        }
        return None

    def _service(self, wanted: list[tuple[int, int]], key: str) -> PlacedOrder:
        requested = [services.Line(self.products[product].pk, quantity) for product, quantity in wanted]
        record = IdempotencyKey(f"shop {self.store.pk}", key, repr(wanted)) if key else None
        return services.place_order(store_id=self.store.pk, lines=requested, idempotency_key=record)

    def _move(self, product: int, delta: int) -> None:
        self.stock[product] += delta
        self.history.append((now(), product, delta))

    def _position(self, product_id: int) -> int:
        return next(number for number, product in enumerate(self.products) if product.pk == product_id)


def now() -> datetime:
    """The time of PostgreSQL's clock, which dates orders and adjustments; later at every call."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return max(moment, timezone.now()) + timedelta(microseconds=1)


def test_shop_behaves_as_its_model_does() -> None:
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
