"""The `type` of every problem: a stable code that programs compare, as the path of a page that explains it.

A domain error's code is its class's name, so a class is not renamed once it has been published:
`docs/errors.md` lists the codes, and a test compares.
"""

import re
from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions, status

ROOT = "/problems/"  # of the URI reference that a body has
INVALID_KEY, KEY_REQUIRED = "invalid-api-key", "api-key-required"
KEY_NOT_FOR_ROUTE, KEY_NOT_FOR_ORIGIN = "api-key-not-for-this-route", "api-key-not-for-this-origin"
SERVER_KEY_IN_PAGE, BAD_SHOPPER_ADDRESS = "server-key-in-a-page", "invalid-shopper-address"
DATABASE_UNAVAILABLE = "database-unavailable"

# Of errors that are not the project's own; the first class that fits.
CODES: dict[type[Exception], str] = {
    exceptions.ValidationError: "invalid-parameters",
    exceptions.ParseError: "malformed-body",
    exceptions.NotAuthenticated: "not-signed-in",
    Http404: "not-found",
    PermissionDenied: "forbidden",
    OperationalError: DATABASE_UNAVAILABLE,
    InterfaceError: DATABASE_UNAVAILABLE,
}
# Of all others: what Django, DRF and the web server refuse.
CODES_BY_STATUS = {
    status.HTTP_400_BAD_REQUEST: "malformed-request",
    status.HTTP_401_UNAUTHORIZED: "invalid-credentials",
    status.HTTP_403_FORBIDDEN: "forbidden",
    status.HTTP_404_NOT_FOUND: "not-found",
    status.HTTP_405_METHOD_NOT_ALLOWED: "method-not-allowed",
    status.HTTP_406_NOT_ACCEPTABLE: "not-acceptable",
    status.HTTP_411_LENGTH_REQUIRED: "length-required",
    status.HTTP_412_PRECONDITION_FAILED: "precondition-failed",
    status.HTTP_413_REQUEST_ENTITY_TOO_LARGE: "body-too-large",
    status.HTTP_414_REQUEST_URI_TOO_LONG: "address-too-long",
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: "unsupported-media-type",
    status.HTTP_429_TOO_MANY_REQUESTS: "too-many-requests",
    status.HTTP_500_INTERNAL_SERVER_ERROR: "internal-error",
    status.HTTP_503_SERVICE_UNAVAILABLE: DATABASE_UNAVAILABLE,
}
WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def code_of(error: Exception, code: int) -> str:
    """The code of an error that becomes a response with this status."""
    for kind, known in CODES.items():
        if isinstance(error, kind):
            return known
    if isinstance(error, exceptions.APIException):
        return code_of_status(code)
    return code_of_class(type(error))


def code_of_class(kind: type[Exception]) -> str:
    """OrderRejectedError: order-rejected."""
    return CODES.get(kind) or WORD.sub("-", kind.__name__.removesuffix("Error")).lower()


def code_of_status(code: int) -> str:
    return CODES_BY_STATUS.get(code) or HTTPStatus(code).phrase.lower().replace(" ", "-")
