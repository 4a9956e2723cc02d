"""The confirmation e-mail: one for every confirmed order with an address; a sweep sends those that were lost."""

import smtplib
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from rest_framework.test import APIClient

from orders import confirmations, tasks
from orders.confirmations import LEASE, MAX_ATTEMPTS, send_confirmation
from orders.errors import OrderRejectedError
from orders.models import Order
from orders.services import Line, cancel_order, place_order
from products.models import Product
from stores.models import Store
from tests.broker import BrokerQueue
from tests.factories import make_product, make_stock, make_store, make_user
from tests.threads import begun_before_the_end_of

pytestmark = [pytest.mark.django_db, pytest.mark.service]


class RefusingBackend(BaseEmailBackend):
    """A mail server that refuses every message."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        del email_messages
        raise smtplib.SMTPServerDisconnected("go away")


@pytest.fixture
def refusing_mail_server(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"


@pytest.fixture
def store() -> Store:
    return make_store("Main Street", address="1 Main Street", city="Springfield")


@pytest.fixture
def lamp(store: Store) -> Product:
    lamp = make_product("Lamp <&>", sku="LAMP", price="12.50")
    make_stock(store, lamp, 100)
    return lamp


@pytest.fixture
def order(store: Store, lamp: Product) -> Order:
    """A confirmed order whose task was never queued, old enough for the sweep."""
    placed = place_order(store_id=store.pk, lines=[Line(lamp.pk, 2)], email="ann@example.com")
    Order.objects.filter(pk=placed.id).update(created_at=timezone.now() - timedelta(minutes=1))
    return Order.objects.get(pk=placed.id)


def due() -> list[Order]:
    return list(confirmations.due_confirmations())


def wait_past(order: Order) -> None:
    """Make the order due again."""
    Order.objects.filter(pk=order.pk).update(confirmation_due_at=timezone.now())


def test_mail_says_what_was_ordered_in_text_and_html(order: Order) -> None:
    assert send_confirmation(order_id=order.pk)
    (sent,) = mail.outbox
    assert isinstance(sent, mail.EmailMultiAlternatives)
    ((html, kind),) = sent.alternatives
    assert (sent.to, sent.subject) == (["ann@example.com"], f"Searchlight: your order {order.pk}")
    assert "2 x Lamp <&> (LAMP)\n    $12.50 each, $25.00\n" in sent.body
    assert "Total $25.00" in sent.body
    assert "Main Street, 1 Main Street, Springfield" in sent.body
    assert kind == "text/html"
    assert "Lamp &lt;&amp;&gt;" in str(html)
    assert sent.extra_headers["Message-ID"] == f"<order-{order.pk}@localhost>"


def test_mail_is_sent_once_however_often_the_task_runs(order: Order) -> None:
    for _ in range(3):
        tasks.send_confirmation(str(order.pk))
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_workers_at_the_same_time_one_sends_the_mail(order: Order) -> None:
    claimed: list[bool] = []

    def claim() -> None:
        claimed.append(confirmations.claim(order.pk))

    begun_before_the_end_of(claim, claim)
    assert claimed == [True, False]
    order.refresh_from_db()
    assert order.confirmation_attempts == 1


def test_sweep_finds_an_order_whose_task_was_never_queued(order: Order) -> None:
    assert due() == [order]
    send_confirmation(order_id=order.pk)
    assert due() == []


def test_sweep_skips_an_order_whose_task_is_still_queued(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(created_at=timezone.now())
    assert due() == []


def test_mail_of_a_worker_that_died_is_sent_after_the_lease(order: Order) -> None:
    assert confirmations.claim(order.pk)  # by a worker that dies then
    assert not send_confirmation(order_id=order.pk)
    assert due() == []
    order.refresh_from_db()
    assert order.confirmation_due_at is not None
    assert timedelta(0) < order.confirmation_due_at - timezone.now() <= LEASE
    wait_past(order)
    assert due() == [order]
    assert send_confirmation(order_id=order.pk)


@pytest.mark.usefixtures("refusing_mail_server")
def test_wait_after_a_failure_of_the_mail_server_doubles(order: Order) -> None:
    waits = []
    for _ in range(3):
        tasks.send_confirmation(str(order.pk))
        order.refresh_from_db()
        assert order.confirmation_due_at is not None
        waits.append(round((order.confirmation_due_at - timezone.now()) / LEASE))
        wait_past(order)
    assert (waits, order.confirmation_sent_at, order.confirmation_attempts) == ([1, 2, 4], None, 3)


def test_sweep_gives_up_in_the_end(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(confirmation_attempts=MAX_ATTEMPTS)
    assert due() == []


def test_cancelled_and_rejected_orders_get_no_mail(order: Order, store: Store) -> None:
    cancel_order(order_id=order.pk)
    Order.objects.create(store=store, status="REJECTED", total=1, email="ann@example.com", created_at=order.created_at)
    assert due() == []
    assert not any(send_confirmation(order_id=pk) for pk in Order.objects.values_list("pk", flat=True))
    assert mail.outbox == []


def test_order_without_an_address_is_never_due(store: Store, lamp: Product) -> None:
    placed = place_order(store_id=store.pk, lines=[Line(lamp.pk, 1)])
    Order.objects.filter(pk=placed.id).update(created_at=timezone.now() - timedelta(minutes=1))
    assert due() == []


def test_customers_own_address_is_used_unless_another_is_given(api: APIClient, store: Store, lamp: Product) -> None:
    api.force_authenticate(make_user(email="own@example.com"))
    body = {"store_id": store.pk, "items": [{"product_id": lamp.pk, "quantity": 1}]}
    api.post("/orders/", body, format="json")
    api.post("/orders/", {**body, "email": "other@example.com"}, format="json")
    assert list(Order.objects.order_by("created_at").values_list("email", flat=True)) == [
        "own@example.com",
        "other@example.com",
    ]


@pytest.fixture
def queue() -> Iterator[BrokerQueue]:
    queue = BrokerQueue("orders")
    queue.clear()
    yield queue
    queue.clear()


@pytest.mark.django_db(transaction=True)
def test_confirmed_order_queues_its_mail_and_a_rejected_one_does_not(
    store: Store, lamp: Product, queue: BrokerQueue
) -> None:
    place_order(store_id=store.pk, lines=[Line(lamp.pk, 1)], email="ann@example.com")
    with pytest.raises(OrderRejectedError):
        place_order(store_id=store.pk, lines=[Line(lamp.pk, 1000)], email="ann@example.com")
    assert queue.tasks() == ["orders.tasks.send_confirmation"]


@pytest.mark.usefixtures("order")
def test_sweep_queues_due_confirmations(queue: BrokerQueue) -> None:
    assert tasks.sweep_confirmations() == 1
    assert queue.tasks() == ["orders.tasks.send_confirmation"]
