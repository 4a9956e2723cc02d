"""Due events are delivered: signed, at least once, in the order of their subject, whatever receivers do."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.test import override_settings
from pytest_django import Settings

from tests.threads import in_threads
from tests.webhooks.conftest import Subscribe, make_event
from tests.webhooks.receiver import Received, Receiver, Response, running
from webhooks import claims, delivery, payloads, services, signing
from webhooks.models import Delivery, Subscription
from webhooks.sending import Answer
from webhooks.tasks import deliver, park_old

pytestmark = [pytest.mark.django_db, pytest.mark.service]

State = Delivery.State
OK, FAILED = Answer(204, ""), Answer(500, "it answered 500")


def state_of(one: Delivery) -> str:
    one.refresh_from_db()
    return one.state


def rested(subscription: Subscription) -> None:
    """Let the time pass that the circuit is open and deliveries wait."""
    Subscription.objects.filter(pk=subscription.pk, rests_until__isnull=False).update(rests_until=Now())
    Delivery.objects.filter(subscription=subscription, lease_until=None).update(due_at=Now())


def lease_over() -> None:
    """As if the worker that holds the leases had died, and they ended."""
    Delivery.objects.filter(lease_until__isnull=False).update(lease_until=Now())


def test_event_arrives_signed(receiver: Receiver) -> None:
    new = services.create_subscription(name="ERP", url=receiver.url, kinds=["product.changed"])
    event = make_event(new.subscription, number=1).event
    event.refresh_from_db()

    assert deliver() == {"delivered": 1, "failed": 0}

    (received,) = receiver.received
    timestamp = int(received.headers["webhook-timestamp"])
    assert received.headers["webhook-id"] == event.public_id
    expected = signing.signature(new.secret, event.public_id, timestamp, received.body)
    assert received.headers["webhook-signature"] == expected
    created_at = event.created_at.isoformat()
    assert received.content == {"type": "webhook.test", "timestamp": created_at, "version": 1, "data": {"number": 1}}
    stored = Delivery.objects.get()
    assert (stored.state, stored.status, stored.attempts, stored.error) == (State.DELIVERED, 204, 1, "")
    assert (stored.lease_until, stored.delivered_at is None) == (None, False)


def test_amounts_have_the_digits_of_the_currency(settings: Settings) -> None:
    settings.CURRENCY = "EUR"
    data = {"total": "5", "items": [{"unit_price": "2.5000", "sku": "A"}], "shortages": [], "list_price": None}
    body = payloads.body_of("order.confirmed", datetime(2026, 11, 28, tzinfo=UTC), data)
    assert b'"total":"5.00"' in body
    assert b'"unit_price":"2.50"' in body
    assert b'"list_price":null' in body
    assert b'"currency":"EUR"' in body


def test_rotation_signs_with_both_secrets_until_the_overlap_ends(receiver: Receiver) -> None:
    old = services.create_subscription(name="ERP", url=receiver.url, kinds=["product.changed"])
    new = services.rotate_secret(subscription_id=old.subscription.pk)
    make_event(old.subscription)
    deliver()
    Subscription.objects.update(previous_until=Now())
    make_event(old.subscription)
    deliver()

    first, second = receiver.received
    assert first.headers["webhook-signature"] == " ".join(
        signing.signature(secret, first.id, int(first.headers["webhook-timestamp"]), first.body)
        for secret in (new.secret, old.secret)
    )
    only = signing.signature(new.secret, second.id, int(second.headers["webhook-timestamp"]), second.body)
    assert second.headers["webhook-signature"] == only


def test_failed_event_is_sent_again_under_the_same_id(subscribe: Subscribe, receiver: Receiver) -> None:
    subscription = subscribe()
    one = make_event(subscription)
    receiver.answer = lambda _: Response(500, body=b"later")
    deliver()
    one.refresh_from_db()
    assert (one.state, one.status, one.error, one.lease_until) == (State.PENDING, 500, "it answered 500: later", None)
    receiver.answer = lambda _: Response(200)
    rested(subscription)
    deliver()
    assert state_of(one) == State.DELIVERED
    first, second = receiver.received
    assert (first.id, first.body) == (second.id, second.body)


def test_delays_double_and_differ(settings: Settings) -> None:
    settings.WEBHOOK_RETRY_SECONDS = 5.0
    delays = [claims.delay_before(attempt) for attempt in range(2, 40)]
    assert 4 <= delays[0] <= 6
    assert 8 <= delays[1] <= 12
    assert all(0.8 * 10_800 <= delay <= 1.2 * 10_800 for delay in delays[12:])
    assert len(set(delays[12:])) > 1
    assert sum(sorted(delays)[:17]) < 24 * 3600  # attempts within the day


def test_later_event_waits_for_the_earlier_one_of_its_subject(subscribe: Subscribe, receiver: Receiver) -> None:
    subscription = subscribe()
    first, second = make_event(subscription, "a", number=1), make_event(subscription, "a", number=2)
    other = make_event(subscription, "b", number=3)
    receiver.answer = lambda received: Response(500 if received.data["number"] == 1 else 200)

    deliver()
    assert [state_of(one) for one in (first, second, other)] == [State.PENDING, State.PENDING, State.DELIVERED]
    assert sorted(received.data["number"] for received in receiver.received) == [1, 3]

    receiver.answer = lambda _: Response()
    rested(subscription)
    deliver()
    assert [received.data["number"] for received in receiver.received[2:]] == [1, 2]


def test_event_that_fails_alone_waits_although_others_arrive(subscribe: Subscribe, receiver: Receiver) -> None:
    subscription = subscribe()
    events = [make_event(subscription, str(number), number=number) for number in range(30)]
    receiver.answer = lambda received: Response(500 if received.data["number"] == 3 else 200)
    deliver()
    assert [received.data["number"] for received in receiver.received].count(3) == 1
    assert state_of(events[3]) == State.PENDING


def test_parked_event_lets_later_ones_pass(subscribe: Subscribe, receiver: Receiver) -> None:
    subscription = subscribe()
    first, second = make_event(subscription, "a", number=1), make_event(subscription, "a", number=2)
    Delivery.objects.filter(pk=first.pk).update(since=Now() - timedelta(hours=24))
    receiver.answer = lambda received: Response(500 if received.data["number"] == 1 else 200)

    deliver()

    assert (state_of(first), first.error) == (State.PARKED, "it answered 500")
    assert state_of(second) == State.DELIVERED


def test_events_of_one_subject_are_never_in_flight_together(subscribe: Subscribe) -> None:
    subscription = subscribe()
    events = [make_event(subscription, subject) for subject in ("a", "b", "a", "b", "a")]
    seen: list[list[int]] = []
    while claimed := claims.claim(50):
        seen.append([one.id for one in claimed])
        assert claims.claim(50) == []  # another worker finds nothing meanwhile
        claims.record([(one, OK) for one in claimed])
    ids = [one.pk for one in events]
    assert seen == [[ids[0], ids[1]], [ids[2], ids[3]], [ids[4]]]


def test_killed_worker_delays_an_event_and_does_not_lose_it(subscribe: Subscribe, receiver: Receiver) -> None:
    one = make_event(subscribe())
    (lost,) = claims.claim(10)  # and then the worker is killed
    assert deliver() == {"delivered": 0, "failed": 0}
    lease_over()
    assert deliver() == {"delivered": 1, "failed": 0}
    assert (one.pk, len(receiver.received)) == (lost.id, 1)


def test_worker_whose_lease_has_ended_records_no_failure(subscribe: Subscribe) -> None:
    one = make_event(subscribe())
    (late,) = claims.claim(10)
    lease_over()
    (now,) = claims.claim(10)
    claims.record([(late, FAILED)])
    one.refresh_from_db()
    assert one.lease_until is not None  # still the second worker's
    claims.record([(late, OK)])  # the event has arrived all the same
    assert state_of(one) == State.DELIVERED
    claims.record([(now, FAILED)])
    assert state_of(one) == State.DELIVERED


def test_claim_that_is_too_old_is_not_sent(
    subscribe: Subscribe, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the machine was suspended between claiming and sending."""
    make_event(subscribe())
    monkeypatch.setattr(claims, "SPARE", 0.0)
    assert deliver() == {"delivered": 0, "failed": 0}
    assert receiver.received == []


