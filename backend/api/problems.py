"""Error bodies, RFC 9457 problem details, and the one table from domain errors to HTTP status.

Body: {type, title, status, detail, instance, errors: [{field, code, message}], ...members of the
domain error}. Programs get it for every error, people with a browser get a page.
"""

import math
import sys
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.views import defaults
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from backend.api import problem_types
from backend.api.renderers import OrjsonRenderer
from backend.api.routes import API
from backend.errors import MailUnavailableError
from foundation.errors import KeyReusedError, RequestInProgressError
from orders.errors import (
    InvalidOrderError,
    NotCancellableError,
    OrderRejectedError,
    PriceChangedError,
    TooManyConfirmationsError,
)
from products.errors import InvalidProductError, MayNotCreateError, NoSuchProductError, ProductChangedError
from search_api.errors import BadCursorError, NoTimeLeftError, TooManyCursorsError
from stores.errors import OutdatedCountError, StockOutOfRangeError
from webhooks.errors import BadUrlError, NotActiveError

logger = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER = "5"  # seconds, when PostgreSQL is unavailable

# Domain error -> status. Nothing else in the project decides a status for a domain error.
STATUS_OF: dict[type[Exception], int] = {
    Http404: status.HTTP_404_NOT_FOUND,
    PermissionDenied: status.HTTP_403_FORBIDDEN,
    InvalidOrderError: status.HTTP_400_BAD_REQUEST,
    OrderRejectedError: status.HTTP_409_CONFLICT,
    PriceChangedError: status.HTTP_409_CONFLICT,
    TooManyConfirmationsError: status.HTTP_429_TOO_MANY_REQUESTS,
    NotCancellableError: status.HTTP_409_CONFLICT,
    RequestInProgressError: status.HTTP_409_CONFLICT,
    KeyReusedError: status.HTTP_422_UNPROCESSABLE_ENTITY,
    InvalidProductError: status.HTTP_400_BAD_REQUEST,
    MayNotCreateError: status.HTTP_403_FORBIDDEN,
    NoSuchProductError: status.HTTP_404_NOT_FOUND,
    ProductChangedError: status.HTTP_412_PRECONDITION_FAILED,
    StockOutOfRangeError: status.HTTP_409_CONFLICT,
    OutdatedCountError: status.HTTP_409_CONFLICT,
    BadCursorError: status.HTTP_400_BAD_REQUEST,
    TooManyCursorsError: status.HTTP_429_TOO_MANY_REQUESTS,
    BadUrlError: status.HTTP_400_BAD_REQUEST,
    NotActiveError: status.HTTP_409_CONFLICT,
    NoTimeLeftError: status.HTTP_503_SERVICE_UNAVAILABLE,
    MailUnavailableError: status.HTTP_503_SERVICE_UNAVAILABLE,
    OperationalError: status.HTTP_503_SERVICE_UNAVAILABLE,
    InterfaceError: status.HTTP_503_SERVICE_UNAVAILABLE,
}

# Errors from outside the API's views: routes that do not exist, requests that Django itself
# refuses.
DETAIL_OF = {
    status.HTTP_400_BAD_REQUEST: "The request was refused before it was read: its host, headers or body are malformed.",
    status.HTTP_403_FORBIDDEN: "You may not do this.",
    status.HTTP_404_NOT_FOUND: "There is nothing at this address.",
    status.HTTP_405_METHOD_NOT_ALLOWED: "This address does not take that method.",
    status.HTTP_412_PRECONDITION_FAILED: "The answer is not in the state that If-Match or If-Unmodified-Since names.",
    status.HTTP_413_REQUEST_ENTITY_TOO_LARGE: "The body is too large.",
    status.HTTP_429_TOO_MANY_REQUESTS: "Too many attempts; try again later.",
    status.HTTP_500_INTERNAL_SERVER_ERROR: "Something went wrong here. It has been recorded.",
    # The response to a commit may be what was lost, so this does not say that nothing was saved.
    status.HTTP_503_SERVICE_UNAVAILABLE: (
        "The database cannot be reached. Try again; what was being saved may have been, "
        "and an order with an Idempotency-Key is not placed twice."
    ),
}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Respond to an error raised in an API view; None lets an unknown one become a 500."""
    if isinstance(error, exceptions.APIException):
        code = error.status_code
    else:
        code = next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), 0)
    if not code:
        return None
    detail = str(getattr(error, "detail", error)) or DETAIL_OF.get(code, "")
    members, headers = getattr(error, "members", {}), {}
    if isinstance(error, exceptions.ValidationError):
        fields = list(_messages(error.detail))
        detail = "; ".join(f"{field}: {message}" for field, _, message in fields)
        names = ("field", "code", "message")
        members = {"errors": [dict(zip(names, field, strict=True)) for field in fields]}
    if _is_outage(error):
        logger.error("PostgreSQL cannot serve", error=f"{type(error).__name__}: {error}")
        detail = DETAIL_OF[code]  # the error's own text names hosts and users
        headers["Retry-After"] = RETRY_AFTER
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    set_rollback()
    request = context["request"]
    # An error is JSON whatever the client accepts, also where nothing acceptable can be rendered.
    request.accepted_renderer, request.accepted_media_type = OrjsonRenderer(), OrjsonRenderer.media_type
    title = getattr(error, "title", None)
    body = _problem(request.path, code, detail, title=title, kind=problem_types.code_of(error, code)) | members
    return Response(body, status=code, headers=headers, content_type=CONTENT_TYPE)


def plain_problem(path: str, code: int, detail: str = "", *, kind: str = "") -> HttpResponse:
    """The response to an error from outside the API's views."""
    detail = detail or DETAIL_OF.get(code, HTTPStatus(code).description)
    body = _problem(path, code, detail, kind=kind or problem_types.code_of_status(code))
    return HttpResponse(orjson.dumps(body), status=code, content_type=CONTENT_TYPE)


def _problem(path: str, code: int, detail: str, *, kind: str, title: str | None = None) -> dict[str, Any]:
    title = str(title or HTTPStatus(code).phrase)
    reference = f"{problem_types.ROOT}{kind}"
    return {"type": reference, "title": title, "status": code, "detail": detail, "instance": path}


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500: a page with 500, or 503 when PostgreSQL is unavailable."""
    is_outage = _is_outage(sys.exception())
    page: HttpResponse = defaults.server_error(request, "503.html" if is_outage else "500.html")
    if is_outage:
        page.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
        page["Retry-After"] = RETRY_AFTER
    return page


def wants_problem(request: HttpRequest) -> bool:
    """Whether an error becomes a problem: always below the API's roots, else not for browsers."""
    if API.match(request.path_info):
        return True
    return "text/html" not in request.headers.get("Accept", "") and "HX-Request" not in request.headers


def _is_outage(error: BaseException | None) -> bool:
    """Whether the error means that PostgreSQL is unavailable, not that the code is wrong."""
    return isinstance(error, OperationalError | InterfaceError)


def _messages(detail: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Path of the field, such as items[2].quantity, with code and text of each message in a nested detail."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            if key == "non_field_errors":
                below = path
            elif isinstance(key, int):
                below = f"{path}[{key}]"
            else:
                below = f"{path}.{key}" if path else str(key)
            yield from _messages(value, below)
    elif isinstance(detail, list | tuple):
        nested = any(isinstance(value, dict) for value in detail)
        for place, value in enumerate(detail):
            yield from _messages(value, f"{path}[{place}]" if nested else path)
    else:
        yield path or "body", str(getattr(detail, "code", "invalid")), str(detail)
