"""Every variable of `docs/configuration.md` is checked: a wrong value stops the start and is named."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.backend.test_configuration import documented

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret for tests alone: of no use anywhere else"  # noqa: S105 - none

# Loads the settings, the web server's too, once for each set of variables, and prints what stopped them, or "".
SCRIPT = """
import json, os, runpy, sys
from django.core.exceptions import ImproperlyConfigured
basis, answers = dict(os.environ), []
for variables in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update(basis | variables)
    try:
        for module in ("settings", "gunicorn", "http_buffer", "web_worker"):
            runpy.run_path(f"backend/{module}.py")
        answers.append("")
    except ImproperlyConfigured as error:
        answers.append(str(error))
print(json.dumps(answers))
"""

NO_SWITCH = ["ture", "2", "enabled", "true false"]
NO_SECONDS = ["0", "-1", "5s", "800ms", "nan", "inf", "1e3", "1,5", "100000"]
NO_RATE = [
    "lots",
    "60",
    "60/fortnight",
    "0/minute",
    "5/second;60/minute",
    "5 per 2 year",
    "5 per 99999999999 year",
    "none",
]


def no_number(too_small: int, too_large: int) -> list[str]:
    return [str(too_small), str(too_large), "abc", "1.5", "1_0", "5 units", "0x10", "\u0665", "9" * 30]


WRONG: dict[str, Sequence[str]] = {
    "SECRET_KEY": ["", "short", "for development only; production refuses to start with it"],
    "ALLOWED_HOSTS": ["https://shop.example", "shop.example:8000", "shop.example,/", "a b"],
    "CSRF_TRUSTED_ORIGINS": ["shop.example", "https://shop.example/"],
    "CORS_ALLOWED_ORIGINS": ["shop.example", "https://shop.example/", "*,https://shop.example"],
    "SCRIPT_NAME": ["shop", "/shop/", "/", "//", "/a b"],
    "DATABASE_URL": ["sqlite:///db", "db.example", "postgres://db.example", "postgres://db.example:port/shop"],
    "DATABASE_REPLICA_URL": ["sqlite:///db", "db.example", "postgres://db.example:99999999/shop"],
    "REDIS_URL": [
        "foo",
        "http://redis:6379",
        "redis://",
        "redis://redis:port/0",
        "redis://redis/shop",
        "redis://a,b/0",
    ],
    "OPENSEARCH_URL": ["search", "search:9200", "https://", "https://a:port", "https://a:9200,b:9200", "ftp://a"],
    "OPENSEARCH_CA_CERTS": ["a\nb"],
    "MEDIA_ROOT": ["a\nb"],
    "MEDIA_URL": ["media/", "/media", "https://images.example", "ftp://images.example/"],
    "MEDIA_STORAGE": ["S3", "storages/s3", "storages.s3."],
    "STATIC_ROOT": ["a\nb"],
    "SHOP_NAME": ["Shop\nBcc: all@shop.example"],
    "CURRENCY": ["Euro", "eur", "XYZ"],
    "LOCALE": ["german", "xx_YY"],
    "SEARCH_LANGUAGE": ["english", "EN", "xx"],
    "IMAGE_HOSTS": ["images.example; script-src *", "ftp://images.example"],
    "PASSWORD_RESET_URL": ["https://shop.example/new-password/", "/new-password/?code={code}", "mailto:{code}"],
    "GUEST_MAX_LINES": no_number(0, 10**10),
    "GUEST_MAX_UNITS": no_number(0, 10**10),
    "GUEST_CONFIRMATIONS": no_number(-1, 10**10),
    "ORDER_EMAIL_DAYS": no_number(-1, 40_000),
    "LOW_STOCK": no_number(-1, 10**10),
    "EMAIL_URL": ["mail.example", "http://mail.example", "smtp://", "smtp://mail.example:port", "filemail://"],
    "EMAIL_TIMEOUT": NO_SECONDS,
    "DEFAULT_FROM_EMAIL": ["orders", "orders@shop.example\nBcc: all@shop.example", "<orders@shop.example", "a@b, c@d"],
    "DATABASE_CONN_MAX_AGE": no_number(-1, 100_000),
    "DATABASE_REPLICA_LAG": NO_SECONDS,
    "SLOW_QUERY_SECONDS": NO_SECONDS,
    "REDIS_TIMEOUT": NO_SECONDS,
    "REDIS_REST": NO_SECONDS,
    "CACHE_PREFIX": ["two words", "a\nb"],
    "BROKER_PREFIX": ["two words", "a\nb"],
    "INDEX_PREFIX": ["Shop*", "_shop", "-shop"],
    "SEARCH_SHARDS": no_number(0, 1025),
    "SEARCH_REPLICAS": no_number(-1, 101),
    "INDEX_REFRESH_INTERVAL": ["1", "often", "1 s", "-2", "-1s"],
    "SEARCH_TIMEOUT": NO_SECONDS,
    "SEARCH_CURSORS": no_number(-1, 301),
    "SEARCH_CACHE_SECONDS": no_number(-1, 100_000),
    "SEARCH_MAX_AGE": no_number(-1, 100_000),
    "SEARCH_LOG_SAMPLE": ["7", "-0.5", "10%", "nan", "1.01"],
    "SEARCH_LOG_DAYS": no_number(0, 40_000),
    **{
        f"THROTTLE_{scope}": NO_RATE
        for scope in ("SEARCH", "SUGGEST", "ORDERS", "CATALOGUE", "ACCOUNTS", "SIGN_IN", "API", "PAGES")
    },
    "SIGN_IN_FAILURES": no_number(0, 1001),
    "SIGN_IN_LOCKED_MINUTES": no_number(0, 20_000),
    "TOKEN_TTL_HOURS": no_number(0, 10**6),
    "HSTS_SECONDS": no_number(-1, 10**10),
    "TRUSTED_PROXIES": no_number(-1, 101),
    "WEBHOOK_ALLOWED_NETWORKS": ["10.0.0.1/8", "intranet"],
    "WEBHOOK_CA_CERTS": ["a\nb"],
    "WEBHOOK_KEYS": ["short", f"short,{SECRET}"],
    "WEBHOOK_CONNECT_TIMEOUT": NO_SECONDS,
    "WEBHOOK_TIMEOUT": NO_SECONDS,
    "WEBHOOK_AT_ONCE": no_number(0, 1001),
    "WEBHOOK_RETRY_SECONDS": NO_SECONDS,
    "WEBHOOK_GIVE_UP_HOURS": no_number(0, 10_000),
    "WEBHOOK_ROTATION_HOURS": no_number(0, 10_000),
    "WEBHOOK_DAYS": no_number(0, 40_000),
    "LOG_LEVEL": ["info", "TRACE", "1"],
    "LOG_LINES": ["foo", "text", "JSON"],
    "METRICS_TOKEN": ["caf\u00e9", "a\nb"],
    "WORKER_METRICS_PORT": no_number(-1, 65_536),
    "OTEL_EXPORTER_OTLP_ENDPOINT": ["collector:4318", "http://", "grpc://collector:4317"],
    "OTEL_SERVICE_NAME": ["a\nb"],
    "SEMANTIC_MODEL_PATH": ["a\nb"],
    "WEB_BIND": ["8000", "localhost", "0.0.0.0:99999", "0.0.0.0:http", "0.0.0.0:8000,9000"],
    "WEB_WORKERS": no_number(0, 1001),
    "WEB_THREADS": no_number(0, 1001),
    "WEB_CONNECTIONS": no_number(0, 10**7),
    "WEB_REQUEST_SECONDS": NO_SECONDS,
    "WEB_BODY_LIMIT": no_number(0, 10**10),
    "WEB_MAX_REQUESTS": no_number(-1, 10**10),
    **dict.fromkeys(
        (
            "DEBUG",
            "SECURE",
            "API_KEYS_REQUIRED",
            "SERVE_MEDIA",
            "GUEST_CHECKOUT",
            "REGISTRATION",
            "HSTS_SUBDOMAINS",
            "BEHIND_PROXY",
        ),
        NO_SWITCH,
    ),
}
CHECKED_BY_OTHERS = {
    "PGOPTIONS",  # PostgreSQL
    "FORWARDED_ALLOW_IPS",  # gunicorn, which reads it first
    "HEARTBEAT_FILE",  # paths that only the file system can refuse
    "PROMETHEUS_MULTIPROC_DIR",
}

RIGHT = [
    {},
    {"SECURE": "FALSE", "DEBUG": "0", "SERVE_MEDIA": " yes ", "REGISTRATION": "off", "GUEST_CHECKOUT": "on"},
    {"SECURE": "", "GUEST_MAX_LINES": "", "EMAIL_URL": "", "DATABASE_URL": "", "WEB_WORKERS": ""},  # as if not set
    {"DATABASE_URL": "postgres://shop:p%40ss@db-1,db-2:5432/shop?sslmode=verify-full&target_session_attrs=read-write"},
    {"DATABASE_URL": "postgresql:///shop?host=/run/postgresql"},
    {"DATABASE_URL": "psql://shop:p[ss#word@db.example/shop"},
    {"REDIS_URL": "rediss://user:p%2Css@redis.example:6380/3?ssl_ca_certs=/certificates/ca.pem"},
    {"OPENSEARCH_URL": "https://admin:secret@a.example:9200, https://[::1]:9200,http://c.example/path"},
    {"ALLOWED_HOSTS": "shop.example, .example.org,web_1,10.0.0.7,[::1],*"},
    {"CSRF_TRUSTED_ORIGINS": "https://shop.example, https://*.example.org:8443"},
    {"SEARCH_LOG_SAMPLE": "0.25", "SEARCH_TIMEOUT": ".5", "LOG_LEVEL": "WARNING", "INDEX_REFRESH_INTERVAL": "-1"},
    {"EMAIL_URL": "smtp+tls://user:p%40ss@mail.example:587", "DEFAULT_FROM_EMAIL": "The Shop <orders@shop.example>"},
    {"SHOP_NAME": "Müller & Söhne", "LOCALE": "de-CH", "CURRENCY": "CHF", "SEARCH_LANGUAGE": "de"},
    {"MEDIA_URL": "https://images.example/shop/", "MEDIA_STORAGE": "storages.backends.s3.S3Storage"},
    {"SCRIPT_NAME": "/shop/de", "WEBHOOK_KEYS": f"{SECRET}, old", "THROTTLE_API": "5 per 10 seconds"},
    {"WEB_BIND": "[::]:8000,127.0.0.1:9000", "WEB_REQUEST_SECONDS": "2.5"},
    {"WEB_BIND": "unix:/run/shop.sock", "WEB_MAX_REQUESTS": "0"},
]


def answers(environments: Sequence[Mapping[str, str]], folder: Path) -> list[str]:
    basis = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "SECRET_KEY": SECRET}
    read = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input=json.dumps(environments),
        cwd=ROOT,
        env=basis | {"PROMETHEUS_MULTIPROC_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found: list[str] = json.loads(read)
    return found


def test_every_variable_is_tried() -> None:
    assert set(WRONG) == set(documented()) - CHECKED_BY_OTHERS


def test_wrong_value_stops_the_start_and_is_named(tmp_path: Path) -> None:
    tried = [(name, value) for name, values in WRONG.items() for value in values]
    refusals = answers([{name: value} for name, value in tried], tmp_path)
    named = [refusal.startswith(f"{name} must be") for (name, _), refusal in zip(tried, refusals, strict=True)]
    assert [case for case, is_named in zip(tried, named, strict=True) if not is_named] == []


def test_right_values_are_accepted(tmp_path: Path) -> None:
    assert answers(RIGHT, tmp_path) == [""] * len(RIGHT)


def test_passwords_are_not_repeated(tmp_path: Path) -> None:
    wrong = {
        "DATABASE_URL": "postgres://shop:pass-word@db:port/shop",
        "REDIS_URL": "redis://:pass-word@redis:port/0",
        "OPENSEARCH_URL": "https://admin:pass-word@a:port",
        "EMAIL_URL": "smtp://user:pass-word@mail:port",
        "WEBHOOK_KEYS": "pass-word",
        "SECRET_KEY": "pass-word",
    }
    refusals = answers([{name: value} for name, value in wrong.items()], tmp_path)
    assert [(bool(refusal), "pass-word" in refusal) for refusal in refusals] == [(True, False)] * len(wrong)


def test_example_for_docker_starts(tmp_path: Path) -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    variables = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE)) | {"SECRET_KEY": SECRET}
    assert answers([variables], tmp_path) == [""]
