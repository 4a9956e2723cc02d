"""Safeguards of webhooks."""

from tests.mutations.mutation import Edit, Mutation

CLAIMS, SENDING, CAPTURE = "webhooks/claims.py", "webhooks/sending.py", "webhooks/migrations/capture.sql"

MUTATIONS = [
    Mutation(
        "webhook-order-of-a-subject",
        Edit(CLAIMS, "AND earlier.state = 'PENDING' AND earlier.id < delivery.id", "AND false"),
        tests=["tests/webhooks/test_delivery.py"],
    ),
    Mutation(
        "webhook-lease",
        Edit(
            CLAIMS,
            "(lease_until IS NULL OR lease_until <= clock_timestamp())\n                AND NOT EXISTS",
            "NOT EXISTS",
        ),
        tests=["tests/webhooks/test_delivery.py"],
    ),
    Mutation(
        "webhook-failure-belongs-to-its-claim",
        Edit(CLAIMS, "        AND (outcome.error = '' OR delivery.attempts = outcome.attempt)\n", ""),
        tests=["tests/webhooks/test_delivery.py"],
    ),
    Mutation(
        "webhook-old-url-speaks-for-itself",
        Edit(CLAIMS, "urls.get(claimed.subscription_id) != claimed.url", "not urls"),
        tests=["tests/webhooks/test_delivery.py"],
    ),
    Mutation(
        "webhook-waiting-events-go-to-a-corrected-url",
        Edit("webhooks/services.py", "waiting.filter(due_at__gt=Now()).update(due_at=Now())", "waiting.count()"),
        tests=["tests/webhooks/test_delivery.py"],
    ),
    Mutation(
        "webhook-circuit",
        Edit(CLAIMS, "CASE WHEN rests_until IS NULL THEN %(at_once)s ELSE 1 END", "%(at_once)s"),
        tests=["tests/webhooks/test_delivery.py"],
    ),
    Mutation(
        "webhook-address",
        Edit(SENDING, "if not addresses.is_allowed(host):", "if not host:"),
        tests=["tests/webhooks/test_sending.py"],
    ),
    Mutation(
        "webhook-redirects",
        Edit(SENDING, "handle.setopt(pycurl.FOLLOWLOCATION, 0)", "handle.setopt(pycurl.FOLLOWLOCATION, 1)"),
        tests=["tests/webhooks/test_sending.py"],
    ),
    Mutation(
        "webhook-signature-of-id-and-time",
        Edit("webhooks/signing.py", 'f"{message_id}.{timestamp}.".encode() + body', "body"),
        tests=["tests/webhooks/test_signing.py"],
    ),
    Mutation(
        "webhook-first-subscription-is-watched",
        Edit(CAPTURE, "        PERFORM setval('webhooks_orders_watched', 1);\n", "        NULL;\n"),
        tests=["tests/webhooks/test_capture.py"],
    ),
    Mutation(
        "webhook-event-at-the-commit",
        Edit(
            CAPTURE,
            "AFTER INSERT ON orders_order DEFERRABLE INITIALLY DEFERRED",
            "AFTER INSERT ON orders_order DEFERRABLE INITIALLY IMMEDIATE",
        ),
        tests=["tests/webhooks/test_capture.py"],
    ),
    Mutation(
        "webhook-old-run-claims-while-attempts-are-in-flight",
        Edit("webhooks/delivery.py", "(age > LONGEST_RUN and not self._sender.in_flight)", "age > LONGEST_RUN"),
        tests=["tests/webhooks/test_long_runs.py"],
    ),
    Mutation(
        "webhook-run-ends-at-last",
        Edit("webhooks/delivery.py", "age > LONGEST_CLAIMING or ", ""),
        tests=["tests/webhooks/test_long_runs.py"],
    ),
    Mutation(
        "webhook-deleting-locks-the-subscription-first",
        Edit("webhooks/services.py", "    Subscription.objects.select_for_update().get(pk=subscription_id)\n", ""),
        tests=["tests/webhooks/test_locks.py"],
    ),
]
