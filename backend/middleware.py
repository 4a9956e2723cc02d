"""What happens to every request, API and pages alike. The order is in `settings.py`, the first one outermost."""

import functools
import ipaddress
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django_structlog.middlewares.request import RequestMiddleware
from django_structlog.signals import bind_extra_request_failed_metadata
from rest_framework import status
from rest_framework.views import APIView

from backend.api import throttles
from backend.api.error_pages import API, wants_problem
from backend.api.problems import is_outage, plain_problem
from backend.observability import metrics

GetResponse = Callable[[HttpRequest], HttpResponseBase]

KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate", "Vary")


class ClientAddress:
    """Puts the client's address into REMOTE_ADDR, for throttles, sign-in protection and idempotency alike.

    With TRUSTED_PROXIES = n, it is the n-th address from the right of X-Forwarded-For: those to its left are whatever
    the client claims. Without, the header is ignored.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        hops = [hop.strip() for hop in request.META.pop("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        proxies = settings.TRUSTED_PROXIES
        if proxies and len(hops) >= proxies:
            request.META["REMOTE_ADDR"] = hops[-proxies]
        request.META["REMOTE_ADDR"] = _address(request.META.get("REMOTE_ADDR", ""))  # a unix socket has none
        return self.get_response(request)


@functools.lru_cache(10_000)
def _address(text: str) -> str:
    """An address in its one form. Some proxies add a port; a socket for both kinds says ::ffff:192.0.2.1 of IPv4."""
    host = text[1:].partition("]")[0] if text.startswith("[") else text
    host = host.partition(":")[0] if host.count(":") == 1 else host
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return text
    return str(getattr(found, "ipv4_mapped", None) or found)


class RequestLog(RequestMiddleware):  # type: ignore[misc] # published without types
    """django-structlog's log line and our measurement of each request, under an id that the response carries too.

    The line has no query string, address, user agent or user: what people search for is private. An unhandled error
    has its traceback in the line.
    """

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        response: HttpResponseBase = super().__call__(request)
        route = request.resolver_match.route if request.resolver_match else "none"
        method = request.method if request.method in KNOWN_METHODS else "other"
        metrics.requests.labels(method, route, response.status_code).observe(time.perf_counter() - started)
        return response

    def handle_response(self, request: HttpRequest, response: HttpResponseBase) -> None:
        response["X-Request-ID"] = structlog.contextvars.get_contextvars()["request_id"]
        super().handle_response(request, response)


@receiver(bind_extra_request_failed_metadata)
def log_outage_as_503(*, exception: Exception, log_kwargs: dict[str, Any], **_: Any) -> None:
    """django-structlog logs every unhandled error as 500, before the response is there."""
    if is_outage(exception):
        log_kwargs["code"] = status.HTTP_503_SERVICE_UNAVAILABLE


class ProblemBodies:
    """Gives programs a problem body where an error was answered outside the API's views: by Django, or by a package."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code < HTTP_ERROR or "json" in response.get("Content-Type", ""):
            return response
        return _as_problem(request, response) if wants_problem(request) else response


HTTP_ERROR = 400


class PrivateAnswers:
    """Keeps what the API tells one caller out of every cache: orders, tokens, and whatever was asked for by name."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if "Cache-Control" not in response and API.match(request.path) and _is_private(request):
            response["Cache-Control"] = "private, no-store"
        return response


def _is_private(request: HttpRequest) -> bool:
    named = "HTTP_AUTHORIZATION" in request.META or ("HTTP_COOKIE" in request.META and _has_session(request))
    return named or request.method not in {"GET", "HEAD"} or request.path.startswith("/orders/")


def _has_session(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES


class PageThrottle:
    """Limits how often pages are asked for; API views have DRF's throttles.

    A view may name another `throttle_scope`, or None for no limit.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponse | None:
        """Refuse the page, or let it go on."""
        cls = getattr(view, "cls", None) or getattr(view, "view_class", view)
        scope = getattr(cls, "throttle_scope", "pages")
        if scope is None or (isinstance(cls, type) and issubclass(cls, APIView)):
            return None
        wait = throttles.hit(scope, throttles.caller(request))
        if wait is None:
            return None
        refusal = render(request, "429.html", {"why": TOO_OFTEN}, status=429)
        refusal["Retry-After"] = str(int(wait))
        return refusal


TOO_OFTEN = "You ask too often. Wait a moment, then try again."


class NotAllowedPage:
    """Gives people a page where a view refused their method: Django answers that with nothing at all."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or wants_problem(request):
            return response
        page = render(request, "405.html", status=response.status_code)
        page["Allow"] = response["Allow"]
        return page


def _as_problem(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    problem = plain_problem(request.path, response.status_code)
    for header in KEPT_HEADERS:
        if header in response:
            problem[header] = response[header]
    problem.cookies = response.cookies
    return problem
