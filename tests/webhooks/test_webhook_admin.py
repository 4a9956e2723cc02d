"""Webhooks in the admin."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.test import Client

from tests.webhooks.conftest import Subscribe, make_event
from webhooks import signing
from webhooks.models import Delivery, Event, Subscription

pytestmark = [pytest.mark.django_db, pytest.mark.service]

HOOK: dict[str, Any] = {
    "name": "ERP",
    "url": "https://erp.example.com/hook",
    "kinds": ["order.confirmed", "stock.out"],
    "low_stock": 4,
    "active": "on",
}
SUBSCRIPTIONS, DELIVERIES = "/admin/webhooks/subscription/", "/admin/webhooks/delivery/"


@pytest.fixture
def root(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("root"))
    return client


def messages(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def act(client: Client, path: str, action: str, *rows: Any) -> Any:
    return client.post(path, {"action": action, "_selected_action": [row.pk for row in rows]})


def test_new_subscription_shows_its_secret_once(root: Client) -> None:
    response = root.post(f"{SUBSCRIPTIONS}add/", HOOK)
    subscription = Subscription.objects.get()
    secret = signing.decrypt(subscription.secret)
    assert (subscription.kinds, subscription.low_stock) == (["order.confirmed", "stock.out"], 4)
    assert subscription.created_by == User.objects.get()
    assert f"The secret of ERP is {secret}. Copy it now: it is not shown again." in messages(response)
    root.get(SUBSCRIPTIONS)  # the page that shows the message
    for page in (SUBSCRIPTIONS, f"{SUBSCRIPTIONS}{subscription.pk}/change/"):
        assert secret not in root.get(page).content.decode()


def test_unusable_url_is_an_error_of_the_form(root: Client) -> None:
    shown = root.post(f"{SUBSCRIPTIONS}add/", HOOK | {"url": "https://169.254.169.254/"}).content.decode()
    assert "169.254.169.254 is not a public address" in shown
    assert not Subscription.objects.exists()


def test_form_proposes_the_shops_low_stock(root: Client) -> None:
    assert root.get(f"{SUBSCRIPTIONS}add/").context["adminform"].form.initial["low_stock"] == 5


def test_change_tries_a_new_endpoint(root: Client, subscribe: Subscribe) -> None:
    subscription = subscribe()
    Subscription.objects.update(failures=9, disabled_reason="it answered 410 Gone", active=False)
    root.post(f"{SUBSCRIPTIONS}{subscription.pk}/change/", HOOK)
    subscription.refresh_from_db()
    assert (subscription.url, subscription.failures, subscription.disabled_reason) == (HOOK["url"], 0, "")


def test_actions_of_subscriptions(root: Client, subscribe: Subscribe) -> None:
    subscription, paused = subscribe(name="ERP"), subscribe(name="Paused", active=False)
    before = subscription.secret
    response = act(root, SUBSCRIPTIONS, "rotate_secret", subscription)
    subscription.refresh_from_db()
    assert subscription.previous_secret == before
    assert signing.decrypt(subscription.secret) in messages(response)[0]
    response = act(root, SUBSCRIPTIONS, "send_test", subscription, paused)
    assert "Paused: the subscription is not active: activate it first." in messages(response)
    assert list(Event.objects.values_list("kind", "deliveries__subscription")) == [("webhook.test", subscription.pk)]


def test_parked_deliveries_are_sent_again(root: Client, subscribe: Subscribe) -> None:
    subscription = subscribe()
    parked, pending = make_event(subscription, "a"), make_event(subscription, "b")
    Delivery.objects.filter(pk=parked.pk).update(state="PARKED", attempts=20)
    assert act(root, DELIVERIES, "send_again", parked, pending).status_code == 302
    parked.refresh_from_db()
    assert (parked.state, parked.attempts) == ("PENDING", 0)


def test_deleted_with_its_deliveries(root: Client, subscribe: Subscribe) -> None:
    subscription = subscribe()
    make_event(subscription)
    root.post(f"{SUBSCRIPTIONS}{subscription.pk}/delete/", {"post": "yes"})
    assert (Subscription.objects.count(), Delivery.objects.count()) == (0, 0)
    other = subscribe()
    root.post(SUBSCRIPTIONS, {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"})
    assert not Subscription.objects.exists()


def test_deliveries_link_to_their_subscription(root: Client, subscribe: Subscribe) -> None:
    subscription, other = subscribe(name="ERP"), subscribe(name="Other")
    make_event(subscription, "a")
    make_event(other, "b")
    link = f"{DELIVERIES}?subscription__id__exact={subscription.pk}"
    assert link in root.get(SUBSCRIPTIONS).content.decode()
    assert [row.subject for row in root.get(link).context["cl"].result_list] == ["a"]
