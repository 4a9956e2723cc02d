"""Signing in by the shop's form, the admin's form, or the API's tokens.

Two protections against guessing: django-axes locks a name out for one address after
AXES_FAILURE_LIMIT failures, so that nobody can lock another person out from elsewhere; and a
throttle limits one address, whatever names it tries.
"""

import math
from collections.abc import Collection
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from drf_spectacular.utils import OpenApiResponse, extend_schema
from knox.models import get_token_model
from rest_framework import exceptions, serializers, status
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.api import throttles
from backend.api.tokens import TokenAuthentication
from backend.observability import metrics
from foundation import callers
from foundation.problems import ProblemDetailsSerializer

SCOPE = "sign-in"
UNKNOWN_ADDRESS = "::"  # of a Unix socket, or a proxy that names none: the column takes addresses only
WRONG = "Wrong name or password."
LOCKED_OUT = "Too many failed attempts to sign in. Try again later."


class AddressThrottle:
    """A backend that checks no password, and raises for an address that tries too often."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        del credentials
        wait = throttles.hit(SCOPE, callers.address(request))
        if wait is not None:
            request.axes_locked_out = True  # type: ignore[attr-defined] # read by axes' middleware
            request.sign_in_wait = wait  # type: ignore[attr-defined]
            raise PermissionDenied(LOCKED_OUT)


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """The response of axes' middleware to a caller that is locked out."""
    del response
    page = render(request, "429.html", {"why": LOCKED_OUT}, status=status.HTTP_429_TOO_MANY_REQUESTS)
    page["Retry-After"] = str(_seconds_locked_out(request, credentials))
    return page


def _seconds_locked_out(request: HttpRequest, credentials: dict[str, Any] | None) -> int:
    """How long the address must wait that tried too often, or this name from this address."""
    wait: float = getattr(request, "sign_in_wait", 0.0)
    if not wait:
        (attempts,) = AxesDatabaseHandler().get_user_attempts(request, credentials)
        by_age = list(attempts.order_by("attempt_time").values_list("attempt_time", "failures_since_start"))
        left = sum(failures for _, failures in by_age)
        for tried_at, failures in by_age:
            left -= failures
            if left < settings.AXES_FAILURE_LIMIT:
                wait = (tried_at + settings.AXES_COOLOFF_TIME - now()).total_seconds()
                break
    return max(1, math.ceil(wait))


def client_address(request: HttpRequest) -> str:
    """AXES_CLIENT_IP_CALLABLE: the address, or of IPv6 the network, that the throttle counts too."""
    return callers.network(request.META.get("REMOTE_ADDR", "")) or UNKNOWN_ADDRESS


def count_failure(sender: object, **_: Any) -> None:
    """Receiver of `user_login_failed`."""
    del sender
    metrics.failed_sign_ins.inc()


def notice_new_password(*, instance: User, update_fields: Collection[str] | None, **_: Any) -> None:
    """Receiver of `pre_save`, for `end_tokens_of_old_password`."""
    is_saved = update_fields is None or "password" in update_fields
    before = User.objects.filter(pk=instance.pk).values_list("password", flat=True).first() if is_saved else None
    instance.has_new_password = before not in {None, instance.password}  # type: ignore[attr-defined]


def end_tokens_of_old_password(*, instance: User, **_: Any) -> None:
    """Receiver of `post_save`: a new password ends the user's tokens, as Django ends sessions.

    Not before it is saved: a sign-in with the old one could add a token until then.
    """
    if instance.has_new_password:  # type: ignore[attr-defined]
        get_token_model().objects.filter(user=instance).delete()


@transaction.atomic
def _token_for(user: User) -> tuple[Any, str]:
    """A new token; AuthenticationFailed when the password that was checked is no longer the user's."""
    same = User.objects.filter(pk=user.pk, password=user.password, is_active=True).select_for_update(no_key=True)
    if same.values_list("pk", flat=True).first() is None:
        raise exceptions.AuthenticationFailed(WRONG)
    created: tuple[Any, str] = get_token_model().objects.create(user=user)
    return created


class CredentialsSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=128, trim_whitespace=False)

    def validate_username(self, name: str) -> str:
        """In the form in which names are registered; the pages' form does the same."""
        return User.normalize_username(name)


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="Send it as `Authorization: Bearer <token>`. It is shown only once.")
    expiry = serializers.DateTimeField()


class TokenView(APIView):
    """Tokens for the API. Only their hashes are stored, and they expire."""

    authentication_classes = (TokenAuthentication,)

    def get_permissions(self) -> list[BasePermission]:
        return [IsAuthenticated() if self.request.method == "DELETE" else AllowAny()]

    @extend_schema(
        operation_id="auth_token_create",
        auth=[],
        request=CredentialsSerializer,
        responses={
            201: TokenSerializer,
            401: OpenApiResponse(ProblemDetailsSerializer, "Wrong name or password."),
        },
    )
    def post(self, request: Request) -> Response:
        """Sign in by name and password and get a token."""
        credentials = CredentialsSerializer(data=request.data)
        credentials.is_valid(raise_exception=True)
        django_request = request._request  # noqa: SLF001 - axes cannot read DRF's
        user = authenticate(django_request, **credentials.validated_data)
        if getattr(django_request, "axes_locked_out", False):
            wait = _seconds_locked_out(django_request, credentials.validated_data)
            raise exceptions.Throttled(wait, LOCKED_OUT)
        if not isinstance(user, User):
            raise exceptions.AuthenticationFailed(WRONG)
        instance, token = _token_for(user)
        # Axes does this when a session begins.
        AxesDatabaseHandler().get_user_attempts(django_request, credentials.validated_data)[0].delete()
        return Response({"token": token, "expiry": instance.expiry}, status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="auth_token_destroy",
        request=None,
        responses={204: None, 401: OpenApiResponse(description="No valid token was sent.")},
    )
    def delete(self, request: Request) -> Response:
        """Sign out: the token that was sent is no longer valid."""
        request.auth.delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
