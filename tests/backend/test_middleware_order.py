"""A new middleware covers every route, or the start is refused; the search API is protected."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils.deprecation import MiddlewareMixin
from django.utils.regex_helper import normalize

from backend.api.routes import SEARCH_PATHS

SUGGEST = "/search/suggest/?q=lap"
REFUSED = 451
VALUES = {"order_id": "0193c9a0-0000-7000-8000-000000000000", "app_label": "auth"}
SHORTCUT = settings.MIDDLEWARE.index("backend.middleware.SearchShortcut")


class Guard:
    """A security middleware that refuses every request."""

    def __init__(self, get_response: object) -> None:
        del get_response

    def __call__(self, _request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=REFUSED)


class ViewGuard(MiddlewareMixin):
    """One that refuses only when Django has found the view."""

    def process_view(self, *_: object) -> HttpResponse:
        return HttpResponse(status=REFUSED)


def with_guard_at(position: int, guard: type = Guard) -> list[str]:
    return [*settings.MIDDLEWARE[:position], f"{__name__}.{guard.__name__}", *settings.MIDDLEWARE[position:]]


def addresses(patterns: list[URLPattern | URLResolver], above: str = "/") -> Iterator[str]:
    """One address for each URL pattern of the project and of the admin."""
    for pattern in patterns:
        # The first of the forms that the pattern takes, with a value for each of its parameters.
        text, parameters = normalize(pattern.pattern.regex.pattern)[0]
        address = above + text % {name: VALUES.get(name, "1") for name in parameters}
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, address)
        else:
            yield address


@pytest.mark.unit
@pytest.mark.parametrize("position", range(SHORTCUT + 1))
def test_new_middleware_before_the_shortcut_covers_every_route(position: int) -> None:
    everywhere = set(addresses(get_resolver().url_patterns))
    assert {"/", "/search/products/", "/search/suggest/", "/search/clicks/", "/health/live", "/metrics"} < everywhere
    with override_settings(MIDDLEWARE=with_guard_at(position)):
        client = Client()
        statuses = {
            (method, address): client.generic(method, address).status_code
            for address in everywhere
            for method in ("GET", "POST")
        }
    assert {request: status for request, status in statuses.items() if status != REFUSED} == {}


@pytest.mark.unit
@pytest.mark.parametrize("position", range(SHORTCUT + 1, len(settings.MIDDLEWARE) + 1))
def test_new_middleware_after_the_shortcut_stops_the_start(position: int) -> None:
    with (
        override_settings(MIDDLEWARE=with_guard_at(position)),
        pytest.raises(ImproperlyConfigured, match=r"The search API would skip .*\.Guard"),
    ):
        Client().get("/")


@pytest.mark.unit
def test_new_middleware_that_the_shortcut_cannot_call_stops_the_start() -> None:
    with (
        override_settings(MIDDLEWARE=with_guard_at(0, ViewGuard)),
        pytest.raises(ImproperlyConfigured, match=r"The search API would skip .*\.ViewGuard"),
    ):
        Client().get("/")


@pytest.mark.unit
@pytest.mark.parametrize("path", sorted(SEARCH_PATHS))
def test_view_without_a_session_is_anonymous_and_throttled(path: str) -> None:
    view = resolve(path).func.cls  # type: ignore[attr-defined]  # of a class-based view
    assert (view.authentication_classes, view.throttle_scope in settings.THROTTLE_RATES) == ((), True)


@pytest.mark.service
@pytest.mark.django_db
def test_search_has_the_headers_that_protect_and_describe_it() -> None:
    response = Client().get(SUGGEST)
    assert (response["X-Frame-Options"], response["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert response["Content-Length"] == str(len(response.content))
    assert response["X-Request-ID"]
    assert "Set-Cookie" not in response


@pytest.mark.service
@pytest.mark.django_db
@pytest.mark.parametrize(("version", "status"), [("1", 200), ("9", 406)])
def test_unknown_version_is_refused(version: str, status: int) -> None:
    response = Client().get(SUGGEST, headers={"Accept": f"application/json; version={version}"})
    assert response.status_code == status


@pytest.mark.service
@pytest.mark.django_db
@pytest.mark.parametrize("value", ["json", "xml", ""])
@pytest.mark.parametrize("path", [SUGGEST, "/search/products/?q=lap", "/stores/?page=1"])
def test_format_is_no_parameter_of_a_view_with_one_renderer(path: str, value: str) -> None:
    response = Client().get(f"{path}&format={value}")
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "format")


@pytest.mark.service
@pytest.mark.django_db
def test_unknown_host_is_refused() -> None:
    response = Client(raise_request_exception=False).get(SUGGEST, headers={"Host": "somebody.else"})
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.service
@pytest.mark.django_db
def test_error_of_a_search_is_a_problem() -> None:
    response = Client().get("/search/suggest/?q=la")
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "q")


@pytest.mark.service
@pytest.mark.django_db
def test_search_is_counted_under_its_route() -> None:
    Client().get(SUGGEST)
    assert 'route="search/suggest/"' in Client().get("/metrics").content.decode()
