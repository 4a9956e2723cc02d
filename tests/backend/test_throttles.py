"""Rate limits are exact, and separate for each caller."""

import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory, override_settings
from limits import parse

from backend import redis
from backend.api import throttles
from foundation import callers
from tests.eventually import eventually
from tests.factories import make_user
from tools.devstack.state import CHECKOUT

SIXTY_HITS = """
import django
django.setup()
from backend.api import throttles
print(sum(throttles.hit("search", "address:192.0.2.3") is None for _ in range(60)))
"""

pytestmark = [pytest.mark.service, pytest.mark.django_db]


def rate(**rates: str) -> override_settings:
    limits = {scope: parse(text) for scope, text in rates.items()}
    return override_settings(THROTTLE_RATES=dict.fromkeys(("pages", "api", "sign-in")) | limits)


@pytest.mark.races
@rate(search="50/minute")
def test_exactly_the_limit_passes_out_of_two_hundred_at_once() -> None:
    with ThreadPoolExecutor(50) as threads:
        waits = list(threads.map(lambda _: throttles.hit("search", "address:192.0.2.1"), range(200)))
    assert Counter(wait is None for wait in waits) == {True: 50, False: 150}


@pytest.mark.races
def test_limit_is_exact_over_processes() -> None:
    environment = {**os.environ, "THROTTLE_SEARCH": "50/minute", "DJANGO_SETTINGS_MODULE": "backend.settings"}
    processes = [
        subprocess.Popen([sys.executable, "-c", SIXTY_HITS], cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    passed = [int(process.communicate(timeout=60)[0]) for process in processes]
    assert sum(passed) == 50


@rate(api="2/minute")
def test_refused_request_says_when_to_try_again(client: Client) -> None:
    answers = [client.get("/schema/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2]["Content-Type"] == "application/problem+json"
    assert 1 <= int(answers[2]["Retry-After"]) <= 60


@rate(pages="2/minute")
def test_pages_are_throttled_too(client: Client) -> None:
    assert [client.get("/admin/login/").status_code for _ in range(3)] == [200, 200, 429]


@rate(pages="1/minute", api="1/minute")
def test_health_is_never_throttled(client: Client) -> None:
    assert {client.get("/health/live").status_code for _ in range(3)} == {200}


@rate(search="1/minute")
def test_callers_and_scopes_are_counted_separately() -> None:
    assert throttles.hit("search", "user:1") is None
    assert throttles.hit("search", "user:1") is not None
    assert throttles.hit("search", "user:2") is None
    assert throttles.hit("search", "address:192.0.2.1") is None


def test_caller_is_the_user_or_else_the_address() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1")
    request.user = make_user()
    assert throttles.caller(request) == callers.user(request.user.pk)
    request.user = AnonymousUser()
    assert throttles.caller(request) == callers.address(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1"))


def test_addresses_of_one_ipv6_network_are_one_caller() -> None:
    ours, ours_too, another = (
        callers.address(RequestFactory().get("/", REMOTE_ADDR=address))
        for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    )
    assert (ours == ours_too, ours == another) == (True, False)


def test_counts_do_not_name_the_address() -> None:
    assert "192.0.2.1" not in callers.address(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1"))


@rate(search="2/minute")
def test_count_continues_after_redis_closed_the_connection() -> None:
    waits = [throttles.hit("search", "address:192.0.2.8")]
    redis.client().client_kill_filter(_type="normal", skipme=True)
    waits += [throttles.hit("search", "address:192.0.2.8") for _ in range(2)]
    assert ([wait is None for wait in waits], redis.breaker.is_open) == ([True, True, False], False)


@rate(search="2/minute")
def test_hanging_redis_costs_one_timeout_and_the_process_counts() -> None:
    redis.client().client_pause(10_000, all=False)
    started = time.monotonic()
    try:
        waits = [throttles.hit("search", "address:192.0.2.7") for _ in range(5)]
        seconds = time.monotonic() - started
    finally:
        redis.client().client_unpause()
    eventually(lambda: not redis.breaker.is_open)
    assert [wait is None for wait in waits] == [True, True, False, False, False]
    assert seconds < 2 * settings.REDIS_TIMEOUT


@rate(search="2/minute")
def test_late_response_of_redis_is_not_read_by_the_next_count() -> None:
    redis.client().client_pause(10_000, all=False)
    try:
        throttles.hit("search", "address:192.0.2.5")
    finally:
        redis.client().client_unpause()
    eventually(lambda: not redis.breaker.is_open)
    waits = [throttles.hit("search", "address:192.0.2.6") for _ in range(3)]
    assert [wait is None for wait in waits] == [True, True, False]


@rate(search="1/minute")
def test_window_begins_with_the_first_request_and_ends_after_its_time() -> None:
    waits = [throttles.hit("search", "address:192.0.2.4") for _ in range(2)]
    assert waits[0] is None
    assert waits[1] is not None
    assert 55 <= waits[1] <= 60


@rate(search="1/minute")
def test_invalid_search_is_counted_too(client: Client) -> None:
    answers = [client.get("/search/products/?page=no").status_code for _ in range(2)]
    assert answers == [400, 429]


@rate(search="3/minute")
@pytest.mark.usefixtures("redis_unavailable")
def test_each_process_counts_for_itself_without_redis() -> None:
    waits = [throttles.hit("search", "address:192.0.2.9") for _ in range(4)]
    assert [wait is None for wait in waits] == [True, True, True, False]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        (0, "198.51.100.1", "192.0.2.1"),
        (1, "10.0.0.1, 198.51.100.1", "198.51.100.1"),
        (2, "10.0.0.1, 198.51.100.1, 198.51.100.2", "198.51.100.1"),
        (1, "", "192.0.2.1"),
        (2, "198.51.100.1", "192.0.2.1"),
        (1, "198.51.100.1:4711", "198.51.100.1"),
        (1, "[2001:db8::1]:4711", "2001:db8::"),
        (1, "::ffff:198.51.100.1", "198.51.100.1"),
    ],
    ids=[
        "header is ignored",
        "last proxy",
        "two proxies",
        "no header",
        "fewer hops than proxies",
        "with a port",
        "IPv6 with a port",
        "IPv4 as IPv6",
    ],
)
def test_address_behind_proxies(client: Client, proxies: int, forwarded: str, counted: str) -> None:
    with override_settings(TRUSTED_PROXIES=proxies, THROTTLE_RATES={"pages": parse("1/minute")}):
        client.get("/admin/login/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="192.0.2.1")
        refused = throttles.hit("pages", callers.address(RequestFactory().get("/", REMOTE_ADDR=counted)))
    assert refused is not None


LIMIT_HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


@pytest.mark.parametrize("path", ["/search/suggest/?q=lap", "/stores/"], ids=["search", "other API"])
@pytest.mark.parametrize("is_redis_there", [True, False])
def test_response_says_what_is_left_of_the_limit(
    client: Client,
    path: str,
    is_redis_there: bool,  # noqa: FBT001 - pytest's
    request: pytest.FixtureRequest,
) -> None:
    if not is_redis_there:
        request.getfixturevalue("redis_unavailable")
    address = f"2001:db8:{is_redis_there:d}:{len(path)}::1"
    began = time.monotonic()
    with rate(suggest="2/hour", api="2/hour"):
        answers = [client.get(path, REMOTE_ADDR=address) for _ in range(3)]
    left = 3600 - (time.monotonic() - began)  # s; the first request of a process may take many
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [[answer[name] for name in LIMIT_HEADERS[:2]] for answer in answers] == [["2", "1"], ["2", "0"], ["2", "0"]]
    assert all(left <= int(answer["RateLimit-Reset"]) <= 3600 for answer in answers)
    assert answers[2]["Retry-After"] == answers[2]["RateLimit-Reset"]


@rate(suggest="5/minute")
def test_refused_parameter_says_what_is_left_too(client: Client) -> None:
    answer = client.get("/search/suggest/?q=l")
    assert (answer.status_code, answer["RateLimit-Remaining"]) == (400, "4")


def test_route_without_a_limit_names_none(client: Client) -> None:
    with override_settings(THROTTLE_RATES={"suggest": None}):
        answer = client.get("/search/suggest/?q=lap")
    assert [name for name in LIMIT_HEADERS if name in answer] == []
