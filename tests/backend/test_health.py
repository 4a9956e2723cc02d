"""Health: a live process, and a system that can serve."""

import json

import pytest
from django.core.cache import cache
from django.test import Client

from backend import tasks
from backend.observability import health

pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]

QUEUES = ("default", "orders", "indexing", "webhooks")


def test_live_answers_without_any_service(client: Client) -> None:
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_ready_when_every_service_answers(client: Client) -> None:
    for queue in QUEUES:
        tasks.heartbeat(queue)
    answer = client.get("/health/ready")
    services = {"postgresql": "ok", "redis": "ok", "opensearch": "ok", "workers": "ok"}
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", **services})


def test_degraded_without_a_heartbeat_of_any_worker(client: Client) -> None:
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"], answer.json()["workers"]) == (200, "degraded", "unavailable")


def test_degraded_when_the_heartbeat_of_one_queue_is_overdue(client: Client) -> None:
    for queue in QUEUES:
        tasks.heartbeat(queue)
    cache.touch(tasks.heartbeat_key("orders"), tasks.HEARTBEAT_EXPIRY - health.HEARTBEAT_OVERDUE - 1)
    assert client.get("/health/ready").json()["workers"] == "unavailable"


def test_responses_are_never_cached_and_show_no_internals(client: Client) -> None:
    answer = client.get("/health/ready")
    assert "no-store" in answer["Cache-Control"]
    assert set(json.loads(answer.content)) == {"status", "postgresql", "redis", "opensearch", "workers"}
