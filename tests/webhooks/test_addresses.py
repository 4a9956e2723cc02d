"""Events go to public addresses, and to networks that are listed."""

import ipaddress

import pytest
from pytest_django import Settings

from webhooks import addresses
from webhooks.errors import BadUrlError

pytestmark = pytest.mark.unit


@pytest.fixture(autouse=True)
def _no_listed_network(settings: Settings) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = []


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "0.1.2.3",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.8.9.1",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.192",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:a9fe:a9fe::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "not an address",
        "",
    ],
)
def test_refused_addresses(address: str) -> None:
    assert not addresses.is_allowed(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "172.32.0.1"]
)
def test_public_addresses(address: str) -> None:
    assert addresses.is_allowed(address)


def test_listed_networks_are_allowed_and_no_others(settings: Settings) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("10.1.0.0/16"), ipaddress.ip_network("fd00::/64")]
    allowed = {
        address: addresses.is_allowed(address) for address in ("10.1.2.3", "::ffff:10.1.2.3", "10.2.0.1", "fd00::5")
    }
    assert allowed == {"10.1.2.3": True, "::ffff:10.1.2.3": True, "10.2.0.1": False, "fd00::5": True}


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/x?y=1",
        "https://hooks.example.com:8443/",
        "https://1.1.1.1/",
        "https://[2606:4700::1111]/x",
    ],
)
def test_good_urls(url: str) -> None:
    addresses.check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "file:///etc/passwd",
        "gopher://hooks.example.com/",
        "https://",
        "https:///path",
        "hooks.example.com",
        "https://user@hooks.example.com/",
        "https://user:secret@hooks.example.com/",
        "https://hooks.example.com/#part",
        "https://hooks.example.com:0/",
        "https://hooks.example.com:99999/",
        "https://hooks.example.com:port/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[half",
        "https://169.254.169.254/latest/meta-data/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com\\@127.0.0.1/",
        "https://hooks.example.com/\n",
        "https://hoöks.example.com/",
        "",
    ],
)
def test_unusable_urls(url: str) -> None:
    with pytest.raises(BadUrlError):
        addresses.check_url(url)


def test_plain_http_only_to_listed_networks(settings: Settings) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ipaddress.ip_network("10.0.0.0/8")]
    addresses.check_url("http://10.1.2.3/hook")
    addresses.check_url("http://erp.internal/hook")  # where that is shows when it is sent
    with pytest.raises(BadUrlError, match="Over http"):
        addresses.check_url("http://1.1.1.1/hook")
