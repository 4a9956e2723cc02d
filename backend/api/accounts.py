"""Registering, and a new password by e-mail. No answer says whether an address has an account."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError as DjangoValidationError
from drf_spectacular.utils import OpenApiResponse, extend_schema
from knox.models import get_token_model
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.fields import get_error_detail
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from backend import accounts
from backend.api.sign_in import TokenSerializer
from backend.api.tokens import TokenAuthentication
from backend.tasks import queue_reset_codes
from foundation.parameters import StrictParameters
from foundation.problems import ProblemDetailsSerializer

SCOPE = "accounts"
MAX_PASSWORD = 128  # characters, as for signing in


def _password() -> serializers.CharField:
    return serializers.CharField(max_length=MAX_PASSWORD, trim_whitespace=False)


class RegistrationSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    email = serializers.EmailField(max_length=254)
    password = _password()


class ResetRequestSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)


class NewPasswordSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=200, help_text="From the mail.")
    password = _password()


class AccountView(StrictParameters):
    """Without sessions: a page of another site could send a shopper's cookies."""

    authentication_classes = (TokenAuthentication,)
    permission_classes = (AllowAny,)
    throttle_scope = SCOPE

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, DjangoValidationError):
            exc = ValidationError(get_error_detail(exc))
        return super().handle_exception(exc)


class RegisterView(AccountView):
    @extend_schema(
        operation_id="auth_register",
        auth=[],
        request=RegistrationSerializer,
        responses={201: TokenSerializer, 403: OpenApiResponse(ProblemDetailsSerializer, "REGISTRATION is off.")},
    )
    def post(self, request: Request) -> Response:
        """Register as a customer and get a token."""
        if not settings.REGISTRATION:
            raise PermissionDenied("This shop creates the accounts of its customers itself.")
        body = RegistrationSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user = accounts.register(**body.validated_data)
        instance, token = get_token_model().objects.create(user=user)
        return Response({"token": token, "expiry": instance.expiry}, status=status.HTTP_201_CREATED)


class ResetRequestView(AccountView):
    @extend_schema(
        operation_id="auth_password_reset",
        auth=[],
        request=ResetRequestSerializer,
        responses={202: OpenApiResponse(description="If the address has an account, a code is sent to it.")},
    )
    def post(self, request: Request) -> Response:
        """Ask for a code for a new password, by e-mail. The answer is the same for every address."""
        body = ResetRequestSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        queue_reset_codes(body.validated_data["email"])
        return Response(status=status.HTTP_202_ACCEPTED)


class NewPasswordView(AccountView):
    throttle_scope = "sign-in"

    @extend_schema(
        operation_id="auth_password_reset_confirm",
        auth=[],
        request=NewPasswordSerializer,
        responses={204: OpenApiResponse(description="The password is changed; tokens and sessions have ended.")},
    )
    def post(self, request: Request) -> Response:
        """Choose a new password with a code from a mail."""
        body = NewPasswordSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        accounts.reset_password(**body.validated_data)
        return Response(status=status.HTTP_204_NO_CONTENT)
