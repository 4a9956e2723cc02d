"""Our middlewares, for the API and pages alike; `settings.MIDDLEWARE` has their order."""

import functools
import io
import ipaddress
import re
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.deprecation import MiddlewareMixin
from django.utils.http import escape_leading_slashes
from django.utils.module_loading import import_string
from gunicorn.http.errors import ParseException
from rest_framework import status
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.views import APIView

from backend.api import throttles, tokens
from backend.api.problems import plain_problem, wants_problem
from backend.api.routes import API, SEARCH_PATHS
from backend.observability import metrics
from foundation import callers

logger = structlog.get_logger(__name__)

CACHED_ADDRESSES = 10_000
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# A probe must not depend on PostgreSQL, where the tokens are; the metrics have a token of their own.
OTHER_AUTHORIZATION = frozenset({"/health/live", "/health/ready", "/metrics"})
# What a session, a user, a form or a page needs.
SKIPPED_BY_SEARCH = frozenset(
    {
        "backend.middleware.PagePolicy",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django_htmx.middleware.HtmxMiddleware",
        "backend.middleware.PageThrottle",
        "axes.middleware.AxesMiddleware",
        "backend.middleware.NotAllowedPage",
        # Names spans after the route; the search API's are named after the method.
        "opentelemetry.instrumentation.django.middleware.otel_middleware._DjangoMiddleware",
    }
)
resolved = functools.cache(resolve)  # of SEARCH_PATHS only
COMPRESSED_FROM = 1024  # bytes; the answer then fits one packet anyway
NO_ROUTE = "(no route)"
REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")  # of the client: nothing that a log would trip over
UNHANDLED_ERROR = "request.unhandled_error"  # in request.META
COPIED_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate", "Vary")
TOO_MANY_REQUESTS = "You sent too many requests. Wait a moment, then try again."


class ClientAddress(MiddlewareMixin):
    """Puts the client's address into REMOTE_ADDR, for throttles, sign-in and idempotency.

    With TRUSTED_PROXIES = n, it is the n-th address from the right of X-Forwarded-For: those to its
    left are whatever the client claims. Without, the header is ignored.
    """

    def process_request(self, request: HttpRequest) -> None:
        forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "")
        if proxies := settings.TRUSTED_PROXIES:
            hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
            if len(hops) >= proxies:
                request.META["REMOTE_ADDR"] = hops[-proxies]
        # A Unix socket has no address.
        request.META["REMOTE_ADDR"] = _normalised_address(request.META.get("REMOTE_ADDR", ""))


@functools.lru_cache(CACHED_ADDRESSES)
def _normalised_address(text: str) -> str:
    """Without the port that some proxies add; ::ffff:192.0.2.1 as the IPv4 address that it is."""
    host = text[1:].partition("]")[0] if text.startswith("[") else text
    host = host.partition(":")[0] if host.count(":") == 1 else host
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return text
    return str(getattr(found, "ipv4_mapped", None) or found)


class RequestLog:
    """One log line and our metrics of each request, under an id that the response has too: the client's, or our own.

    The line has the route's pattern, and no path, query string, address, user agent or user: what
    people search for, and which order they look at, is private. An unhandled error has its traceback
    in the line.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started, request_id = time.perf_counter(), request.META.get("HTTP_X_REQUEST_ID", "")
        if not REQUEST_ID.fullmatch(request_id):
            request_id = str(uuid.uuid4())
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            route = request.resolver_match.route if request.resolver_match else None
            method = request.method if request.method in KNOWN_METHODS else "other"
            where = NO_ROUTE if route is None else f"/{route}"
            fields = {"request": f"{method} {where}", "code": response.status_code}
            if error := request.META.get(UNHANDLED_ERROR):
                logger.error("request_failed", exc_info=error, **fields)
            elif response.status_code >= status.HTTP_500_INTERNAL_SERVER_ERROR:
                logger.error("request_finished", **fields)
            else:
                logger.info("request_finished", **fields)
        response["X-Request-ID"] = request_id
        metrics.requests_of(method, route or "none", response.status_code).observe(time.perf_counter() - started)
        return response


@receiver(got_request_exception)
def keep_unhandled_error(*, request: HttpRequest | None = None, **_: Any) -> None:
    """Store it for the log line: the middlewares only see the response that Django makes of it."""
    if request is not None:
        request.META.setdefault(UNHANDLED_ERROR, sys.exception())


class ProblemResponses(MiddlewareMixin):
    """Replaces error pages, of Django and of packages, by problem details for programs."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_error = response.status_code >= status.HTTP_400_BAD_REQUEST
        if not is_error or "json" in response.get("Content-Type", "") or not wants_problem(request):
            return response
        problem = plain_problem(request.path, response.status_code)
        for header in COPIED_HEADERS:
            if header in response:
                problem[header] = response[header]
        problem.cookies = response.cookies
        return problem


class SlashRedirect(CommonMiddleware):
    """Django's, which adds a missing slash: by 308 where the method must stay, as 301 turns a POST into a GET."""

    def get_full_path_with_slash(self, request: HttpRequest) -> str:
        # Without Django's error about that, which it raises with DEBUG.
        return escape_leading_slashes(request.get_full_path(force_append_slash=True))

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        redirect = super().process_response(request, response)
        if redirect is not response and request.method not in {"GET", "HEAD"}:
            redirect.status_code = status.HTTP_308_PERMANENT_REDIRECT
        return redirect