def test_subscription_has_at_most_so_many_in_flight(subscribe: Subscribe, settings: Settings) -> None:
    settings.WEBHOOK_AT_ONCE = 3
    full, other = subscribe(), subscribe()
    for number in range(5):
        make_event(full, str(number))
    make_event(other, "x")
    assert sorted(one.subscription_id for one in claims.claim(50)) == [full.pk] * 3 + [other.pk]
    assert claims.claim(50) == []


def test_endpoint_that_fails_is_probed_with_one_event(subscribe: Subscribe) -> None:
    subscription = subscribe()
    for number in range(20):
        make_event(subscription, str(number))
    claimed = claims.claim(50)
    claims.record([(one, FAILED) for one in claimed])
    subscription.refresh_from_db()
    assert (len(claimed), subscription.failures, subscription.rests) == (8, 8, 0)
    assert subscription.rests_until
    assert subscription.failing_since
    assert claims.claim(50) == []

    for rests in (1, 2):
        rested(subscription)
        (probe,) = claims.claim(50)
        assert claims.claim(50) == []
        claims.record([(probe, FAILED)])
        subscription.refresh_from_db()
        assert subscription.rests == rests

    rested(subscription)
    (probe,) = claims.claim(50)
    Delivery.objects.filter(attempts__gt=0).update(due_at=Now() + timedelta(hours=1))
    claims.record([(probe, OK)])
    subscription.refresh_from_db()
    assert subscription.failures == 0
    assert subscription.failing_since is subscription.rests_until is None
    assert not Delivery.objects.filter(state=State.PENDING, due_at__gt=Now()).exists()
    assert len(claims.claim(50)) == 8


