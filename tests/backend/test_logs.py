"""Logs: one JSON document a line, whatever people type, and no personal data."""

import io
import json
import logging.config
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
import structlog
from django.conf import settings
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path

from backend import urls
from tests.factories import make_user
from tests.orders.web import web_server

SECRET = "hunter2"  # noqa: S105 - made up
ORDER = "019ad1c8-7a5e-7c31-9f0e-2f3c1d8f4b6a"


class Written(io.StringIO):
    """The output of the project's own handler."""

    def lines(self) -> list[dict[str, Any]]:
        """Each line, parsed; one that is not JSON fails."""
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def written() -> Iterator[Written]:
    logging.config.dictConfig(settings.LOGGING)
    (handler,) = (each for each in logging.getLogger().handlers if type(each) is logging.StreamHandler)
    stream = Written()
    before = handler.setStream(stream)
    yield stream
    handler.setStream(before)
    logging.config.dictConfig(settings.LOGGING)  # a test may have changed a level


@pytest.mark.unit
def test_user_input_cannot_add_a_line_or_a_field(written: Written) -> None:
    typed = 'tea\n{"level": "critical", "event": "forged"}\r\x1b[31m'
    structlog.get_logger("shop").info("search", q=typed)
    (line,) = written.lines()
    assert (line["event"], line["level"], line["q"]) == ("search", "info", typed)


@pytest.mark.unit
def test_traceback_has_no_local_variables(written: Written) -> None:
    def sign_in(password: str) -> None:
        raise ValueError(len(password))

    try:
        sign_in(SECRET)
    except ValueError:
        logging.getLogger("shop").exception("failed")
    (line,) = written.lines()
    assert line["exception"][0]["frames"][-1]["name"] == "sign_in"
    assert SECRET not in json.dumps(line)


@pytest.mark.service
@pytest.mark.django_db
def test_request_is_one_line_without_query_address_or_user(client: Client, written: Written) -> None:
    client.force_login(make_user("ada"))
    written.truncate(0)
    written.seek(0)
    response = client.get("/health/live?q=secret", REMOTE_ADDR="192.0.2.77", headers={"User-Agent": "Ada's phone"})
    (line,) = written.lines()
    assert {name: line[name] for name in ("event", "request", "code", "request_id")} == {
        "event": "request_finished",
        "request": "GET /health/live",
        "code": 200,
        "request_id": response["X-Request-ID"],
    }
    assert not [personal for personal in ("secret", "192.0.2.77", "ada", "phone") if personal in json.dumps(line)]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("sent", "is_used"),
    [
        ("0193c9a0-0000-7000-8000-000000000000", True),
        ("shop.web:7_a", True),
        ("x" * 128, True),
        ("x" * 129, False),
        ("", False),
        ("ada@example.com", False),
        ('a", "level": "debug', False),
        ("two words", False),
        ("a\nb", False),
        ("-rf", False),
        ("a\n", False),
        ("müller", False),
    ],
)
def test_well_formed_request_id_of_the_client_is_used(sent: str, is_used: bool, written: Written) -> None:  # noqa: FBT001
    response = Client().get("/health/live", headers={"X-Request-ID": sent})
    (line,) = written.lines()
    assert line["request_id"] == response["X-Request-ID"]
    assert (response["X-Request-ID"] == sent) == is_used


@pytest.mark.unit
@pytest.mark.parametrize("make_logger", [structlog.get_logger, logging.getLogger], ids=["ours", "a library's"])
def test_warning_names_its_file_line_function_and_thread(make_logger: Callable[[str], Any], written: Written) -> None:
    make_logger("shop").warning("low stock")
    (line,) = written.lines()
    assert (line["logger"], line["filename"], line["func_name"], line["thread_name"]) == (
        "shop",
        "test_logs.py",
        "test_warning_names_its_file_line_function_and_thread",
        "MainThread",
    )
    assert Path(__file__).read_text().splitlines()[line["lineno"] - 1].strip().endswith('.warning("low stock")')


@pytest.mark.unit
@pytest.mark.parametrize("value", [2**70, "half \ud83d of a character", {1: "one"}], ids=["large", "half", "no text"])
def test_line_is_written_whatever_its_values(written: Written, value: object) -> None:
    structlog.get_logger("shop").info("search", q=value)
    (line,) = written.lines()
    assert line["event"] == "search"


