"""One error body for the whole API, RFC 9457 problem details, and the one table from domain errors to HTTP status.

Body: {type, title, status, detail, instance, errors: [{field, message}], ...members of the domain error}.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from orders.errors import (
    InvalidOrderError,
    KeyReusedError,
    NotCancellableError,
    OrderRejectedError,
    RequestInProgressError,
)
from search_api.errors import SearchError
from stores.errors import OutdatedCountError, StockOutOfRangeError

CONTENT_TYPE = "application/problem+json"

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


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer for an error raised in an API view; None lets an unknown one become a 500."""
    found = _status(error)
    if found is None:
        return None
    set_rollback()
    body = {
        "type": "about:blank",
        "title": _title(error),
        "status": found,
        "detail": _detail(error),
        "instance": context["request"].path,
        **_members(error),
    }
    return Response(body, status=found, headers=_headers(error), content_type=CONTENT_TYPE)


def _status(error: Exception) -> int | None:
    if isinstance(error, exceptions.APIException):
        return error.status_code
    return next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), None)


def _title(error: Exception) -> str:
    default = getattr(error, "default_detail", None)
    return str(getattr(error, "title", None) or default or type(error).__name__)


def _detail(error: Exception) -> str:
    if isinstance(error, exceptions.ValidationError):
        return "; ".join(f"{field}: {message}" for field, message in _flat(error.detail))
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
        headers["Retry-After"] = str(int(wait))
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
