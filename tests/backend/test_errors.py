"""Every error of the API is an RFC 9457 problem; people with a browser get a page."""

from typing import Any, ClassVar

import pytest
from django.db import OperationalError
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path
from pytest_django import Settings

from backend import urls

pytestmark = [pytest.mark.service, pytest.mark.django_db]

JSON = "application/json"
BROWSER = "text/html,application/xhtml+xml"


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def assert_problem(response: Any, status: int, detail: str) -> None:
    body = response.json()
    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, body["status"], body["detail"]) == (status, status, detail)
    assert set(body) >= {"type", "title", "status", "detail", "instance"}


def test_unknown_route(client: Client) -> None:
    assert_problem(client.get("/orders/what/ever/"), 404, "There is nothing at this address.")


def test_unknown_format_of_the_schema(client: Client) -> None:
    assert_problem(client.get("/schema/?format=exe"), 404, "There is nothing at this address.")


def test_unknown_route_outside_the_api(client: Client) -> None:
    assert_problem(client.get("/nope"), 404, "There is nothing at this address.")


def test_unknown_route_in_a_browser_is_a_page(client: Client) -> None:
    response = client.get("/nope", headers={"Accept": BROWSER})
    assert (response.status_code, response["Content-Type"]) == (404, "text/html; charset=utf-8")


def test_address_of_a_form_opened_in_a_browser_is_a_page(client: Client) -> None:
    response = client.get("/basket/add/", headers={"Accept": BROWSER})
    assert (response.status_code, response["Allow"], "<h1>" in response.content.decode()) == (405, "POST", True)


def test_method_not_allowed(client: Client) -> None:
    response = client.put("/auth/token/", {}, content_type=JSON)
    assert_problem(response, 405, 'Method "PUT" not allowed.')
    assert response["Allow"] == "POST, DELETE, OPTIONS"


@pytest.mark.parametrize(
    ("method", "body", "headers", "title"),
    [
        ("POST", "{}", {}, "Bad Request"),
        ("POST", '{"username": "a", "password": "b"}', {}, "Unauthorized"),
        ("PUT", "{}", {}, "Method Not Allowed"),
        ("POST", "{}", {"Accept": "image/png"}, "Not Acceptable"),
        ("POST", "{}", {"Content-Type": "text/xml"}, "Unsupported Media Type"),
    ],
)
def test_title_is_the_phrase_of_the_status(
    client: Client, method: str, body: str, headers: dict[str, str], title: str
) -> None:
    response = client.generic(method, "/auth/token/", body, content_type=JSON, headers=headers)
    assert response.json()["title"] == title


def test_page_of_the_api_has_no_options(client: Client) -> None:
    assert client.options("/docs/").status_code == 405


def test_method_not_allowed_by_a_plain_view(client: Client) -> None:
    response = client.post("/health/live")
    assert_problem(response, 405, "This address does not take that method.")
    assert response["Allow"] == "GET, HEAD"


def test_no_acceptable_media_type(client: Client) -> None:
    response = client.post("/auth/token/", {}, content_type=JSON, headers={"Accept": "image/png"})
    assert_problem(response, 406, "Could not satisfy the request Accept header.")


def test_unknown_version(client: Client) -> None:
    response = client.post("/auth/token/", {}, content_type=JSON, headers={"Accept": f"{JSON}; version=9"})
    assert_problem(response, 406, 'Invalid version in "Accept" header.')


def test_media_type_that_is_not_json(client: Client) -> None:
    response = client.post("/auth/token/", "<a/>", content_type="text/xml")
    assert_problem(response, 415, 'Unsupported media type "text/xml" in request.')


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ('{"username":', "The body is not JSON: unexpected end of data: line 1 column 13 (char 12)"),
        (
            '{"username": NaN}',
            "The body is not JSON: unexpected character, expected a JSON value: line 1 column 14 (char 13)",
        ),
    ],
)
def test_invalid_json(client: Client, body: str, detail: str) -> None:
    assert_problem(client.post("/auth/token/", body, content_type=JSON), 400, detail)


