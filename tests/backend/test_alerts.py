"""Alert rules and dashboard use existing metrics, and the runbook explains every alert."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.utils import timezone

from backend import tasks
from backend.observability import metrics
from indexing.check import FIGURES
from indexing.models import IndexCheck

pytestmark = [pytest.mark.service, pytest.mark.django_db]

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = {
    "absent", "and", "by", "clamp_min", "histogram_quantile", "le", "max", "or", "rate", "sum", "up", "queue", "route",
    "scope", "service", "status", "task", "cache", "rate_interval", "job", "method", "state", "result", "kind",
    "server", "outcome",
}  # fmt: skip


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((ROOT / "deploy/grafana/dashboard.json").read_text())["panels"]
    return found


def metrics_in(expression: str) -> set[str]:
    """The names of the metrics in a PromQL expression."""
    without_strings = re.sub(r'"[^"]*"', "", expression)
    return set(re.findall(r"[a-z_][a-z_]+", re.sub(r"\[[^\]]*\]", "", without_strings))) - FUNCTIONS


@pytest.fixture
def shown(client: Client) -> set[str]:
    """Every metric that /metrics shows, once each has a value."""
    metrics.tasks.labels("a task", "SUCCESS").observe(1)
    metrics.throttled.labels("search").inc()
    metrics.count_answer(kind="search", degraded=True)
    metrics.count_replica_read(server="replica")
    metrics.count_webhook_attempt(delivered=True, seconds=1)
    metrics.count_search_by_meaning(outcome="used")
    metrics.count_cache_reads({"search:page": True})
    metrics.unqueued_tasks.labels("a task").inc()
    metrics.count_cache_reads({"search": True})
    tasks.heartbeat("orders")
    client.get("/health/live")
    IndexCheck.objects.create(started_at=timezone.now(), finished_at=timezone.now(), **dict.fromkeys(FIGURES, 0))
    text = client.get("/metrics").content.decode()
    return set(re.findall(r"^([a-z_]+)(?:{| )", text, re.MULTILINE))


def test_alerts_use_existing_metrics(shown: set[str]) -> None:
    unknown = {rule["alert"]: metrics_in(rule["expr"]) - shown for rule in alerts()}
    assert {alert: names for alert, names in unknown.items() if names} == {}
    assert {rule["labels"]["severity"] for rule in alerts()} == {"page", "ticket"}


def test_dashboard_uses_existing_metrics(shown: set[str]) -> None:
    used = {name for panel in panels() for target in panel["targets"] for name in metrics_in(target["expr"])}
    assert used <= shown


def test_every_metric_of_the_project_is_on_the_dashboard(shown: set[str]) -> None:
    ours = {name for name in shown if not name.startswith(("python_", "process_")) and not name.endswith("_created")}
    used = {name for panel in panels() for target in panel["targets"] for name in metrics_in(target["expr"])}
    left_out = {name for name in ours - used if not any(name.startswith(other.rsplit("_", 1)[0]) for other in used)}
    assert left_out == {"figures_missing"}


def test_every_alert_is_explained_in_the_runbook() -> None:
    runbook = (ROOT / "docs/monitoring.md").read_text()
    explained = set(re.findall(r"^### (\w+)$", runbook, re.MULTILINE))
    assert explained == {rule["alert"] for rule in alerts()}