@pytest.mark.parametrize("change", ["another url", "activated"])
def test_what_waited_is_sent_at_once_to_an_endpoint_that_is_new(
    subscribe: Subscribe, receiver: Receiver, change: str
) -> None:
    subscription = subscribe(url=receiver.url if change == "activated" else f"{receiver.url}old")
    one, sent = make_event(subscription, "test:1"), make_event(subscription, "test:2")
    claims.record([(claimed, FAILED) for claimed in claims.claim(1)])
    (in_flight,) = claims.claim(1)
    if change == "activated":
        services.change_subscription(subscription_id=subscription.pk, active=False)
    fields = {"active": True} if change == "activated" else {"url": receiver.url}
    services.change_subscription(subscription_id=subscription.pk, **fields)
    assert deliver() == {"delivered": 1, "failed": 0}
    assert [state_of(each) for each in (one, sent)] == [State.DELIVERED, State.PENDING]
    assert in_flight.id == sent.pk
    assert claims.claim(1) == [], "its lease holds"


@pytest.mark.parametrize("late", [FAILED, Answer(410, "it answered 410"), OK], ids=["failed", "gone", "delivered"])
def test_answer_of_an_old_url_says_nothing_about_the_new_one(subscribe: Subscribe, late: Answer) -> None:
    subscription = subscribe()
    one, another = make_event(subscription, "test:1"), make_event(subscription, "test:2")
    old = claims.claim(50)
    services.change_subscription(subscription_id=subscription.pk, url="http://127.0.0.1:9/new")
    Subscription.objects.filter(pk=subscription.pk).update(failures=2)
    claims.record([(claimed, late) for claimed in old])
    subscription.refresh_from_db()
    endpoint = (subscription.active, subscription.failures, subscription.rests_until, subscription.disabled_reason)
    assert endpoint == (True, 2, None, "")
    assert [state_of(each) for each in (one, another)] == [State.DELIVERED if late is OK else State.PENDING] * 2
    assert late is OK or Delivery.objects.filter(due_at__lte=Now()).count() == 2, "not sent to the new one before"


def test_rest_grows_up_to_five_minutes(subscribe: Subscribe, settings: Settings) -> None:
    settings.WEBHOOK_RETRY_SECONDS = 5.0
    subscription = subscribe()
    rests = []
    for number in range(20):
        make_event(subscription, str(number))
        rested(subscription)
        claims.record([(one, FAILED) for one in claims.claim(1)])
        rest = Subscription.objects.filter(rests_until__isnull=False).annotate(rest=F("rests_until") - Now())
        rests += [one.rest.total_seconds() for one in rest]
    assert 3 < rests[0] < 6.1
    assert 7 < rests[1] < 12.1
    assert len(rests) == 16
    assert all(235 < rest < 360.1 for rest in rests[8:])


def test_single_failures_open_no_circuit(subscribe: Subscribe) -> None:
    subscription = subscribe()
    for number in range(12):
        make_event(subscription, str(number))
        rested(subscription)
        claims.record([(one, OK if number % 4 == 3 else FAILED) for one in claims.claim(1)])
    subscription.refresh_from_db()
    assert (subscription.failures, subscription.rests_until) == (0, None)


