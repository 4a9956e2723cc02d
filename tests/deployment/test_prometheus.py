"""Prometheus scrapes what compose runs, and its alerts use existing routes."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.urls import URLPattern, URLResolver, get_resolver

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
ALERTS = {
    rule["alert"]: rule["expr"]
    for group in yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())["groups"]
    for rule in group["rules"]
}
JOBS: dict[str, Any] = {
    job["job_name"]: job
    for job in yaml.safe_load((ROOT / "deploy/prometheus/scrape.yml").read_text())["scrape_configs"]
}
MATCHER = re.compile(r"""route=(~?)"([^"]*)\"""")


def routes(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[str]:
    """Every route, as `backend.middleware` names it in the metrics."""
    for pattern in patterns:
        route = f"{before}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def selected_routes(expression: str) -> list[set[str]]:
    """For each matcher of routes in a PromQL expression, the routes that it selects."""
    known = set(routes(get_resolver().url_patterns))
    return [
        {route for route in known if (re.fullmatch(text, route) if fuzzy else text == route)}
        for fuzzy, text in MATCHER.findall(expression)
    ]


def test_alerts_use_existing_routes() -> None:
    assert [name for name, expression in ALERTS.items() if set() in selected_routes(expression)] == []


def test_each_kind_of_search_has_its_own_alert() -> None:
    assert selected_routes(ALERTS["SlowSearch"]) == [{"search/", "search/products/"}]
    assert selected_routes(ALERTS["SlowSuggestions"]) == [{"search/suggest/"}]
    assert selected_routes(ALERTS["SlowMultiSearch"]) == [{"search/multi/"}]


def test_slow_orders_are_those_of_the_api_and_of_the_storefront() -> None:
    assert selected_routes(ALERTS["SlowOrders"]) == [{"orders/", "checkout/", "order/<uuid:order_id>/take-available/"}]


def test_the_dashboard_uses_existing_routes() -> None:
    panels = json.loads((ROOT / "deploy/grafana/dashboard.json").read_text())["panels"]
    targets = [target["expr"] for panel in panels for target in panel["targets"]]

    assert [expression for expression in targets if set() in selected_routes(expression)] == []


def test_alerts_name_jobs_that_are_scraped() -> None:
    named = {job for expression in ALERTS.values() for job in re.findall(r'job="([^"]*)"', expression)}

    assert named == {"commerce"}
    assert named < JOBS.keys()


def test_the_web_server_is_scraped_under_an_allowed_host() -> None:
    targets = [target for group in JOBS["commerce"]["static_configs"] for target in group["targets"]]
    example = re.findall(r"^ALLOWED_HOSTS=(.*)$", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)

    assert targets == ["web:8000"]
    assert "web" in example[0].split(",")
    assert COMPOSE["web"]["ports"][0].endswith(":8000")


def test_every_worker_is_scraped_at_its_port() -> None:
    (found,) = JOBS["commerce-workers"]["dns_sd_configs"]
    workers = [name for name, service in COMPOSE.items() if "worker" in service.get("command", ())]

    assert found["names"] == workers
    assert [COMPOSE[name]["environment"]["WORKER_METRICS_PORT"] for name in workers] == [
        f"${{WORKER_METRICS_PORT:-{found['port']}}}"
    ] * len(workers)
