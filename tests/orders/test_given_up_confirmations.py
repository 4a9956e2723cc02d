"""A confirmation that failed too often: the sweep skips it, the admin lists it, and staff can send it."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from orders import confirmations, tasks
from orders.confirmations import MAX_ATTEMPTS, SHOWN_FOR
from orders.models import Order
from orders.services import Line, cancel_order, place_order
from tests.factories import make_product, make_stock, make_store, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.service]

ORDERS = reverse("admin:orders_order_changelist")


@pytest.fixture
def order() -> Order:
    """All attempts were made, and the lease of the last one has ended."""
    store, lamp = make_store(), make_product()
    make_stock(store, lamp, 10)
    placed = place_order(store_id=store.pk, lines=[Line(lamp.pk, 1)], email="ann@example.com")
    Order.objects.filter(pk=placed.id).update(
        created_at=timezone.now() - timedelta(days=2),
        confirmation_attempts=MAX_ATTEMPTS,
        confirmation_due_at=timezone.now() - timedelta(seconds=1),
    )
    return Order.objects.get(pk=placed.id)


def given_up() -> list[Order]:
    return list(confirmations.given_up_confirmations())


def figure(client: Client, name: str) -> float:
    lines = client.get("/metrics").content.decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))


def staff(*permissions: str) -> User:
    user = make_user(is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    return user


def ask_again(client: Client, order: Order) -> int:
    body = {"action": "send_confirmation_again", "_selected_action": [str(order.pk)]}
    return client.post(ORDERS, body).status_code


def test_sweep_gives_up_after_too_many_failures_and_reports_it(order: Order, client: Client) -> None:
    tasks.sweep_confirmations()
    assert given_up() == [order]
    assert (figure(client, "confirmations_due"), figure(client, "confirmations_given_up")) == (0, 1)
    assert mail.outbox == []


def test_last_attempt_that_is_still_running_is_not_given_up(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(confirmation_due_at=timezone.now() + timedelta(minutes=1))
    assert confirmations.give_up() == 0


def test_metric_counts_recently_given_up_ones_and_the_list_shows_all(order: Order, client: Client) -> None:
    confirmations.give_up()
    Order.objects.update(confirmation_given_up_at=timezone.now() - SHOWN_FOR)
    assert figure(client, "confirmations_given_up") == 0
    assert given_up() == [order]


def test_sweep_has_an_index_without_those_given_up(order: Order) -> None:
    confirmations.give_up()
    assert given_up() == [order]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = confirmations.due_confirmations().explain()
    assert "orders_order_mail_due" in plan
    assert "orders_order_mail_given_up" in confirmations.given_up_confirmations().explain()


def test_staff_find_a_given_up_confirmation_and_send_it(order: Order, client: Client) -> None:
    confirmations.give_up()
    client.force_login(staff("view_order", "change_order"))
    listed = client.get(ORDERS, {"confirmation": "given_up"}).content.decode()
    assert (str(order.pk) in listed, str(order.pk) in client.get(ORDERS, {"confirmation": "due"}).content.decode()) == (
        True,
        False,
    )
    assert ask_again(client, order) == 302
    assert "1 confirmations that had been given up are due again." in client.get(ORDERS).content.decode()
    assert list(confirmations.due_confirmations()) == [order]
    assert confirmations.send_confirmation(order_id=order.pk)
    assert [message.to for message in mail.outbox] == [["ann@example.com"]]
    assert given_up() == []


def test_staff_with_view_permission_only_cannot_send_it(order: Order, client: Client) -> None:
    confirmations.give_up()
    client.force_login(staff("view_order"))
    ask_again(client, order)
    assert given_up() == [order]


def test_sent_or_cancelled_ones_are_not_sent_again(order: Order) -> None:
    confirmations.give_up()
    cancel_order(order_id=order.pk)
    sent = Order.objects.create(store=order.store, status="CONFIRMED", total=1, email="b@example.com")
    Order.objects.filter(pk=sent.pk).update(confirmation_sent_at=timezone.now())
    assert confirmations.try_again(order_ids=[order.pk, sent.pk]) == 0
    assert list(confirmations.due_confirmations()) == []
