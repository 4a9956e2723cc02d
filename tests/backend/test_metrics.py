"""/metrics: who may read it, and what it shows."""

import re

import pytest
from django.core.cache import cache
from django.test import Client, override_settings

from backend import tasks

pytestmark = [pytest.mark.service, pytest.mark.django_db]


def value(client: Client, metric: str) -> float:
    """The value of one time series; 0 when it does not exist yet."""
    found = re.search(rf"^{re.escape(metric)} (\S+)$", client.get("/metrics").content.decode(), re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_requests_are_counted_by_route_pattern(client: Client) -> None:
    series = 'http_request_seconds_count{method="POST",route="auth/token/",status="400"}'
    before = value(client, series)
    client.post("/auth/token/", {}, content_type="application/json")
    assert value(client, series) == before + 1


def test_unknown_paths_and_methods_add_no_series(client: Client) -> None:
    client.get("/a-path-nobody-has/")
    client.generic("BREW", "/health/live")
    text = client.get("/metrics").content.decode()
    assert "a-path-nobody-has" not in text
    assert "BREW" not in text


def test_cache_hits_and_misses(client: Client) -> None:
    hit, miss = (f'cache_reads_total{{cache="inventory",result="{result}"}}' for result in ("hit", "miss"))
    before = value(client, hit), value(client, miss)
    cache.get("inventory:1")
    cache.set("inventory:1", 5)
    cache.get("inventory:1")
    cache.get_many(["inventory:1", "inventory:2"])
    assert (value(client, hit), value(client, miss)) == (before[0] + 2, before[1] + 2)


def test_queues_and_heartbeats_of_workers(client: Client) -> None:
    tasks.heartbeat("orders")
    text = client.get("/metrics").content.decode()
    assert re.search(r'^queue_depth{queue="indexing"} \d', text, re.MULTILINE)
    assert re.search(r'^worker_heartbeat_age_seconds{queue="orders"} \d', text, re.MULTILINE)
    assert 'worker_heartbeat_age_seconds{queue="default"}' not in text
    assert value(client, "figures_missing") == 0


def test_only_this_machine_reads_it_when_no_token_is_set(client: Client) -> None:
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 404


@override_settings(METRICS_TOKEN="a long random token")
def test_only_the_token_reads_it_when_one_is_set(client: Client) -> None:
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer guessed"}).status_code == 401
    sent = {"Authorization": "Bearer a long random token"}
    assert client.get("/metrics", headers=sent, REMOTE_ADDR="192.0.2.1").status_code == 200
