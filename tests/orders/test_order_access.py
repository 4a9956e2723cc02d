"""GET /orders/<id>/: for its customer and its store's staff; others get 404."""

import uuid

import pytest
from django.contrib.auth.models import User
from django.db.models import ProtectedError
from rest_framework.test import APIClient

from orders.services import Line, place_order
from stores.models import Store
from tests.factories import make_product, make_staff, make_stock, make_store, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.service]


def order_of(customer: User | None, store: Store) -> uuid.UUID:
    lamp = make_product()
    make_stock(store, lamp, 1)
    customer_id = customer.pk if customer else None
    return place_order(store_id=store.pk, lines=[Line(lamp.pk, 1)], customer_id=customer_id).id


def status_for(user: User | None, order_id: uuid.UUID) -> int:
    api = APIClient()
    api.force_authenticate(user)
    return api.get(f"/orders/{order_id}/").status_code


def test_customers_order_is_shown_to_them_the_stores_staff_and_a_superuser_only(store: Store) -> None:
    customer = make_user()
    order_id = order_of(customer, store)
    assert status_for(customer, order_id) == 200
    assert status_for(make_staff(store), order_id) == 200
    assert status_for(make_user(is_superuser=True), order_id) == 200
    assert status_for(make_staff(make_store()), order_id) == 404
    assert status_for(make_user(is_staff=True), order_id) == 404
    assert status_for(make_user(), order_id) == 404
    assert status_for(None, order_id) == 404


def test_order_of_nobody_is_shown_to_the_stores_staff_only(store: Store) -> None:
    order_id = order_of(None, store)
    assert status_for(make_staff(store), order_id) == 200
    assert (status_for(None, order_id), status_for(make_user(), order_id)) == (404, 404)


def test_account_with_orders_cannot_be_deleted(store: Store) -> None:
    customer = make_user()
    order_id = order_of(customer, store)
    with pytest.raises(ProtectedError):
        customer.delete()
    assert status_for(None, order_id) == 404


def test_order_that_does_not_exist_is_not_found(api: APIClient) -> None:
    answer = api.get(f"/orders/{uuid.uuid4()}/")
    assert (answer.status_code, answer.json()["detail"]) == (404, "There is no such order.")


def test_order_of_another_customer_looks_like_one_that_does_not_exist(api: APIClient, store: Store) -> None:
    theirs, nobodys = order_of(make_user(), store), uuid.uuid4()
    answers = [api.get(f"/orders/{order_id}/").json() for order_id in (theirs, nobodys)]
    for answer in answers:
        del answer["instance"]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("order_id", ["1", "x", "../admin", "0" * 32])
def test_invalid_order_id_is_not_found(api: APIClient, order_id: str) -> None:
    assert api.get(f"/orders/{order_id}/").status_code == 404
