"""Who sent a request, as limits count it. The address itself is stored nowhere: only a digest with a secret."""

import functools
import ipaddress

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from rest_framework.request import Request

CACHED_ADDRESSES = 10_000
DIGEST_LENGTH = 32  # hexadecimal digits


def address(request: Request | HttpRequest) -> str:
    """The client's address, or its network (see `network`)."""
    return _digest_of(request.META.get("REMOTE_ADDR", ""))


def network(text: str) -> str | None:
    """The address; of IPv6 the /64, because a provider gives each customer one. None for other text."""
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if found.version == 6:  # noqa: PLR2004 - the version
        found = ipaddress.ip_network((found, 64), strict=False).network_address
    return str(found)


def user(user_id: int) -> str:
    return f"user:{_digest(str(user_id))}"


def is_named(request: Request | HttpRequest) -> bool:
    """Whether the request may come from a certain person: it has a token or a session."""
    return "HTTP_AUTHORIZATION" in request.META or settings.SESSION_COOKIE_NAME in request.COOKIES


@functools.lru_cache(CACHED_ADDRESSES)
def _digest_of(text: str) -> str:
    found = network(text)
    return "address:unknown" if found is None else f"address:{_digest(found)}"


def _digest(text: str) -> str:
    return salted_hmac("foundation.callers", text, algorithm="sha256").hexdigest()[:DIGEST_LENGTH]
