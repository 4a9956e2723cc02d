"""One error body for the whole API, RFC 9457 problem details, and the one table from domain errors to HTTP status.

Body: {type, title, status, detail, instance, errors: [{field, message}], ...members of the domain error}.
"""

import math
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from backend.api.renderers import OrjsonRenderer
from foundation.errors import KeyReusedError, RequestInProgressError
from orders.errors import (
    InvalidOrderError,
    NotCancellableError,
    OrderRejectedError,
)
from search_api.errors import SearchError
from stores.errors import OutdatedCountError, StockOutOfRangeError

logger = structlog.get_logger(__name__)

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER = "5"  # seconds, when PostgreSQL cannot be reached

# Domain error -> status. Nothing else in the project decides a status for a domain error.
STATUS_OF: dict[type[Exception], int] = {
    Http404: status.HTTP_404_NOT_FOUND,
    PermissionDenied: status.HTTP_403_FORBIDDEN,
    InvalidOrderError: status.HTTP_400_BAD_REQUEST,
    OrderRejectedError: status.HTTP_409_CONFLICT,
    NotCancellableError: status.HTTP_409_CONFLICT,
    RequestInProgressError: status.HTTP_409_CONFLICT,
    KeyReusedError: status.HTTP_422_UNPROCESSABLE_ENTITY,
    StockOutOfRangeError: status.HTTP_409_CONFLICT,
    OutdatedCountError: status.HTTP_409_CONFLICT,
    SearchError: status.HTTP_400_BAD_REQUEST,
}

# Answers that no API view gave: routes that do not exist, requests that Django itself refuses.
DETAIL_OF = {
    status.HTTP_400_BAD_REQUEST: "The request was refused before it was read: its host, headers or body are malformed.",
    status.HTTP_403_FORBIDDEN: "You may not do this.",
    status.HTTP_404_NOT_FOUND: "There is nothing at this address.",
    status.HTTP_405_METHOD_NOT_ALLOWED: "This address does not take that method.",
    status.HTTP_413_REQUEST_ENTITY_TOO_LARGE: "The body is too large.",
    status.HTTP_429_TOO_MANY_REQUESTS: "Too many attempts; try again later.",
    status.HTTP_500_INTERNAL_SERVER_ERROR: "Something went wrong here. It has been recorded.",
    # The answer to a commit may be what was lost, so this does not say that nothing was saved.
    status.HTTP_503_SERVICE_UNAVAILABLE: (
        "The database cannot be reached. Try again; what was being saved may have been, "
        "and an order with an Idempotency-Key is not placed twice."
    ),
}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer for an error raised in an API view; None lets an unknown one become a 500."""
    found = _status(error)
    if found is None:
        return None
    if is_outage(error):
        logger.error("PostgreSQL cannot serve", error=f"{type(error).__name__}: {error}")
    set_rollback()
    request = context["request"]
    # Whatever was asked for, also where nothing acceptable can be rendered, an error is JSON.
    request.accepted_renderer, request.accepted_media_type = OrjsonRenderer(), OrjsonRenderer.media_type
    body = {
        "type": "about:blank",
        "title": str(getattr(error, "title", None) or HTTPStatus(found).phrase),
        "status": found,
        "detail": _detail(error),
        "instance": request.path,
        **_members(error),
    }
    return Response(body, status=found, headers=_headers(error), content_type=CONTENT_TYPE)


def plain_problem(path: str, code: int) -> HttpResponse:
    """The body for an answer that no API view gave."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(code).phrase,
        "status": code,
        "detail": DETAIL_OF.get(code, HTTPStatus(code).description),
        "instance": path,
    }
    return HttpResponse(orjson.dumps(body), status=code, content_type=CONTENT_TYPE)


def is_outage(error: BaseException | None) -> bool:
    """Whether the error means that PostgreSQL cannot serve just now, rather than that the code is wrong."""
    return isinstance(error, OperationalError | InterfaceError)


def _status(error: Exception) -> int | None:
    if isinstance(error, exceptions.APIException):
        return error.status_code
    if is_outage(error):
        return status.HTTP_503_SERVICE_UNAVAILABLE
    return next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), None)


def _detail(error: Exception) -> str:
    if isinstance(error, exceptions.ValidationError):
        return "; ".join(f"{field}: {message}" for field, message in _flat(error.detail))
    if is_outage(error):  # its text names hosts and users
        return DETAIL_OF[status.HTTP_503_SERVICE_UNAVAILABLE]
    return str(getattr(error, "detail", error))


def _members(error: Exception) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        return {"errors": [{"field": field, "message": message} for field, message in _flat(error.detail)]}
    members: dict[str, Any] = getattr(error, "members", {})
    return members


def _headers(error: Exception) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    if is_outage(error):
        headers["Retry-After"] = RETRY_AFTER
    return headers


def _flat(detail: Any, path: str = "") -> list[tuple[str, str]]:
    """Every message of a nested error detail with the path of its field, as items[2].quantity."""
    if isinstance(detail, dict):
        return [row for key, value in detail.items() for row in _flat(value, _below(path, key))]
    if isinstance(detail, list | tuple):
        nested = any(isinstance(value, dict) for value in detail)
        return [
            row for place, value in enumerate(detail) for row in _flat(value, f"{path}[{place}]" if nested else path)
        ]
    return [(path or "body", str(detail))]


def _below(path: str, key: object) -> str:
    if key == "non_field_errors":
        return path
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else str(key)