def test_receiver_that_is_gone_disables_its_subscription(subscribe: Subscribe, receiver: Receiver) -> None:
    subscription, other = subscribe(), subscribe()
    events = [make_event(subscription, str(number)) for number in range(12)]
    receiver.answer = lambda _: Response(410)
    deliver()
    subscription.refresh_from_db()
    assert (subscription.active, subscription.disabled_reason) == (False, "it answered 410 Gone")
    assert {state_of(one) for one in events} == {State.PARKED}
    assert len(receiver.received) <= 8
    other.refresh_from_db()
    assert other.active


def test_events_behind_a_dead_endpoint_are_parked_after_a_day(subscribe: Subscribe) -> None:
    dead, slow, paused = subscribe(), subscribe(), subscribe()
    events = [make_event(one) for one in (dead, slow, paused)]
    young = make_event(dead)
    Delivery.objects.exclude(pk=young.pk).update(since=Now() - timedelta(hours=25))
    Subscription.objects.filter(pk=dead.pk).update(failing_since=Now() - timedelta(hours=25), failures=9)
    Subscription.objects.filter(pk=slow.pk).update(failing_since=Now() - timedelta(hours=1), failures=9)
    services.change_subscription(subscription_id=paused.pk, active=False)

    assert park_old() == 2

    assert [state_of(one) for one in (*events, young)] == [State.PARKED, State.PENDING, State.PARKED, State.PENDING]
    assert "has not answered since" in events[0].error
    assert events[2].error == "the subscription is not active"


def test_secret_that_cannot_be_read_fails_its_own_subscription_only(
    subscribe: Subscribe, receiver: Receiver, settings: Settings
) -> None:
    lost = make_event(subscribe())
    settings.WEBHOOK_KEYS = ["another key"]
    good = make_event(subscribe())
    deliver()
    assert (state_of(lost), state_of(good)) == (State.PENDING, State.DELIVERED)
    assert lost.error == "its secret cannot be read with WEBHOOK_KEYS: rotate it"
    assert len(receiver.received) == 1


def test_slow_receiver_delays_nobody_else(subscribe: Subscribe, receiver: Receiver, settings: Settings) -> None:
    """One run, whose slow receiver answers when all others have been served."""
    settings.WEBHOOK_TIMEOUT = 30.0
    served = threading.Event()
    with running(Receiver()) as slow:
        slow.answer = lambda _: Response() if served.wait(20) else Response(500)
        blocked = subscribe(url=slow.url)
        for number in range(30):
            make_event(blocked, str(number))
        quick = subscribe()
        for number in range(60):
            make_event(quick, str(number))

        def answer(_: Received) -> Response:
            if len(receiver.received) == 60:
                served.set()
            return Response()

        receiver.answer = answer
        assert deliver() == {"delivered": 90, "failed": 0}
    assert served.is_set()


def test_without_subscription_nothing_is_looked_for(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert deliver(linger=5.0) == {}


def test_statements_do_not_grow_with_events(subscribe: Subscribe, django_assert_num_queries: Any) -> None:
    subscription = subscribe()
    for events in (1, 3):
        for number in range(events):
            make_event(subscription, str(number))
        with django_assert_num_queries(4):  # a savepoint and its release, lock, claim
            claimed = claims.claim(10)
        assert len(claimed) == events
        with django_assert_num_queries(5):  # the same, and the endpoint
            claims.record([(one, OK) for one in claimed])


@pytest.mark.django_db(transaction=True)
@pytest.mark.races
def test_many_workers_send_each_event_once_and_in_order(subscribe: Subscribe, receiver: Receiver) -> None:
    subscriptions = [subscribe(), subscribe()]
    for number in range(60):
        for subscription in subscriptions:
            make_event(subscription, f"subject {number % 7}", of=subscription.pk, number=number)
    with override_settings(WEBHOOK_TIMEOUT=20.0):
        in_threads(*[lambda: delivery.deliver_due(linger=0.5)] * 4)
    arrived = [(received.data["of"], received.data["number"]) for received in receiver.received]
    assert sorted(arrived) == sorted((one.pk, number) for one in subscriptions for number in range(60))
    for subscription in subscriptions:
        for subject in range(7):
            numbers = [n for one, n in arrived if one == subscription.pk and n % 7 == subject]
            assert numbers == sorted(numbers)