class ChunkedBodies(MiddlewareMixin):
    """Reads a body without a length (`Transfer-Encoding: chunked`), which Django and DRF take for an empty one.

    At most as much is read as the view takes. The web server has checked and joined the chunks.
    """

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if "chunked" not in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
            return None
        if not request.META.get("wsgi.input_terminated"):  # a server that does not join them
            return plain_problem(request.path, status.HTTP_411_LENGTH_REQUIRED)
        try:
            view = resolve(request.path_info).func
        except Resolver404:
            view = None
        limit = getattr(getattr(view, "cls", None), "max_body_size", settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        try:
            body = request.META["wsgi.input"].read(limit + 1)
        except (OSError, ParseException):  # gunicorn's: the body ends too early, or is not in chunks
            return plain_problem(request.path, status.HTTP_400_BAD_REQUEST)
        if len(body) > limit:
            return plain_problem(request.path, status.HTTP_413_REQUEST_ENTITY_TOO_LARGE)
        request.META["CONTENT_LENGTH"] = str(len(body))
        request._stream = io.BytesIO(body)  # noqa: SLF001 - Django made one of no length
        return None


class TokenCallers(MiddlewareMixin):
    """Refuses an unusable Authorization header on every route: such a caller must not pass for a guest."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if tokens.HEADER not in request.META or request.path_info in OTHER_AUTHORIZATION:
            return None
        try:
            request.token_caller = tokens.TokenAuthentication().authenticate(request)  # type: ignore[attr-defined]
        except AuthenticationFailed as error:
            refusal = plain_problem(request.path, error.status_code, str(error.detail))
            refusal["WWW-Authenticate"] = tokens.CHALLENGE
            return refusal
        return None


class CompressedAnswers(GZipMiddleware):
    """Compresses JSON that is the same for everybody: the search API's, and what proxies may store.

    Other answers may hold a secret (a token, a guest's order). An attacker who can add text beside it
    could guess it from the compressed length (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_public = request.path_info in SEARCH_PATHS or response.get("Cache-Control", "").startswith("public")
        is_json = "json" in response.get("Content-Type", "")
        if not is_public or not is_json or int(response.get("Content-Length", "0")) < COMPRESSED_FROM:
            return response
        return super().process_response(request, response)


class SearchShortcut:
    """Calls the views of the search API, which are anonymous, without the middlewares of pages.

    It gains 14 % of one client's p50 (docs/decisions/standard-parts.md). It fails safe: a
    middleware before it covers every route, and one that follows or has a process_view stops the
    start unless SKIPPED_BY_SEARCH has it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        position = settings.MIDDLEWARE.index(f"{__name__}.{type(self).__name__}")
        skipped = set(settings.MIDDLEWARE[position + 1 :])
        skipped |= {name for name in settings.MIDDLEWARE if hasattr(import_string(name), "process_view")}
        if unknown := skipped - SKIPPED_BY_SEARCH:
            raise ImproperlyConfigured(
                f"The search API would skip {', '.join(sorted(unknown))}: place it before SearchShortcut in "
                "MIDDLEWARE, without process_view, or list it in SKIPPED_BY_SEARCH"
            )

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info not in SEARCH_PATHS:
            return self.get_response(request)
        request.resolver_match = resolved(request.path_info, settings.ROOT_URLCONF)
        response: HttpResponseBase = request.resolver_match.func(request)
        if hasattr(response, "render"):  # otherwise Django's handler does it
            response.render()
        return response


class PagePolicy(CSPMiddleware):
    """The content security policy of pages. JSON runs no scripts, and building the policy takes time."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if "json" in response.get("Content-Type", ""):
            return response
        return super().process_response(request, response)


class PrivateResponses(MiddlewareMixin):
    """Forbids caching of API responses for one caller: orders, tokens, a signed-in user's."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if "Cache-Control" in response or not API.match(request.path_info):
            return response
        if (
            callers.is_named(request)
            or request.method not in {"GET", "HEAD"}
            or request.path_info.startswith("/orders/")
        ):
            response["Cache-Control"] = "private, no-store"
        return response


class PageThrottle(MiddlewareMixin):
    """Limits how often a caller may request pages; API views have DRF's throttles.

    A view may name another `throttle_scope`, or None for no limit.
    """

    def process_view(self, request: HttpRequest, view: Any, *_: Any) -> HttpResponse | None:
        cls = getattr(view, "cls", None) or getattr(view, "view_class", view)
        scope = getattr(cls, "throttle_scope", "pages")
        if scope is None or (isinstance(cls, type) and issubclass(cls, APIView)):
            return None
        wait = throttles.hit(scope, throttles.caller(request))
        if wait is None:
            return None
        refusal = render(request, "429.html", {"why": TOO_MANY_REQUESTS}, status=status.HTTP_429_TOO_MANY_REQUESTS)
        refusal["Retry-After"] = str(int(wait))
        return refusal


class NotAllowedPage(MiddlewareMixin):
    """Gives people a page where a view refused their method: Django's own response is empty."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not isinstance(response, HttpResponseNotAllowed) or wants_problem(request):
            return response
        page = render(request, "405.html", status=response.status_code)
        page["Allow"] = response["Allow"]
        return page
