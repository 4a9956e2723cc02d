"""Environment variables with checks, for `settings.py`; errors name the variable."""

import ipaddress
import re
from collections.abc import Collection, Iterable
from typing import Any

import environ
import limits
from babel import Locale
from babel.core import UnknownLocaleError
from babel.numbers import is_currency
from django.core.exceptions import ImproperlyConfigured

from foundation import origins

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


SECRET_LENGTH = 32  # characters
DEVELOPMENT_SECRET = "for development only; production refuses to start with it"  # noqa: S105 - not a secret


class Environment(environ.Env):  # type: ignore[misc]
    def secret(self, name: str, *, debug: bool) -> str:
        """A key that without DEBUG must be set, long, and not the development one."""
        value: str = self.str(name, default="")
        if debug:
            return value or DEVELOPMENT_SECRET
        if len(value) < SECRET_LENGTH or value == DEVELOPMENT_SECRET:
            raise ImproperlyConfigured(
                f"{name} must be set to at least {SECRET_LENGTH} random characters (or set DEBUG=true to develop)"
            )
        return value

    def script_name(self, name: str) -> str:
        """A path such as /shop, without a slash at the end; '' for the root."""
        value: str = self.str(name, default="")
        if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*", value):
            raise ImproperlyConfigured(f"{name} is a path such as /shop, without a slash at its end, not {value!r}")
        return value

    def index_prefix(self, name: str) -> str:
        """Before every index name, so that several installations can share a cluster."""
        value: str = self.str(name, default="")
        if not re.fullmatch(r"([a-z0-9][a-z0-9_-]*)?", value):
            raise ImproperlyConfigured(
                f"{name} is lower-case letters, digits, '-' and '_', starting with a letter or digit, not {value!r}"
            )
        return value

    def postgresql(self, name: str, default: str) -> dict[str, Any]:
        """The database of a URL as Django's setting; empty for no URL."""
        url: str = self.str(name, default=default)
        database: dict[str, Any] = self.db_url_config(url) if url else {}
        if database and database["ENGINE"] != "django.db.backends.postgresql":
            raise ImproperlyConfigured(
                f"{name} must name a PostgreSQL database: postgres://user:password@host:port/name"
            )
        return database

    def choice(self, name: str, choices: Collection[str], default: str) -> str:
        value: str = self.str(name, default=default)
        if value not in choices:
            raise ImproperlyConfigured(f"{name} is one of {', '.join(sorted(choices))}, not {value!r}")
        return value

    def currency(self, name: str, default: str) -> str:
        value: str = self.str(name, default=default)
        if not is_currency(value):
            raise ImproperlyConfigured(f"{name} is the ISO 4217 code of a currency such as EUR, not {value!r}")
        return value

    def locale(self, name: str, default: str) -> str:
        value: str = self.str(name, default=default).replace("-", "_")
        try:
            Locale.parse(value)
        except (ValueError, UnknownLocaleError):
            raise ImproperlyConfigured(f"{name} is a locale such as en_US or de_CH, not {value!r}") from None
        return value

    def count(self, name: str, default: int) -> int:
        value: int = self.int(name, default=default)
        if value < 1:
            raise ImproperlyConfigured(f"{name} must be a number of at least 1, not {value}")
        return value

    def seconds(self, name: str, default: float) -> float:
        value: float = self.float(name, default=default)
        if value <= 0:
            raise ImproperlyConfigured(f"{name} must be a number of seconds above 0, not {value}")
        return value

    def sources(self, name: str) -> list[str]:
        """Sources of a Content-Security-Policy: hosts with or without a scheme, or a scheme alone."""
        values: list[str] = self.list(name, default=[])
        for value in values:
            if not re.fullmatch(r"https?:|(https?://)?(\*\.)?[a-z0-9][a-z0-9.-]*(:\d+)?", value):
                raise ImproperlyConfigured(
                    f"{name} are hosts such as https://images.example.com or https://*.example.com, or https: for all, "
                    f"not {value!r}"
                )
        return values

    def origins(self, name: str) -> tuple[list[str], list[str], bool]:
        """Origins, patterns of those that begin with `*.`, and whether all are allowed ('*')."""
        values: list[str] = self.list(name, default=[])
        if values == ["*"]:
            return [], [], True
        for value in values:
            if not origins.is_name(value):
                raise ImproperlyConfigured(f"{name} are {origins.EXAMPLES}, or * alone, not {value!r}")
        patterns = [origins.pattern(value) for value in values if "*" in value]
        return [value for value in values if "*" not in value], patterns, False

    def networks(self, name: str) -> list[Network]:
        """Networks such as 10.0.0.0/8."""
        values: list[str] = self.list(name, default=[])
        try:
            return [ipaddress.ip_network(value) for value in values]
        except ValueError as error:
            raise ImproperlyConfigured(f"{name} are networks such as 10.0.0.0/8 or fd00::/8: {error}") from None

    def address_with(self, name: str, part: str) -> str:
        """An http(s) address with that part in it, or an empty text."""
        value: str = self.str(name, default="")
        if value and (part not in value or not value.startswith(("https://", "http://"))):
            raise ImproperlyConfigured(f"{name} is an address with {part} in it, or empty, not {value!r}")
        return value

    def throttle_rate(self, name: str, default: str) -> limits.RateLimitItem | None:
        """A rate such as 60/minute; None for 'off'."""
        value: str = self.str(name, default=default)
        try:
            return None if value == "off" else limits.parse(value)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name} is a rate such as 60/minute or 5/second, or off, not {value!r}"
            ) from error


def address_of_page(path: str, *, hosts: Iterable[str]) -> str:
    """The page's https address when these hosts have exactly one public name, else an empty text.

    The host that a request names is none to put into a mail: whoever sends the request chooses it.
    """
    public = [host for host in hosts if re.fullmatch(r"[^.*][^*:]*\.[a-z][^.]*", host, re.IGNORECASE)]
    return f"https://{public[0]}{path}" if len(public) == 1 else ""


def checking_certificates(url: str) -> str:
    """The URL of Redis for Celery, which accepts any certificate unless the URL forbids it."""
    if not url.startswith("rediss://") or "ssl_cert_reqs=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}ssl_cert_reqs=required"
