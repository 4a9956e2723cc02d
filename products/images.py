"""The pictures of a product: a list of {url, alt}, the first of which is shown in lists."""

import re
from typing import TypedDict
from urllib.parse import urlsplit

from products.attribute_values import clean_text

MAX_IMAGES = 50
MAX_URL_LENGTH = 2000
MAX_ALT_LENGTH = 500
_NOT_OF_URL = re.compile(r"[\x00-\x20\x7f\"<>\\^`{|}]")


class Image(TypedDict):
    url: str  # http(s), or the name of a file in Django's storage
    alt: str


def canonical_images(images: object) -> list[Image]:
    """The pictures, each once; ValueError names the first that is wrong. A text is the address of one."""
    if not isinstance(images, list):
        raise ValueError(  # noqa: TRY004 - a bad value of a user, whatever its type
            'pictures are a list such as [{"url": "https://...", "alt": "Front"}]'
        )
    found: dict[str, Image] = {}
    for image in images:
        url, alt = _parts(image)
        found.setdefault(url, {"url": url, "alt": alt})
    if len(found) > MAX_IMAGES:
        raise ValueError(f"there are {len(found)} pictures; at most {MAX_IMAGES} fit")
    return list(found.values())


def _parts(image: object) -> tuple[str, str]:
    given = {"url": image} if isinstance(image, str) else image
    if not isinstance(given, dict) or not given.keys() <= {"url", "alt"}:
        raise ValueError(f"{image!r} is not a picture: it has a url, and may have an alt")
    url, alt = given.get("url"), given.get("alt") or ""
    if not isinstance(url, str) or not isinstance(alt, str):
        raise ValueError(f"{image!r} is not a picture: url and alt are texts")  # noqa: TRY004 - a bad value of a user
    url, alt = url.strip(), clean_text(alt)
    if len(url) > MAX_URL_LENGTH or len(alt) > MAX_ALT_LENGTH:
        raise ValueError(f"the url or alt of a picture is longer than {MAX_URL_LENGTH} or {MAX_ALT_LENGTH} characters")
    if not _is_address(url):
        raise ValueError(not_a_picture(url))
    return url, alt


def _is_address(url: str) -> bool:
    if not url or _NOT_OF_URL.search(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme or parts.netloc:
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    return not url.startswith("/") and ".." not in url.split("/")


def not_a_picture(url: str) -> str:
    return f"{url!r} is neither an http(s) address nor the name of a stored file"


def is_stored(url: str) -> bool:
    """Whether it is the name of a file in Django's storage, not an address."""
    return bool(url) and "://" not in url and not url.startswith("/")
