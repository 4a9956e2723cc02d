"""Which origins may call what: the API without cookies, never a page."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http.response import HttpResponseBase
from django.test import Client, override_settings
from django.urls import get_resolver, resolve
from rest_framework.views import APIView

from backend.environment import Environment
from tests.backend.test_middleware_order import addresses

SHOP = "https://shop.example.com"
OF_OPERATORS = "/webhooks/"  # systems call it, never pages
NO_API = {"/docs/"}  # a page, though its view is DRF's
EXPOSED = "ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, WWW-Authenticate, X-Request-ID"

pytestmark = [pytest.mark.service, pytest.mark.django_db]


def cors(response: HttpResponseBase) -> dict[str, str]:
    return {name: value for name, value in response.items() if name.startswith("access-control-")}


def call(path: str, *, method: str = "GET", origin: str = SHOP, **headers: str) -> HttpResponseBase:
    client = Client(raise_request_exception=False)
    return client.generic(method, path, headers={"Origin": origin, "Accept": "application/json"} | headers)


def preflight(path: str, *, method: str = "GET", origin: str = SHOP) -> HttpResponseBase:
    return call(path, method="OPTIONS", origin=origin, **{"Access-Control-Request-Method": method})


@pytest.fixture(autouse=True)
def _shop_is_allowed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with allowed(SHOP, monkeypatch):
        yield


def allowed(value: str, monkeypatch: pytest.MonkeyPatch) -> override_settings:
    monkeypatch.setenv("CORS_ALLOWED_ORIGINS", value)
    origins, patterns, everybody = Environment().allowed_origins("CORS_ALLOWED_ORIGINS")
    return override_settings(
        CORS_ALLOWED_ORIGINS=origins, CORS_ALLOWED_ORIGIN_REGEXES=patterns, CORS_ALLOW_ALL_ORIGINS=everybody
    )


def is_of_the_api(address: str) -> bool:
    cls = getattr(resolve(address).func, "cls", object)
    return issubclass(cls, APIView) and address not in NO_API and not address.startswith(OF_OPERATORS)


def test_exactly_the_api_is_open_to_an_allowed_origin() -> None:
    everywhere = set(addresses(get_resolver().url_patterns))
    api = {address for address in everywhere if is_of_the_api(address)}
    assert {"/search/products/", "/search/suggest/", "/orders/", "/auth/token/", "/schema/"} < api
    assert {"/", "/search/", "/admin/", "/basket/", "/health/ready", "/metrics"} < everywhere - api
    opened = {address for address in everywhere if cors(preflight(address))}
    assert opened == api


@pytest.mark.parametrize("path", ["/", "/search/?q=lamp", "/basket/", "/admin/login/", "/docs/", "/health/live"])
def test_page_cannot_be_read_by_another_origin(path: str) -> None:
    response = call(path, Accept="text/html")
    assert (response.status_code, cors(response)) == (200, {})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/search/suggest/?q=lap", 200),
        ("GET", "/stores/", 200),
        ("GET", "/search/suggest/?q=la", 400),  # refused by the view that skips DRF's dispatch
        ("GET", "/stores/?nonsense=1", 400),
        ("GET", "/stores", 301),
        ("POST", "/orders", 308),
        ("GET", "/products/nothing/", 404),
        ("GET", "/stores/no/such/route/", 404),  # Django's own
        ("DELETE", "/search/suggest/", 405),
    ],
)
def test_answer_and_error_can_be_read_without_cookies(method: str, path: str, status: int) -> None:
    response = call(path, method=method)
    assert response.status_code == status
    assert cors(response) == {"access-control-allow-origin": SHOP, "access-control-expose-headers": EXPOSED}
    assert "origin" in response["Vary"].lower()


def test_refusals_of_token_and_host_can_be_read() -> None:
    refused = [call("/orders/", Authorization="Bearer wrong"), call("/stores/", Host="somebody.else")]
    assert [(each.status_code, each["access-control-allow-origin"]) for each in refused] == [(401, SHOP), (400, SHOP)]


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        f"{SHOP}.evil.example",
        "http://shop.example.com",
        f"{SHOP}:8443",
        "null",
        "https://[",
        "",
    ],
)
def test_other_origin_gets_no_permission_and_no_cached_one(origin: str) -> None:
    for response in (call("/stores/", origin=origin), preflight("/stores/", origin=origin)):
        assert (cors(response), "origin" in response["Vary"].lower()) == ({}, True)


def test_preflight_is_answered_for_hours_without_the_view() -> None:
    with override_settings(THROTTLE_RATES={}):  # a view would fail
        response = preflight("/search/products/", method="POST")
    assert (response.status_code, response["Content-Length"]) == (200, "0")
    assert cors(response) == {
        "access-control-allow-origin": SHOP,
        "access-control-allow-methods": "DELETE, GET, OPTIONS, PATCH, POST, PUT",
        "access-control-allow-headers": (
            "accept, authorization, content-type, idempotency-key, if-match, if-none-match, order-token, x-api-key, "
            "x-request-id"
        ),
        "access-control-expose-headers": EXPOSED,
        "access-control-max-age": "7200",
    }


@pytest.mark.parametrize(
    ("value", "origin", "answer"),
    [
        ("*", "https://any.example", "*"),
        ("https://*.example.com", "https://pr-7.preview.example.com", "https://pr-7.preview.example.com"),
        ("https://*.example.com", "https://example.com", None),
        ("https://*.example.com", "https://evilexample.com", None),
        ("https://*.example.com", "https://a.example.com.evil.example", None),
        ("https://*.example.com", "https://a.exampleXcom", None),
        ("http://localhost:5173,capacitor://localhost", "capacitor://localhost", "capacitor://localhost"),
        ("http://localhost:5173", "http://localhost:5174", None),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("http://[::1]:3000", "http://[::1]:3000", "http://[::1]:3000"),
        ("", SHOP, None),
    ],
)
def test_setting_allows_origins(value: str, origin: str, answer: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    with allowed(value, monkeypatch):
        assert cors(call("/stores/", origin=origin)).get("access-control-allow-origin") == answer


@pytest.mark.parametrize(
    "wrong",
    [
        "shop.example.com",
        "https://shop.example.com/",
        "https://shop.example.com/path",
        "https://shop.example.com:443",
        "http://shop.example.com:80",
        "https://Shop.example.com",
        "https://bücher.example",
        "https://shop.example.com?x",
        "https://user@shop.example.com",
        "https://a.*.example.com",
        "https://*",
        "//shop.example.com",
        "https://",
        "https://shop.example.com:0",
        "null",
        "*",
        "https://shop.example.com\n",
    ],
)
def test_wrong_origin_stops_the_start_and_is_named(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal, allowed(f"{SHOP},{wrong}", monkeypatch):
        pass
    assert (
        str(refusal.value).startswith("CORS_ALLOWED_ORIGINS must be "),
        repr(wrong)[1:-1] in str(refusal.value),
    ) == (
        True,
        True,
    )
