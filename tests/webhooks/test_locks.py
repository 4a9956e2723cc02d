"""Whoever locks a subscription and its deliveries locks the subscription first."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from tests.eventually import eventually
from tests.threads import waiting
from tests.webhooks.conftest import Subscribe, make_event
from webhooks.models import Delivery, Subscription
from webhooks.services import change_subscription, delete_subscription, rotate_secret

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.service]


def test_subscription_is_deleted_while_a_worker_records_results(subscribe: Subscribe) -> None:
    subscription = subscribe()
    make_event(subscription)

    def delete() -> None:
        try:
            delete_subscription(subscription_id=subscription.pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():  # in the order of `webhooks.claims.record`
            Subscription.objects.select_for_update(no_key=True).get(pk=subscription.pk)
            deleting = pool.submit(delete)
            eventually(lambda: deleting.done() or waiting() == 1)
            Delivery.objects.update(error="it answered 500")
        deleting.result()
    assert not Subscription.objects.exists()
    assert not Delivery.objects.exists()


def test_subscription_is_locked_in_a_transaction_of_its_service(subscribe: Subscribe) -> None:
    """Outside of one, as in a request, Django refuses to lock."""
    subscription = subscribe()
    assert change_subscription(subscription_id=subscription.pk, name="Shop").name == "Shop"
    assert rotate_secret(subscription_id=subscription.pk).subscription.name == "Shop"