def broken(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a bug")


def out_of_reach(_request: HttpRequest) -> HttpResponse:
    raise OperationalError("no route to host")


class BrokenUrls:
    handler500 = urls.handler500
    urlpatterns: ClassVar = [path("orders/broken/", broken), path("account/", out_of_reach)]


@pytest.mark.unit
@override_settings(ROOT_URLCONF=BrokenUrls)
def test_bug_is_one_line_with_its_traceback_and_the_id_of_the_response(written: Written) -> None:
    response = Client(raise_request_exception=False).get("/orders/broken/?q=secret")
    (line,) = written.lines()
    assert {name: line[name] for name in ("event", "level", "request", "code", "request_id")} == {
        "event": "request_failed",
        "level": "error",
        "request": "GET /orders/broken/",
        "code": 500,
        "request_id": response["X-Request-ID"],
    }
    assert (line["exception"][0]["exc_type"], line["exception"][0]["frames"][-1]["name"]) == ("RuntimeError", "broken")


@pytest.mark.unit
@override_settings(ROOT_URLCONF=BrokenUrls)
def test_outage_of_postgresql_has_the_status_of_the_response(written: Written) -> None:
    response = Client(raise_request_exception=False).get("/account/")
    (line,) = written.lines()
    assert (line["event"], line["code"], response.status_code) == ("request_failed", 503, 503)


@pytest.mark.unit
def test_request_is_one_line_without_the_user_agent_at_the_lowest_level(written: Written) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    Client().get("/health/live", headers={"User-Agent": "Ada's phone"})
    text = json.dumps(written.lines())
    assert "GET /health/live" in text
    assert "phone" not in text


@pytest.mark.service
@pytest.mark.django_db
def test_failed_sign_in_is_logged_without_personal_data(client: Client, written: Written) -> None:
    client.post("/auth/token/", {"username": "ada", "password": SECRET}, content_type="application/json")
    text = json.dumps(written.lines())
    assert "/auth/token/" in text
    assert not [personal for personal in ("ada", SECRET, "127.0.0.1") if personal in text]


@pytest.mark.service
@pytest.mark.django_db
@override_settings(SLOW_QUERY_SECONDS=0.0)
def test_slow_statement_is_logged_without_its_parameters(written: Written) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", [SECRET])
    (line,) = [line for line in written.lines() if line["event"] == "slow query"]
    assert line["sql"] == "SELECT %s"
    assert line["seconds"] >= 0


@pytest.mark.service
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "logged"),
    [
        ("GET", f"/orders/{ORDER}/", "GET /orders/<uuid:order_id>/"),
        ("POST", f"/orders/{ORDER}/cancel/", "POST /orders/<uuid:order_id>/cancel/"),
        ("GET", f"/order/{ORDER}/", "GET /order/<uuid:order_id>/"),
        ("POST", f"/order/{ORDER}/cancel/", "POST /order/<uuid:order_id>/cancel/"),  # refused for want of a CSRF token
        ("GET", f"/orders/{ORDER}", "GET (no route)"),
        ("GET", f"/nothing/{ORDER}", "GET (no route)"),
        ("GET", "/search/suggest/?q=lamp", "GET /search/suggest/"),
        ("GET", f"/admin/orders/order/{ORDER}/change/", "GET /admin/orders/order/<path:object_id>/change/"),
        ("BREW", "/health/live", "other /health/live"),
    ],
)
def test_line_has_the_route_and_not_the_path(written: Written, method: str, path: str, logged: str) -> None:
    Client(enforce_csrf_checks=True).generic(method, path)
    lines = written.lines()
    assert [line["request"] for line in lines if line["event"] == "request_finished"] == [logged]
    assert ORDER not in json.dumps(lines)


@pytest.mark.service
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "headers"),
    [
        (f"/search/products/?q={SECRET}{'&brand=a' * 1001}", {}),  # more parameters than Django reads
        (f"/search/?q={SECRET}{'&brand=a' * 1001}", {}),
        (f"/orders/?q={SECRET}", {"Host": "evil.example"}),
    ],
)
def test_request_that_django_refuses_is_one_line_without_its_query(
    written: Written, path: str, headers: dict[str, str]
) -> None:
    assert Client().get(path, headers=headers).status_code == 400
    (line,) = written.lines()
    assert (line["event"], line["code"]) == ("request_finished", 400)
    assert SECRET not in json.dumps(line)


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_head_of_an_answer_with_a_body_is_no_warning() -> None:
    with web_server(processes=1) as web, closing(HTTPConnection(urlsplit(web.url).netloc, timeout=60)) as connection:
        for method in ("HEAD", "GET"):  # what is logged about the first is logged before the second
            connection.request(method, "/config/")
            response = connection.getresponse()
            assert (response.status, bool(response.read())) == (200, method == "GET")
        logged = web.process.log_tail(lines=100)
    assert "HEAD /config/" in logged
    assert "no-body response" not in logged


@pytest.mark.unit
def test_line_about_a_request_that_the_web_server_failed_has_none_of_its_content(written: Written) -> None:
    log = logging.getLogger("gunicorn.error")
    stream = log.handlers[0]
    assert isinstance(stream, logging.StreamHandler)
    stream.setStream(written)
    log.error("Error handling request %s", f"/orders/{ORDER}/")
    (line,) = written.lines()
    assert line["event"] == "request failed in the web server"


@pytest.mark.unit
def test_line_about_a_malformed_request_has_none_of_its_content(written: Written) -> None:
    sent = "Invalid request from ip=192.0.2.77: Invalid HTTP request line: 'GET /search/?q=secret thing'"
    log = logging.getLogger("gunicorn.error")
    stream = log.handlers[0]
    assert isinstance(stream, logging.StreamHandler)
    stream.setStream(written)
    log.warning(sent)
    (line,) = written.lines()
    assert line["event"] == "malformed HTTP request refused"
