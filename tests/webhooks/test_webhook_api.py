"""Subscriptions by API, for those who have the permissions of the admin."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from knox.models import get_token_model
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.factories import make_product, make_user
from tests.webhooks.conftest import Subscribe, make_event
from tests.webhooks.receiver import Receiver, Response
from webhooks import claims, signing
from webhooks.models import Delivery, Event, Kind, Subscription
from webhooks.retention import forget_events
from webhooks.sending import Answer
from webhooks.tasks import deliver

pytestmark = [pytest.mark.django_db, pytest.mark.service]

HOOK: dict[str, Any] = {"name": "ERP", "url": "https://erp.example.com/hook", "kinds": ["order.confirmed"]}
ALL = ("view", "add", "change", "delete", "send")


def caller(*permissions: str) -> APIClient:
    """A client with a token of a user who has only these permissions."""
    user = make_user()
    codes = [f"{permission}_subscription" for permission in permissions]
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {get_token_model().objects.create(user=user)[1]}")
    return client


@pytest.fixture
def api() -> APIClient:
    return caller(*ALL)


def test_secret_is_in_the_answer_that_makes_it_and_in_no_other(api: APIClient) -> None:
    made = api.post("/webhooks/", HOOK, format="json")
    assert (made.status_code, made["Cache-Control"]) == (201, "no-store")
    subscription = Subscription.objects.get()
    body = made.json()
    secret = body.pop("secret")
    assert signing.decrypt(subscription.secret) == secret
    created_at = subscription.created_at.isoformat().replace("+00:00", "Z")
    assert body == {
        "id": subscription.pk,
        **HOOK,
        "active": True,
        "low_stock": 5,
        "created_at": created_at,
        "failures": 0,
        "failing_since": None,
        "paused_until": None,
        "disabled_reason": "",
        "previous_secret_until": None,
    }
    assert api.get(f"/webhooks/{subscription.pk}/").json() == body
    assert api.get("/webhooks/").json()["results"] == [body]

    rotated = api.post(f"/webhooks/{subscription.pk}/rotate-secret/", {"overlap_hours": 1}, format="json").json()
    subscription.refresh_from_db()
    assert signing.decrypt(subscription.secret) == rotated["secret"] != secret
    assert signing.decrypt(subscription.previous_secret) == secret
    assert subscription.previous_until
    assert timedelta(minutes=59) < subscription.previous_until - timezone.now() <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "http://erp.example.org/"}, ""),  # to an allowed network, perhaps; that shows when it is sent
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": "no url"}, "url"),
        ({"url": "https://erp.example.com/" + "x" * 2000}, "url"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["order.lost"]}, "kinds[0]"),
        ({"kinds": ["webhook.test"]}, "kinds[0]"),
        ({"name": ""}, "name"),
        ({"low_stock": -1}, "low_stock"),
        ({"low_stock": "3"}, "low_stock"),
        ({"active": "maybe"}, "active"),
    ],
)
def test_unusable_values_are_refused_by_name(api: APIClient, change: dict[str, Any], field: str) -> None:
    made = api.post("/webhooks/", HOOK | change, format="json")
    assert made.status_code == (400 if field else 201)
    assert [error["field"] for error in made.json().get("errors", [])] == ([field] if field else [])
    assert Subscription.objects.count() == (0 if field else 1)


def test_kinds_named_twice_count_once(api: APIClient) -> None:
    made = api.post("/webhooks/", HOOK | {"kinds": ["stock.out", "order.rejected", "stock.out"]}, format="json")
    assert made.json()["kinds"] == ["order.rejected", "stock.out"]


def test_changed_url_is_an_untried_endpoint(api: APIClient, subscribe: Subscribe) -> None:
    subscription = subscribe()
    for number in range(9):
        make_event(subscription, str(number))
    claims.record([(one, Answer(500, "no")) for one in claims.claim(8)])
    path = f"/webhooks/{subscription.pk}/"
    assert api.get(path).json()["paused_until"]
    same = api.patch(path, {"name": "Other"}, format="json").json()
    assert (same["name"], same["failures"], same["paused_until"] is None) == ("Other", 8, False)
    changed = api.patch(path, {"url": "https://erp.example.org/"}, format="json").json()
    assert (changed["failures"], changed["paused_until"]) == (0, None)
    assert api.patch(path, {"url": "https://127.0.0.2/"}, format="json").status_code == 400


def test_deactivated_subscription_gets_nothing_until_it_is_active_again(
    api: APIClient, subscribe: Subscribe, receiver: Receiver
) -> None:
    subscription = subscribe("product.changed")
    path = f"/webhooks/{subscription.pk}/"
    make_product("Before")
    api.patch(path, {"active": False}, format="json")
    make_product("Meanwhile")
    deliver()
    assert receiver.received == []
    api.patch(path, {"active": True}, format="json")
    make_product("After")
    deliver()
    assert sorted(received.data["name"] for received in receiver.received) == ["After", "Before"]


def test_subscription_that_was_gone_can_be_activated(api: APIClient, subscribe: Subscribe, receiver: Receiver) -> None:
    subscription = subscribe()
    make_event(subscription)
    receiver.answer = lambda _: Response(410)
    deliver()
    path = f"/webhooks/{subscription.pk}/"
    assert api.get(path).json()["disabled_reason"] == "it answered 410 Gone"
    assert api.post(f"{path}test/").status_code == 409
    assert api.patch(path, {"active": True}, format="json").json()["disabled_reason"] == ""
    assert api.post(f"{path}redeliver/").json() == {"redelivered": 1}


def test_test_event_is_sent_like_any_other(api: APIClient, subscribe: Subscribe, receiver: Receiver) -> None:
    subscription = subscribe("stock.low")
    sent = api.post(f"/webhooks/{subscription.pk}/test/")
    assert (sent.status_code, sent.json()["state"]) == (202, "PENDING")
    deliver()
    (received,) = receiver.received
    assert (received.id, received.content["type"]) == (sent.json()["event_id"], "webhook.test")


def test_deliveries_are_listed_and_sent_again(api: APIClient, subscribe: Subscribe, receiver: Receiver) -> None:
    subscription, other = subscribe(), subscribe()
    good, parked, _ = (
        make_event(one, subject) for one, subject in ((subscription, "a"), (subscription, "b"), (other, "c"))
    )
    receiver.answer = lambda received: Response(204 if received.id != parked.event.public_id else 500)
    parked.event.refresh_from_db()
    Delivery.objects.filter(pk=parked.pk).update(since=Now() - timedelta(hours=25))
    deliver()

    path = f"/webhooks/{subscription.pk}/deliveries/"
    listed = api.get(path).json()["results"]
    assert [(one["id"], one["state"], one["status"]) for one in listed] == [
        (good.pk, "DELIVERED", 204),
        (parked.pk, "PARKED", 500),
    ]
    assert [one["id"] for one in api.get(path, {"state": "PARKED"}).json()["results"]] == [parked.pk]
    assert api.get(path, {"kind": "order.confirmed"}).json()["results"] == []
    assert api.get(path, {"state": "LOST"}).status_code == 400

    receiver.answer = lambda _: Response()
    assert api.post(f"{path}{good.pk}/redeliver/").json() == {"redelivered": 1}
    assert api.post(f"/webhooks/{subscription.pk}/redeliver/").json() == {"redelivered": 1}
    deliver()
    assert set(Delivery.objects.values_list("state", "attempts")) == {("DELIVERED", 1)}
    assert receiver.ids.count(good.event.public_id) == 2
    assert api.post(f"/webhooks/{other.pk}/deliveries/{good.pk}/redeliver/").status_code == 404


def test_deleted_subscription_leaves_nothing_that_could_be_sent(
    api: APIClient, subscribe: Subscribe, receiver: Receiver
) -> None:
    subscription = subscribe()
    make_event(subscription)
    claimed = claims.claim(1)
    assert api.delete(f"/webhooks/{subscription.pk}/").status_code == 204
    claims.record([(one, Answer(204, "")) for one in claimed])  # its receiver had answered meanwhile
    assert (Subscription.objects.count(), Delivery.objects.count()) == (0, 0)
    assert api.get(f"/webhooks/{subscription.pk}/").status_code == 404
    deliver()
    assert receiver.received == []


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("get", "", "view"),
        ("post", "", "add"),
        ("get", "{id}/", "view"),
        ("patch", "{id}/", "change"),
        ("delete", "{id}/", "delete"),
        ("post", "{id}/rotate-secret/", "change"),
        ("post", "{id}/test/", "send"),
        ("post", "{id}/redeliver/", "send"),
        ("get", "{id}/deliveries/", "view"),
    ],
)
def test_each_permission_opens_its_routes_alone(subscribe: Subscribe, method: str, path: str, permission: str) -> None:
    subscription = subscribe()
    url = f"/webhooks/{path.format(id=subscription.pk)}"

    def status(client: APIClient) -> int:
        code: int = getattr(client, method)(url, *([] if method == "get" else [{}]), format="json").status_code
        return code

    others = [one for one in ALL if one != permission and not (permission == "view" and one == "change")]
    assert status(caller(*others)) == 403
    assert status(caller(permission)) not in {401, 403}


def test_lists_cost_the_same_for_three_rows_as_for_one(api: APIClient, subscribe: Subscribe) -> None:
    subscription = subscribe()

    def queries(action: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as captured:
            action()
        return len(captured)

    counts = []
    for number in range(3):
        make_event(subscription, str(number))
        subscribe()
        paths = ("/webhooks/", f"/webhooks/{subscription.pk}/deliveries/")
        counts.append([queries(lambda path=path: api.get(path)) for path in paths])  # type: ignore[misc]
    assert counts[0] == counts[2]


def test_old_events_are_forgotten_except_those_that_wait(subscribe: Subscribe, settings: Settings) -> None:
    settings.WEBHOOK_DAYS = 14
    subscription = subscribe(Kind.ORDER_CONFIRMED)
    old, waiting, young = (make_event(subscription, subject) for subject in "abc")
    Delivery.objects.exclude(pk=waiting.pk).update(state=Delivery.State.DELIVERED)
    Event.objects.exclude(pk=young.event_id).update(created_at=Now() - timedelta(days=15))
    orphan = make_event(subscribe(), "d")
    with connection.cursor() as cursor:  # as while a transaction wrote for it
        cursor.execute("DELETE FROM webhooks_subscription WHERE id = %s", [orphan.subscription_id])
    assert forget_events() == 1
    assert set(Delivery.objects.values_list("pk", flat=True)) == {waiting.pk, young.pk}
    assert not Event.objects.filter(pk=old.event_id).exists()
