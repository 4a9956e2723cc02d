"""Each alert fires when it should, with one web server and with three, and only then; promtool evaluates the rules.

Every server shows the figures of the whole system, and its own counters.
"""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

PROMTOOL = shutil.which("promtool")
pytestmark = [
    pytest.mark.unit,
    pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (Debian: apt-get install prometheus)"),
]

RULES = Path(__file__).resolve().parents[2] / "deploy/prometheus/alerts.yml"
SERVERS = (1, 3)
AT = "45m"  # longer than any rule waits
SAMPLES = 60 * 27  # one a minute
QUEUES = ("indexing", "orders", "default", "webhooks")


@dataclass(frozen=True)
class Case:
    """The values of each series, constant or `+n` a minute, when an alert fires, and just before it does."""

    firing: dict[str, str]
    quiet: dict[str, str]


def constant(series: str, *, firing: float, quiet: float) -> Case:
    return Case({series: f"{firing}"}, {series: f"{quiet}"})


def share(part: str, rest: str, *, firing: int, quiet: int) -> Case:
    """Of 1000 a minute, so many are of the first kind."""
    return Case(
        {part: f"+{firing}", rest: f"+{1000 - firing}"},
        {part: f"+{quiet}", rest: f"+{1000 - quiet}"},
    )


def slow(route: str, *, limit: str, longer: str) -> Case:
    """More, or less, than 1 in 20 take longer than the limit."""
    name = f"http_request_seconds_bucket{{{route},le=%s}}"

    def buckets(within: int) -> dict[str, str]:
        return {name % f'"{limit}"': f"+{within}", name % f'"{longer}"': "+1000", name % '"+Inf"': "+1000"}

    return Case(buckets(within=940), buckets(within=960))


def orders(confirmed: int, rejected: int) -> dict[str, str]:
    return {
        'orders_last_minute{status="REJECTED"}': f"{rejected}",
        'orders_last_minute{status="CONFIRMED"}': f"{confirmed}",
    }


def heartbeats(oldest: int) -> dict[str, str]:
    ages = dict(zip(QUEUES, (oldest, 1, 1, 1), strict=True))
    return {f'worker_heartbeat_age_seconds{{queue="{queue}"}}': f"{age}" for queue, age in ages.items()}


REQUESTS = 'http_request_seconds_count{route="search/products/",status="200"}'
CASES = {
    "ShopDown": constant('up{job="commerce"}', firing=0, quiet=1),
    "ServerErrors": share('http_request_seconds_count{status="500"}', REQUESTS, firing=11, quiet=9),
    "SlowSearch": slow('route="search/products/"', limit="0.5", longer="1.0"),
    "SlowSuggestions": slow('route="search/suggest/"', limit="0.25", longer="0.5"),
    "SlowMultiSearch": slow('route="search/multi/"', limit="1.0", longer="2.5"),
    "SlowOrders": slow('route="orders/",method="POST"', limit="1.0", longer="2.5"),
    "ShortageSurge": Case(orders(confirmed=7, rejected=4), orders(confirmed=6, rejected=4)),
    "GuessedPasswords": constant("failed_sign_ins_total", firing=0, quiet=0),
    "SlowQueries": constant("slow_queries_total", firing=0, quiet=0),
    "SearchDegraded": constant('breaker_open{service="opensearch"}', firing=1, quiet=0),
    "AnswersDegraded": Case(
        {'degraded_answers_total{kind="search"}': "+60", 'search_answers_total{kind="search"}': "+1000"},
        {'degraded_answers_total{kind="search"}': "+40", 'search_answers_total{kind="search"}': "+1000"},
    ),
    "RedisUnavailable": constant('breaker_open{service="redis"}', firing=1, quiet=0),
    "ReplicaUnavailable": constant('breaker_open{service="replica"}', firing=1, quiet=0),
    "ReplicaSkipped": share(
        'replica_reads_total{server="primary"}', 'replica_reads_total{server="replica"}', firing=110, quiet=90
    ),
    "FiguresMissing": constant("figures_missing", firing=1, quiet=0),
    "WorkerSilent": Case(heartbeats(61), heartbeats(60)),
    "QueueGrowing": constant('queue_depth{queue="orders"}', firing=1001, quiet=1000),
    "IndexLag": constant("index_lag_seconds", firing=31, quiet=30),
    "IndexParked": constant("index_parked", firing=1, quiet=0),
    "IndexWrong": constant("index_wrong", firing=1, quiet=0),
    "IndexCheckOverdue": constant("index_check_age_seconds", firing=172_801, quiet=172_800),
    "ConfirmationsDue": constant("confirmations_due", firing=51, quiet=50),
    "ConfirmationsGivenUp": constant("confirmations_given_up", firing=1, quiet=0),
    "WebhooksLate": constant("webhooks_lag_seconds", firing=61, quiet=60),
    "WebhooksFailing": constant("webhooks_failing", firing=1, quiet=0),
    "WebhooksParked": constant("webhooks_parked", firing=1, quiet=0),
    "WebhooksDisabled": constant("webhooks_disabled", firing=1, quiet=0),
}
# Per second, over all servers.
RATES = {"GuessedPasswords": ("failed_sign_ins_total", 1.0), "SlowQueries": ("slow_queries_total", 0.2)}
# Of what these alerts watch, nothing is shown while it is well.
FIRING_WITHOUT_SERIES = {"WorkerSilent": AT, "IndexCheckOverdue": "25h30m"}


