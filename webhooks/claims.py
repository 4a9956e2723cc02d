"""Every statement that workers make on deliveries: claim them, record their results, park them.

The rules are here, and hold over any number of workers:

- Of one subject, a subscription has one delivery in flight: the oldest that is pending.
- A subscription has at most WEBHOOK_AT_ONCE deliveries in flight, and one while its circuit is open.
- A claim ends with its lease, so a killed worker delays a delivery and never loses it.

Claiming and recording lock the subscription first and its deliveries then, so what a claim reads
about a subscription cannot change below it. Triggers lock neither.
"""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import connection, transaction

from webhooks.models import Subscription
from webhooks.sending import Answer

SPARE = 5.0  # s of a lease beyond the longest attempt
BROKEN = 5  # failures in a row that open a circuit
LONGEST_DELAY = 3 * 3600.0  # s between two attempts
LONGEST_REST = 300.0  # s between two probes
JITTER = (0.8, 1.2)
MOST_DOUBLINGS = 20

_LOCK_DUE = """
    SELECT id FROM webhooks_subscription AS subscription
    WHERE active AND (rests_until IS NULL OR rests_until <= clock_timestamp()) AND EXISTS (
        SELECT FROM webhooks_delivery
        WHERE subscription_id = subscription.id AND state = 'PENDING' AND due_at <= clock_timestamp()
            AND (lease_until IS NULL OR lease_until <= clock_timestamp())
    )
    ORDER BY random() LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
"""
# `free`: how many more the subscription may have in flight.
_CLAIM = """
    WITH subscription AS MATERIALIZED (
        SELECT id, url, secret,
            CASE WHEN previous_until > clock_timestamp() THEN previous_secret ELSE '' END AS previous,
            CASE WHEN rests_until IS NULL THEN %(at_once)s ELSE 1 END - (
                SELECT count(*) FROM webhooks_delivery AS leased
                WHERE leased.subscription_id = subscription.id AND leased.lease_until > clock_timestamp()
            ) AS free
        FROM webhooks_subscription AS subscription WHERE id = ANY(%(subscriptions)s)
    ), chosen AS MATERIALIZED (
        SELECT oldest.id FROM subscription CROSS JOIN LATERAL (
            SELECT id FROM webhooks_delivery AS delivery
            WHERE subscription_id = subscription.id AND state = 'PENDING' AND due_at <= clock_timestamp()
                AND (lease_until IS NULL OR lease_until <= clock_timestamp())
                AND NOT EXISTS (
                    SELECT FROM webhooks_delivery AS earlier
                    WHERE earlier.subscription_id = delivery.subscription_id AND earlier.subject = delivery.subject
                        AND earlier.state = 'PENDING' AND earlier.id < delivery.id
                )
            ORDER BY due_at, id LIMIT greatest(subscription.free, 0)
        ) AS oldest
    )
    UPDATE webhooks_delivery AS delivery SET
        lease_until = clock_timestamp() + %(lease)s * interval '1 second',
        attempted_at = clock_timestamp(),
        attempts = attempts + 1
    FROM webhooks_event AS event, subscription
    WHERE delivery.id IN (SELECT id FROM chosen) AND event.id = delivery.event_id
        AND subscription.id = delivery.subscription_id
    RETURNING delivery.id, delivery.attempts, subscription.id, subscription.url,
        ARRAY[subscription.secret, subscription.previous], event.uid, event.kind, event.created_at, event.data
"""
_LOCK = "SELECT id, url FROM webhooks_subscription WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE"
# An event that the receiver accepted is delivered, also when the claim has ended. A failure counts only for its claim.
_RECORD = """
    UPDATE webhooks_delivery AS delivery SET
        lease_until = NULL,
        status = outcome.status,
        error = outcome.error,
        state = CASE
            WHEN outcome.error = '' THEN 'DELIVERED'
            WHEN outcome.gone OR since < clock_timestamp() - %(give_up)s * interval '1 hour' THEN 'PARKED'
            ELSE 'PENDING'
        END,
        delivered_at = CASE WHEN outcome.error = '' THEN clock_timestamp() END,
        due_at = CASE WHEN outcome.error = '' THEN due_at
                      ELSE clock_timestamp() + outcome.delay * interval '1 second' END
    FROM unnest(%(ids)s::bigint[], %(attempts)s::int[], %(statuses)s::int[], %(errors)s::text[], %(gone)s::boolean[],
                %(delays)s::float[]) AS outcome(id, attempt, status, error, gone, delay)
    WHERE delivery.id = outcome.id AND delivery.state = 'PENDING'
        AND (outcome.error = '' OR delivery.attempts = outcome.attempt)
"""
# Its row is locked. Returns whether the circuit was open.
_CLOSE_CIRCUIT = """
    UPDATE webhooks_subscription AS subscription SET failures = 0, failing_since = NULL, rests = 0, rests_until = NULL
    FROM webhooks_subscription AS before
    WHERE subscription.id = %(id)s AND before.id = subscription.id AND before.failures > 0
    RETURNING before.rests_until IS NOT NULL
"""
# When the endpoint answers again, its postponed deliveries are due at once. One that fails alone keeps its delay.
_RETRY_NOW = """
    UPDATE webhooks_delivery SET due_at = clock_timestamp()
    WHERE subscription_id = %(id)s AND state = 'PENDING' AND lease_until IS NULL AND due_at > clock_timestamp()
"""
# Attempts that began before the circuit opened are not probes, so they do not lengthen the rest.
_COUNT_FAILURES = """
    UPDATE webhooks_subscription SET
        failures = failures + %(failed)s,
        failing_since = coalesce(failing_since, clock_timestamp()),
        rests = CASE WHEN rests_until <= clock_timestamp() THEN rests + 1 ELSE rests END,
        rests_until = CASE
            WHEN rests_until > clock_timestamp() OR failures + %(failed)s < %(broken)s THEN rests_until
            ELSE clock_timestamp() + %(jitter)s * least(
                %(longest)s, %(first)s * power(2, least(rests + (rests_until IS NOT NULL)::int, %(doublings)s))
            ) * interval '1 second'
        END
    WHERE id = %(id)s
"""
_DISABLE = """
    UPDATE webhooks_subscription SET active = false, disabled_reason = %(reason)s WHERE id = %(id)s AND active
"""
_PARK_ALL = """
    UPDATE webhooks_delivery SET state = 'PARKED', error = %(reason)s
    WHERE subscription_id = %(id)s AND state = 'PENDING' AND (lease_until IS NULL OR lease_until <= clock_timestamp())
"""
# Deliveries behind an open circuit have no attempts of their own that could park them, and neither have those of a
# subscription that is not active.
_PARK_OLD = """
    WITH old AS (
        SELECT delivery.id, coalesce(
            CASE WHEN NOT subscription.active THEN 'the subscription is not active' END,
            nullif(delivery.error, ''), 'the endpoint has not answered since ' || date_trunc('second', failing_since)
        ) AS reason
        FROM webhooks_delivery AS delivery JOIN webhooks_subscription AS subscription
            ON subscription.id = delivery.subscription_id
        WHERE delivery.state = 'PENDING' AND (delivery.lease_until IS NULL OR delivery.lease_until <= clock_timestamp())
            AND delivery.since < clock_timestamp() - %(give_up)s * interval '1 hour'
            AND (NOT subscription.active OR failing_since < clock_timestamp() - %(give_up)s * interval '1 hour')
        ORDER BY delivery.id FOR UPDATE OF delivery SKIP LOCKED
    )
    UPDATE webhooks_delivery AS delivery SET state = 'PARKED', lease_until = NULL, error = left(old.reason, %(most)s)
    FROM old WHERE delivery.id = old.id
"""
MOST_ERROR = 300  # characters


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this worker may send until `deadline` (monotonic clock).

    `attempt` numbers its claims: only the last one may record a failure. `secrets` are encrypted.
    """

    id: int
    attempt: int
    subscription_id: int
    url: str
    secrets: tuple[str, ...]
    event_uid: UUID
    kind: str
    created_at: datetime
    data: dict[str, Any]
    deadline: float


def is_anything_subscribed() -> bool:
    """Whether there is an active subscription: without one, workers need not look for deliveries."""
    return Subscription.objects.filter(active=True).exists()


def claim(limit: int) -> list[Claimed]:
    """Claim due deliveries of several subscriptions, each its share. At most about `limit`. Commits."""
    at_once, lease = min(settings.WEBHOOK_AT_ONCE, limit), settings.WEBHOOK_TIMEOUT + SPARE
    # An attempt that has not begun by then could outlast the lease.
    deadline = monotonic() + SPARE / 2
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_LOCK_DUE, {"limit": max(1, limit // at_once)})
        due = [row[0] for row in cursor.fetchall()]
        if not due:
            return []
        # A statement of its own: it sees what was recorded while the one above waited for its locks.
        cursor.execute(_CLAIM, {"subscriptions": due, "at_once": at_once, "lease": lease})
        rows = sorted(cursor.fetchall())
    return [
        Claimed(
            id_, attempt, subscription, url, tuple(filter(None, secrets)), uid, kind, at, orjson.loads(data), deadline
        )
        for id_, attempt, subscription, url, secrets, uid, kind, at, data in rows
    ]


def record(outcomes: Sequence[tuple[Claimed, Answer]]) -> None:
    """Record the results of attempts, and the state of their endpoints that follows from them. Commits.

    What a URL answered that the subscription no longer has says nothing about its new endpoint: only the delivery is
    recorded, and is due at once if it failed.
    """
    by_subscription: defaultdict[int, list[Answer]] = defaultdict(list)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_LOCK, [list({claimed.subscription_id for claimed, _ in outcomes})])
        urls = dict(cursor.fetchall())
        late = {claimed.id for claimed, _ in outcomes if urls.get(claimed.subscription_id) != claimed.url}
        for claimed, answer in outcomes:
            if claimed.id not in late:
                by_subscription[claimed.subscription_id].append(answer)
        cursor.execute(
            _RECORD,
            {
                "ids": [claimed.id for claimed, _ in outcomes],
                "attempts": [claimed.attempt for claimed, _ in outcomes],
                "statuses": [answer.status for _, answer in outcomes],
                "errors": [answer.error[:MOST_ERROR].replace("\0", "") for _, answer in outcomes],
                "gone": [answer.gone and claimed.id not in late for claimed, answer in outcomes],
                "delays": [
                    0.0 if claimed.id in late else max(delay_before(claimed.attempt + 1), answer.wait)
                    for claimed, answer in outcomes
                ],
                "give_up": settings.WEBHOOK_GIVE_UP_HOURS,
            },
        )
        for subscription_id, answers in sorted(by_subscription.items()):
            _record_endpoint(cursor, subscription_id, answers)


def _record_endpoint(cursor: Any, subscription_id: int, answers: Sequence[Answer]) -> None:
    if any(answer.gone for answer in answers):
        reason = {"id": subscription_id, "reason": "it answered 410 Gone"}
        cursor.execute(_DISABLE, reason)
        cursor.execute(_PARK_ALL, reason)
    elif any(not answer.error for answer in answers):
        cursor.execute(_CLOSE_CIRCUIT, {"id": subscription_id})
        if any(was_open for (was_open,) in cursor.fetchall()):
            cursor.execute(_RETRY_NOW, {"id": subscription_id})
    else:
        cursor.execute(
            _COUNT_FAILURES,
            {
                "id": subscription_id,
                "failed": len(answers),
                "broken": BROKEN,
                "first": settings.WEBHOOK_RETRY_SECONDS,
                "longest": LONGEST_REST,
                "doublings": MOST_DOUBLINGS,
                "jitter": random.uniform(*JITTER),  # noqa: S311 - no secret
            },
        )


def delay_before(attempt: int) -> float:
    """Seconds to wait before the second attempt and later ones: doubled with each."""
    doubled = settings.WEBHOOK_RETRY_SECONDS * 2.0 ** min(attempt - 2, MOST_DOUBLINGS)
    return min(LONGEST_DELAY, doubled) * random.uniform(*JITTER)  # noqa: S311 - no secret


def park_old() -> int:
    """Park what has waited for WEBHOOK_GIVE_UP_HOURS without an attempt that could. Returns the number."""
    with connection.cursor() as cursor:
        cursor.execute(_PARK_OLD, {"give_up": settings.WEBHOOK_GIVE_UP_HOURS, "most": MOST_ERROR})
        return int(cursor.rowcount)
