"""Health: a live process, and a system that can serve."""

import pytest
from django.test import Client


@pytest.mark.unit
def test_live_answers_without_any_service(client: Client) -> None:
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.service
@pytest.mark.django_db
def test_ready_when_postgresql_answers(client: Client) -> None:
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["postgresql"]) == (200, "ok")