@pytest.mark.parametrize("body", ["[" * 100_000, '{"username": "\\ud800"}', b"\xff\xfe"])
def test_json_made_to_break_parsers(client: Client, body: str) -> None:
    response = client.post("/auth/token/", body, content_type=JSON)
    assert response.status_code == 400
    assert response.json()["detail"].startswith("The body is not JSON: ")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/auth/token/", '{"username": DEEP, "password": "x"}'),
        ("POST", "/auth/password/reset/", '{"email": DEEP}'),
        ("POST", "/search/multi/", '{"searches": [DEEP]}'),
        ("POST", "/orders/", '{"store_id": 1, "items": [{"product_id": 1, "quantity": 1}], "expected_total": DEEP}'),
        ("POST", "/webhooks/", '{"name": "ERP", "url": "https://erp.example/", "kinds": [DEEP]}'),
        ("PUT", "/products/L-1/", '{"name": "Lamp", "price": 1, "attributes": {"size": DEEP}}'),
        ("POST", "/products/bulk/", '{"operations": [{"method": DEEP, "sku": "L-1"}]}'),
    ],
)
@pytest.mark.parametrize("deep", ["[" * 1000 + "]" * 1000, '{"a":' * 1000 + "1" + "}" * 1000], ids=["lists", "objects"])
def test_json_that_is_nested_too_deeply_is_refused(
    admin_client: Client, method: str, path: str, body: str, deep: str
) -> None:
    admin_client.raise_request_exception = False
    response = admin_client.generic(method, path, body.replace("DEEP", deep), content_type=JSON)
    assert_problem(response, 400, "The body has lists and objects in more than 50 levels.")
    assert response.json()["type"] == "/problems/malformed-body"


def test_json_with_many_brackets_that_is_not_nested_is_read(client: Client) -> None:
    searches = [{"q": "[" * 60, "page_size": 0}, {"q": "lamp", "kind": ["["] * 60}]
    answered = client.post("/search/multi/", {"searches": searches}, content_type=JSON).json()["results"]
    assert [each["status"] for each in answered] == [200, 400]


@pytest.mark.parametrize("body", ["[]", "null", '"text"', "7"])
def test_json_that_is_not_an_object(client: Client, body: str) -> None:
    assert client.post("/auth/token/", body, content_type=JSON).status_code == 400


def test_every_bad_field_is_named(client: Client) -> None:
    response = client.post("/auth/token/", {"username": "x" * 151}, content_type=JSON)
    assert response.json()["errors"] == [
        {"field": "username", "code": "max_length", "message": "Ensure this field has no more than 150 characters."},
        {"field": "password", "code": "required", "message": "This field is required."},
    ]


def test_body_of_ten_megabytes(client: Client) -> None:
    response = client.post("/auth/token/", '"' + "a" * 10_000_000 + '"', content_type=JSON)
    assert_problem(response, 413, "The body is larger than 1048576 bytes.")


@pytest.mark.parametrize(("size", "status"), [(200, 400), (201, 413)], ids=["at the limit", "above it"])
def test_body_of_the_limit_is_read(client: Client, settings: Settings, size: int, status: int) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 200
    response = client.post("/auth/token/", "{}".ljust(size), content_type=JSON)
    assert response.status_code == status


def test_unknown_host(client: Client) -> None:
    response = client.get("/orders/", headers={"Host": "evil.example"})
    assert_problem(
        response, 400, "The request was refused before it was read: its host, headers or body are malformed."
    )


def broken(_request: object) -> HttpResponse:
    raise RuntimeError("the password of the database is hunter2")


def out_of_reach(_request: object) -> HttpResponse:
    raise OperationalError("could not connect to server 10.0.0.7 as commerce")


class BrokenUrls:
    handler500 = urls.handler500
    urlpatterns: ClassVar = [path("orders/broken/", broken), path("orders/out-of-reach/", out_of_reach)]


@override_settings(ROOT_URLCONF=BrokenUrls)
def test_bug_in_a_view(client: Client) -> None:
    assert_problem(client.get("/orders/broken/"), 500, "Something went wrong here. It has been recorded.")


@override_settings(ROOT_URLCONF=BrokenUrls)
def test_database_unavailable(client: Client) -> None:
    response = client.get("/orders/out-of-reach/")
    assert_problem(
        response,
        503,
        "The database cannot be reached. Try again; what was being saved may have been, "
        "and an order with an Idempotency-Key is not placed twice.",
    )
    assert response["Retry-After"] == "5"


def test_response_has_its_own_request_id(client: Client) -> None:
    sent = "made up by the client"
    first, second = (client.get("/health/live", headers={"X-Request-ID": sent})["X-Request-ID"] for _ in range(2))
    assert len({first, second, sent}) == 3
