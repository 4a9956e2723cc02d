"""What happens to every request, API and pages alike. The order is in `settings.py`, the first one outermost."""

import functools
import ipaddress
import logging
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.signals import got_request_exception
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import render
from rest_framework.views import APIView

from backend.api import throttles
from backend.api.error_pages import API, wants_problem
from backend.api.problems import plain_problem
from backend.observability import metrics

GetResponse = Callable[[HttpRequest], HttpResponseBase]
logger = structlog.get_logger(__name__)

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


class RequestLog:
    """One log line and one measurement for each request, under an id of its own that the answer carries too.

    The line has no query string, address or user: what people look for is theirs. An error that nobody handled has its
    traceback in the line. It is written when the answer has been sent, so that nobody waits for it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        got_request_exception.connect(_keep_error)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started, request_id = time.perf_counter(), str(uuid.uuid4())  # never the client's: it could be anything
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
        response["X-Request-ID"] = request_id
        _observe(request, response, time.perf_counter() - started)
        when_sent: Any = response._resource_closers  # type: ignore[attr-defined]  # noqa: SLF001 - Django has no public way
        when_sent.append(functools.partial(_log, request, response, request_id))
        return response


def _keep_error(*, request: HttpRequest, **_: Any) -> None:
    request.META.setdefault(UNHANDLED, sys.exception())


UNHANDLED = "request.unhandled"


def _log(request: HttpRequest, response: HttpResponseBase, request_id: str) -> None:
    told = {"request_id": request_id, "code": response.status_code, "request": f"{request.method} {request.path}"}
    if error := request.META.get(UNHANDLED):
        logger.error("request_failed", exc_info=error, **told)
    else:
        logger.log(logging.ERROR if response.status_code >= SERVER_ERROR else logging.INFO, "request_finished", **told)


SERVER_ERROR = 500


def _observe(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    route = request.resolver_match.route if request.resolver_match else "none"
    method = request.method if request.method in KNOWN_METHODS else "other"
    metrics.requests.labels(method, route, response.status_code).observe(seconds)


KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


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


class PagePolicy(CSPMiddleware):
    """The content security policy of pages. Data runs nothing, and to write the policy out takes time."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if "json" in response.get("Content-Type", "") else super().process_response(request, response)


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
