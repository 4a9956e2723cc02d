"""Accounts of customers: they register themselves, and choose a new password by e-mail."""

import urllib.parse
from collections.abc import Sequence

from django.conf import settings
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Lower
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from backend.personal_data import ERASED_PREFIX

MAIL_EVERY = 120  # s: mails are sent once in that time to one address, so that a stranger cannot fill a mailbox
SEPARATOR = "."  # in neither part of a code
NAME_LOCK = 0x4E41  # advisory locks of names
NAME_TAKEN = ("Somebody has this name already.", "unique")


@transaction.atomic
def register(*, username: str, email: str, password: str) -> User:
    """Create a customer. Django's ValidationError names everything that is wrong, by field."""
    username = User.normalize_username(username)
    user = User(username=username, email=User.objects.normalize_email(email))
    errors: dict[str, list[ValidationError]] = {}
    # Otherwise names that differ only in case could be registered at the same time.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(upper(%s)))", [NAME_LOCK, username])
    try:
        User._meta.get_field("username").run_validators(username)  # noqa: SLF001 - public, despite its name
    except ValidationError as error:
        errors["username"] = error.error_list
    if username.lower().startswith(ERASED_PREFIX) or User.objects.filter(username__iexact=username).exists():
        errors["username"] = [ValidationError(*NAME_TAKEN)]
    try:
        validate_password(password, user)
    except ValidationError as error:
        errors["password"] = error.error_list
    if errors:
        raise ValidationError(errors)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:  # another request was faster
        raise ValidationError({"username": ValidationError(*NAME_TAKEN)}) from error
    return user


def accounts_of(email: str) -> list[int]:
    """Ids of the accounts with this address that can be reset; an administrator resets those of staff."""
    return [user.pk for user in PasswordResetForm().get_users(email) if not user.is_staff]


def may_send_reset_codes(user_ids: Sequence[int]) -> bool:
    """Whether the address of these accounts may get mails now; those are then the only ones for MAIL_EVERY."""
    address = User.objects.filter(pk__in=user_ids).values_list(Lower("email"), flat=True).first()
    if address is None:
        return False
    digest = salted_hmac("backend.accounts", address, algorithm="sha256").hexdigest()
    return cache.add(f"password-reset:{digest}", 1, timeout=MAIL_EVERY)


def send_reset_code(user_id: int) -> bool:
    """Send a code for a new password to the account's address; whether a mail was sent. OSError when that fails."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return False
    code = f"{urlsafe_base64_encode(force_bytes(user.pk))}{SEPARATOR}{default_token_generator.make_token(user)}"
    context = {
        "shop": settings.SHOP_NAME,
        "user": user,
        "code": code,
        "address": settings.PASSWORD_RESET_URL.replace("{code}", urllib.parse.quote(code)),
        "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
    }
    text = render_to_string("backend/password_reset.txt", context)
    send_mail(f"{settings.SHOP_NAME}: a new password", text, None, [user.email])
    return True


def reset_password(*, code: str, password: str) -> None:
    """Set the password of the account that the code was sent to; django's ValidationError, by field.

    It ends the account's tokens and sessions, and the code.
    """
    key, _, token = code.partition(SEPARATOR)
    user = _user(key)
    if user is None or not default_token_generator.check_token(user, token):
        message = "It is wrong, was used, or has expired. Ask for a new one."
        raise ValidationError({"code": ValidationError(message, "invalid")})
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.error_list}) from error
    user.set_password(password)
    user.save(update_fields=["password"])


def _user(key: str) -> User | None:
    try:
        user_id = int(urlsafe_base64_decode(key))
        return User.objects.filter(pk=user_id, is_active=True, is_staff=False).first()
    except (ValueError, OverflowError):
        return None
