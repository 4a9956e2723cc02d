"""Checks of environment variables for `settings.py`; errors name the variable."""

import re

import limits
from django.core.exceptions import ImproperlyConfigured

SECRET_LENGTH = 32  # characters
DEVELOPMENT_SECRET = "for development only; production refuses to start with it"  # noqa: S105 - not a secret


def distinct_secret(value: str, *, debug: bool) -> str:
    """The given SECRET_KEY; without DEBUG it must be set, long, and not the development one."""
    if debug:
        return value or DEVELOPMENT_SECRET
    if len(value) < SECRET_LENGTH or value == DEVELOPMENT_SECRET:
        raise ImproperlyConfigured(
            f"SECRET_KEY must be set to at least {SECRET_LENGTH} random characters (or set DEBUG=true to develop)"
        )
    return value


def index_prefix(value: str) -> str:
    """INDEX_PREFIX, before every index name, so that several installations can share a cluster."""
    if not re.fullmatch(r"([a-z0-9][a-z0-9_-]*)?", value):
        raise ImproperlyConfigured(
            f"INDEX_PREFIX is lower-case letters, digits, '-' and '_', starting with a letter or digit, not {value!r}"
        )
    return value


def positive_seconds(name: str, value: float) -> float:
    if value <= 0:
        raise ImproperlyConfigured(f"{name} must be a number of seconds above 0, not {value}")
    return value


def checking_certificates(url: str) -> str:
    """The URL of Redis for Celery, which accepts any certificate unless the URL forbids it."""
    if not url.startswith("rediss://") or "ssl_cert_reqs=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}ssl_cert_reqs=required"


def throttle_rate(name: str, value: str) -> str:
    try:
        if value != "off":
            limits.parse(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is a rate such as 60/minute or 5/second, or off, not {value!r}") from error
    return value
