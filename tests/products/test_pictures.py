"""Which pictures pages may show, and where they are."""

import pytest
from pytest_django import Settings

from products import pictures
from products.images import Image


@pytest.fixture(autouse=True)
def _no_cached_hosts() -> None:
    pictures._is_allowed.cache_clear()  # noqa: SLF001 - settings do not change but in tests


@pytest.mark.parametrize(
    ("hosts", "url", "allowed"),
    [
        ([], "https://images.example/a.jpg", False),
        (["https://images.example"], "https://images.example/a.jpg", True),
        (["https://images.example"], "http://images.example/a.jpg", False),
        (["https://images.example"], "https://images.example.evil/a.jpg", False),
        (["https://images.example"], "https://IMAGES.example/a.jpg", True),
        (["images.example"], "http://images.example/a.jpg", True),
        (["https://*.example.com"], "https://a.b.example.com/a.jpg", True),
        (["https://*.example.com"], "https://example.com/a.jpg", False),
        (["https://*.example.com"], "https://badexample.com/a.jpg", False),
        (["https:"], "https://anything.example/a.jpg", True),
        (["https:"], "http://anything.example/a.jpg", False),
        (["https://images.example:8443"], "https://images.example:8443/a.jpg", True),
        (["https://images.example"], "https://images.example@evil.example/a.jpg", False),
    ],
)
def test_other_sites_need_a_setting(settings: Settings, hosts: list[str], url: str, allowed: bool) -> None:  # noqa: FBT001 - pytest's
    settings.IMAGE_HOSTS = hosts
    assert pictures.address(url) == (url if allowed else "")


def test_uploads_are_where_the_storage_says(settings: Settings) -> None:
    images: list[Image] = [
        {"url": "https://elsewhere.example/a.jpg", "alt": ""},
        {"url": "products/a b.png", "alt": "Lit"},
    ]
    assert pictures.shown(images) == [pictures.Picture("/media/products/a%20b.png", "Lit")]
    settings.MEDIA_URL = "https://cdn.example/"
    assert pictures.shown(images) == []
    settings.IMAGE_HOSTS = ["https://cdn.example"]
    pictures._is_allowed.cache_clear()  # noqa: SLF001 - a cache of its own
    assert [picture.src for picture in pictures.shown(images)] == ["https://cdn.example/products/a%20b.png"]
