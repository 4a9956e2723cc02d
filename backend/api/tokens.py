"""Authentication by API token: `Authorization: Bearer <token>`, or `Token <token>`."""

from typing import Any

from django.http import HttpRequest
from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

SCHEMES = frozenset({"bearer", "token"})
CHALLENGE = "Bearer"
HEADER = "HTTP_AUTHORIZATION"  # in request.META
INVALID = "Invalid token."


class TokenAuthentication(KnoxAuthentication):  # type: ignore[misc] # knox has no types
    """The user of the token that a request has. An unusable header is an error, never an anonymous caller.

    `backend.middleware.TokenCallers` has checked it for every route, and stored the caller.
    """

    def authenticate(self, request: Request | HttpRequest) -> tuple[Any, Any] | None:
        if HEADER not in request.META:
            return None
        caller: tuple[Any, Any] | None = getattr(request, "token_caller", None)
        if caller:
            return caller
        scheme, _, token = request.META[HEADER].strip().partition(" ")
        if scheme.lower() not in SCHEMES or not token.strip() or len(token.split()) != 1:
            raise AuthenticationFailed("The Authorization header is not “Bearer <token>”.")
        return self.authenticate_credentials(token.strip().encode())

    def authenticate_credentials(self, token: bytes) -> tuple[Any, Any]:
        if not token.isascii():  # knox raises a UnicodeError
            raise AuthenticationFailed(INVALID)
        return super().authenticate_credentials(token)  # type: ignore[no-any-return]

    def authenticate_header(self, request: Request) -> str:
        del request
        return CHALLENGE