def rate(name: str, per_second: float, servers: int) -> dict[str, str]:
    return {name: f"+{per_second * 60 / servers}"}


def series(shown: dict[str, str], servers: int) -> list[dict[str, str]]:
    return [
        {"series": with_instance(name, server), "values": values_of(value)}
        for server in range(servers)
        for name, value in shown.items()
    ]


def with_instance(name: str, server: int) -> str:
    metric, _, labels = name.partition("{")
    return f'{metric}{{instance="web-{server}"{"," if labels else ""}{labels or "}"}'


def values_of(value: str) -> str:
    return f"0{value}x{SAMPLES}" if value.startswith("+") else f"{value}x{SAMPLES}"


def expectation(alert: str, at: str, *, fires: bool) -> dict[str, Any]:
    return {
        "expr": f'sum(ALERTS{{alertname="{alert}",alertstate="firing"}}) > bool 0',
        "eval_time": at,
        "exp_samples": [{"labels": "{}", "value": 1}] if fires else [],
    }


def rule_tests() -> Iterator[dict[str, Any]]:
    for alert, case in CASES.items():
        for servers in SERVERS:
            firing, quiet = case.firing, case.quiet
            if alert in RATES:
                name, limit = RATES[alert]
                firing, quiet = rate(name, limit * 1.1, servers), rate(name, limit * 0.9, servers)
            for shown, fires in ((firing, True), (quiet, False)):
                yield rule_test(f"{alert}, {servers} servers, {fires}", series(shown, servers), alert, AT, fires=fires)
        at = FIRING_WITHOUT_SERIES.get(alert)
        yield rule_test(f"{alert} without series", [], alert, at or AT, fires=at is not None)


def rule_test(name: str, shown: list[dict[str, str]], alert: str, at: str, *, fires: bool) -> dict[str, Any]:
    return {
        "name": name,
        "interval": "1m",
        "input_series": shown,
        "promql_expr_test": [expectation(alert, at, fires=fires)],
    }


def test_rules(tmp_path: Path) -> None:
    file = tmp_path / "tests.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "tests": list(rule_tests())}))
    found = subprocess.run([str(PROMTOOL), "test", "rules", file], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout + found.stderr) == (0, f"Unit Testing:  {file}\n  SUCCESS\n\n")


def test_every_alert_has_a_case() -> None:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    assert {rule["alert"] for group in groups for rule in group["rules"]} == set(CASES)
