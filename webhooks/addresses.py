"""Which addresses events may be sent to: public ones, and the networks that a setting allows.

The check is made for the address of each socket, right before it connects. So it does not matter
what a name resolved to earlier, or how the URL wrote the address.
"""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings

from webhooks.errors import BadUrlError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

HTTPS, HTTP = "https", "http"
# Public by their number, and yet not: services of clouds (Azure's metadata), and networks that some versions of
# Python take for public ones.
NOT_PUBLIC = tuple(map(ipaddress.ip_network, ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24")))
PUBLIC_IPV6 = ipaddress.IPv6Network("2000::/3")
# Behind it a gateway connects to the IPv4 address in the last 32 bits.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
MAX_PORT = 65_535


def is_allowed(text: str) -> bool:
    """Whether something may be sent to an address, written as the socket writes it."""
    address = _address(text)
    return address is not None and (_is_public(address) or is_listed(text))


def is_listed(text: str) -> bool:
    """Whether the address is in one of WEBHOOK_ALLOWED_NETWORKS."""
    address = _address(text)
    return address is not None and any(address in network for network in settings.WEBHOOK_ALLOWED_NETWORKS)


def check_url(url: str) -> None:
    """Raise BadUrlError unless events could be sent there. Names are not resolved here."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadUrlError(f"This is not a URL: {error}.") from None
    if parts.scheme not in {HTTPS, HTTP} or not parts.hostname or not url.isascii() or not url.isprintable():
        raise BadUrlError("A URL begins with https:// and the name of a host.")
    if " " in url or "\\" in url:
        raise BadUrlError("A URL has neither spaces nor backslashes.")
    if parts.username is not None or parts.password is not None:
        raise BadUrlError("A URL has no user name or password; the signature shows who sends.")
    if parts.fragment:
        raise BadUrlError("A URL has no fragment.")
    if port is not None and not 0 < port <= MAX_PORT:
        raise BadUrlError("A port is a number from 1 to 65535.")
    # Early messages for what would be refused when it is sent.
    host, literal = parts.hostname, _address(parts.hostname)
    if literal is not None and not is_allowed(host):
        raise BadUrlError(f"{host} is not a public address, nor in WEBHOOK_ALLOWED_NETWORKS.")
    if parts.scheme == HTTP and not settings.WEBHOOK_ALLOWED_NETWORKS:
        raise BadUrlError("Events are sent over https:// only.")
    if parts.scheme == HTTP and literal is not None and not is_listed(host):
        raise BadUrlError("Over http:// events are only sent to WEBHOOK_ALLOWED_NETWORKS.")


def _address(text: str) -> Address | None:
    """The address, as IPv4 when it is an IPv4-mapped IPv6 address. The zone of a link-local address is dropped."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, ipaddress.IPv6Address) else address


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        listed = any(address in network for network in NOT_PUBLIC)
        return address.is_global and not (listed or address.is_multicast or address.is_reserved)
    if address in NAT64:
        return _is_public(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    wrapped = [address.sixtofour, *(address.teredo or ())]
    public = address in PUBLIC_IPV6 and address.is_global
    return public and all(_is_public(one) for one in wrapped if one is not None)
