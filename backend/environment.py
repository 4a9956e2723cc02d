"""Environment variables with checks, for the settings; errors name the variable."""

import ipaddress
import os
import re
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import environ
import limits
from babel import Locale
from babel.core import UnknownLocaleError
from babel.numbers import is_currency
from django.core.exceptions import ImproperlyConfigured
from redis.connection import parse_url

from foundation import origins
from foundation.rates import read_rate

T = TypeVar("T")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

SECRET_LENGTH = 32  # characters
DEVELOPMENT_SECRET = "for development only; production refuses to start with it"  # noqa: S105 - not a secret
SWITCHES = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
CENTURY = 36_500  # days; few enough for every date minus these to be a date
LINE = r"[^\x00-\x1f\x7f]*"  # no line breaks: several of these become headers of a mail
HOST = r"\*|\.?[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]"
SOURCE = r"https?:|(https?://)?(\*\.)?[a-z0-9][a-z0-9.-]*(:\d+)?"
MOST_PORTS = 65_535
POSTGRESQL = "django.db.backends.postgresql"


class Environment:
    """A variable that is empty counts as not set. A wrong value raises ImproperlyConfigured."""

    def secret(self, name: str, *, debug: bool) -> str:
        """A key that without DEBUG must be set, long, and not the development one."""
        value = os.environ.get(name, "")
        if debug:
            return value or DEVELOPMENT_SECRET
        if len(value) < SECRET_LENGTH or value == DEVELOPMENT_SECRET:
            raise ImproperlyConfigured(
                f"{name} must be set to at least {SECRET_LENGTH} random characters (or set DEBUG=true to develop)"
            )
        return value

    def secrets(self, name: str) -> list[str]:
        """Keys of which the first is in use. The others are older: they are needed whatever their length."""
        values = self._list(name, "", lambda _: True, allowed="keys")
        if values and len(values[0]) < SECRET_LENGTH:
            raise ImproperlyConfigured(f"{name} must begin with a key of at least {SECRET_LENGTH} random characters")
        return values

    def switch(self, name: str, *, default: bool) -> bool:
        return self._value(name, str(default).lower(), lambda text: SWITCHES[text.lower()], allowed="true or false")

    def number(self, name: str, default: int, *, least: int = 0, most: int) -> int:
        def parse(text: str) -> int:
            _require(re.fullmatch(r"-?[0-9]{1,18}", text) and least <= int(text) <= most)
            return int(text)

        return self._value(name, str(default), parse, allowed=f"a whole number from {least} to {most}")

    def seconds(self, name: str, default: float, *, most: float) -> float:
        allowed = f"a number of seconds above 0, up to {most:g}"
        return float(self._checked(name, f"{default:g}", lambda text: 0 < _decimal(text) <= most, allowed=allowed))

    def share(self, name: str, default: float) -> float:
        allowed = "a number from 0 to 1"
        return float(self._checked(name, f"{default:g}", lambda text: _decimal(text) <= 1, allowed=allowed))

    def text(self, name: str, default: str = "", *, pattern: str = LINE, allowed: str = "one line of text") -> str:
        """A text that matches the pattern, or an empty one."""
        return self._checked(name, default, lambda text: not text or re.fullmatch(pattern, text), allowed=allowed)

    def path(self, name: str, default: Path) -> Path:
        return Path(self.text(name, str(default)))

    def choice(self, name: str, choices: Collection[str], default: str) -> str:
        return self._checked(name, default, choices.__contains__, allowed=f"one of {', '.join(sorted(choices))}")

    def currency(self, name: str, default: str) -> str:
        return self._checked(name, default, is_currency, allowed="the ISO 4217 code of a currency such as EUR")

    def locale(self, name: str, default: str) -> str:
        def parse(text: str) -> str:
            try:
                return str(Locale.parse(text.replace("-", "_")))
            except UnknownLocaleError as error:
                raise ValueError from error

        return self._value(name, default, parse, allowed="a locale such as en_US or de_CH")

    def throttle_rate(self, name: str, default: str) -> limits.RateLimitItem | None:
        """A rate such as 60/minute; None for 'off'."""

        def parse(text: str) -> limits.RateLimitItem | None:
            return None if text == "off" else read_rate(text)

        return self._value(name, default, parse, allowed="one rate such as 60/minute or 5/second, or off")

    # --- Addresses: errors do not repeat them, since they may contain passwords -----------------------

    def postgresql(self, name: str, default: str) -> dict[str, Any]:
        """The database of a URL as Django's setting; empty for no URL."""

        def parse(url: str) -> dict[str, Any]:
            _require(environ.Env.DB_SCHEMES.get(url.partition("://")[0]) == POSTGRESQL)
            database: dict[str, Any] = environ.Env.db_url_config(url)
            _require(database["NAME"])
            return database

        allowed = "the address of a PostgreSQL database: postgres://user:password@host:port/name"
        return self._value(name, default, lambda url: parse(url) if url else {}, allowed=allowed, shown=False)

    def redis(self, name: str, default: str) -> str:
        def is_right(url: str) -> object:
            # Django would read commas as separators of several servers.
            _require(re.fullmatch(r"rediss?://[^\s,;]+", url) and re.fullmatch(r"(/\d*)?", urlsplit(url).path))
            return parse_url(url).get("host")  # type: ignore[no-untyped-call]

        allowed = "the address of a Redis: redis://:password@host:port/0, or rediss:// for TLS"
        return self._checked(name, default, is_right, allowed=allowed, shown=False)

    def addresses(self, name: str, default: str) -> list[str]:
        """At least one http(s) address."""
        allowed = "one or more addresses such as https://user:password@host:port, separated by commas"
        return self._list(name, default, _is_address, allowed=allowed, shown=False)

    def address(self, name: str, *, part: str = "") -> str:
        """An http(s) address with that part in it, or an empty text."""
        allowed = f"an address such as https://host/path{f' with {part} in it' if part else ''}"
        return self._checked(name, "", lambda url: not url or (part in url and _is_address(url)), allowed=allowed)

    def email(self, name: str, default: str) -> dict[str, Any]:
        """Django's settings for the mail server of a URL."""

        def parse(url: str) -> dict[str, Any]:
            scheme = urlsplit(url).scheme
            _require(scheme in environ.Env.EMAIL_SCHEMES)
            found: dict[str, Any] = environ.Env.email_url_config(url)
            _require(found["EMAIL_HOST"] or not scheme.startswith("smtp"))
            _require(found["EMAIL_FILE_PATH"] or scheme != "filemail")
            return found

        allowed = "an address such as smtp+tls://user:password@host:587, or consolemail://"
        return self._value(name, default, parse, allowed=allowed, shown=False)

    def listeners(self, name: str, default: str) -> str:
        """Where the web server listens, with the port that the container's health check needs."""

        def is_right(value: str) -> bool:
            found = re.fullmatch(r"(\[[0-9a-f:.]+\]|[a-z0-9_.-]*):(\d{1,5})|unix:.+|fd://\d+", value, re.IGNORECASE)
            return found is not None and int(found[2] or 0) <= MOST_PORTS

        self._list(name, default, is_right, allowed="an address and port such as 0.0.0.0:8000")
        return self.text(name, default)

    def hosts(self, name: str, default: str) -> list[str]:
        """Names as in a Host header, without a port; `.example.com` and `*` stand for several."""
        allowed = "host names such as shop.example.com or .example.com, without scheme and port"
        return self._list(name, default, lambda value: re.fullmatch(HOST, value, re.IGNORECASE), allowed=allowed)

    def sources(self, name: str) -> list[str]:
        """Sources of a Content-Security-Policy: hosts with or without a scheme, or a scheme alone."""
        allowed = "hosts such as https://images.example.com or https://*.example.com, or https: for all"
        return self._list(name, "", lambda value: re.fullmatch(SOURCE, value), allowed=allowed)

    def origins(self, name: str) -> list[str]:
        return self._list(name, "", origins.is_name, allowed=origins.EXAMPLES)

    def allowed_origins(self, name: str) -> tuple[list[str], list[str], bool]:
        """Origins, patterns of those that begin with `*.`, and whether all are allowed ('*')."""
        if self.text(name) == "*":
            return [], [], True
        values = self._list(name, "", origins.is_name, allowed=f"{origins.EXAMPLES}, or * alone")
        patterns = [origins.pattern(value) for value in values if "*" in value]
        return [value for value in values if "*" not in value], patterns, False

    def networks(self, name: str) -> list[Network]:
        values = self._list(name, "", _is_network, allowed="networks such as 10.0.0.0/8 or fd00::/8")
        return [ipaddress.ip_network(value) for value in values]

    # --------------------------------------------------------------------------------------------------

    def _value(self, name: str, default: str, parse: Callable[[str], T], *, allowed: str, shown: bool = True) -> T:
        """What `parse` makes of the text; it raises ValueError or LookupError for one that is wrong."""
        text = os.environ.get(name, "").strip(" \t") or default
        try:
            return parse(text)
        except (ValueError, LookupError):
            raise _refusal(name, allowed, text if shown else "") from None

    def _checked(
        self, name: str, default: str, is_right: Callable[[str], object], *, allowed: str, shown: bool = True
    ) -> str:
        def parse(text: str) -> str:
            _require(is_right(text))
            return text

        return self._value(name, default, parse, allowed=allowed, shown=shown)

    def _list(
        self, name: str, default: str, is_right: Callable[[str], object], *, allowed: str, shown: bool = True
    ) -> list[str]:
        text = self._value(name, default, str, allowed=allowed)
        values = [value for item in text.split(",") if (value := item.strip(" \t"))]
        for value in values:
            if not is_right(value):
                raise _refusal(name, allowed, value if shown else "")
        return values


def _refusal(name: str, allowed: str, value: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{name} must be {allowed}{f', not {value!r}' if value else ''}")


def _require(condition: object) -> None:
    if not condition:
        raise ValueError


def _decimal(text: str) -> float:
    """Of a number as people write it: no sign, exponent or 'nan'."""
    _require(re.fullmatch(r"[0-9]*\.?[0-9]+", text))
    return float(text)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0 and " " not in url
    except ValueError:
        return False


def _is_network(value: str) -> bool:
    try:
        return bool(ipaddress.ip_network(value))
    except ValueError:
        return False


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
