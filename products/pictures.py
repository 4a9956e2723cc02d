"""Where a browser gets the pictures of a product, and uploads of new ones."""

import functools
import uuid
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage

from products.images import Image, is_stored
from products.models import Product

FOLDER = "products"
MAX_UPLOAD = 5 * 1024 * 1024  # bytes
# What browsers show and cannot run (an SVG can have scripts), by how its file starts.
_STARTS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif"))
_INNER_STARTS = ((b"WEBP", "webp"), (b"ftypavif", "avif"))  # behind a length
_CACHED_HOSTS = 1000


class Picture(NamedTuple):
    src: str
    alt: str


def shown(images: "list[Image]") -> list[Picture]:
    """The pictures that a page may show: of this site, or of a host in IMAGE_HOSTS. The others are left out."""
    return [Picture(src, image["alt"]) for image in images if (src := address(image["url"]))]


def first_picture(images: "list[Image]") -> Image | None:
    """The first one with its address, for programs, whose pages may show any site's pictures."""
    return {"url": source(images[0]["url"]), "alt": images[0]["alt"]} if images else None


def source(url: str) -> str:
    """The address of a picture's `url`, which may be the name of a stored file."""
    return default_storage.url(url) if is_stored(url) else url


def address(url: str) -> str:
    """The address for a browser of a picture's `url`; '' when the content security policy forbids it."""
    src = source(url)
    parts = urlsplit(src)
    return src if not parts.netloc or _is_allowed(parts.scheme, parts.netloc.lower()) else ""


@functools.lru_cache(_CACHED_HOSTS)
def _is_allowed(scheme: str, host: str) -> bool:
    return any(_matches(source, scheme, host) for source in settings.IMAGE_HOSTS)


def _matches(source: str, scheme: str, host: str) -> bool:
    """Whether a source of the policy allows the host: 'https:', 'https://*.example.com', 'cdn.example.com'."""
    if source.endswith(":"):
        return scheme == source[:-1]
    its_scheme, _, its_host = source.rpartition("://")
    if its_scheme and its_scheme != scheme:
        return False
    return host.endswith(its_host[1:]) if its_host.startswith("*.") else host == its_host


def missing(images: Mapping[str, Iterable[Image]]) -> dict[str, list[str]]:
    """The names that no stored file has, of pictures that the products with these SKUs would get.

    What a product has already is not judged: its file may be stored elsewhere, or be lost.
    """
    names = {sku: {each["url"] for each in found if is_stored(each["url"])} for sku, found in images.items()}
    with_names = [sku for sku, found in names.items() if found]
    for sku, present in Product.objects.filter(sku__in=with_names).values_list("sku", "images"):
        names[sku] -= {each["url"] for each in present}
    lost = {name for name in set().union(*names.values()) if not default_storage.exists(name)}
    return {sku: sorted(lost & found) for sku, found in names.items() if lost & found}


def save_upload(file: "File[bytes]") -> str:
    """Store an uploaded picture under a random name, which is returned. ValueError when it is not a picture."""
    if file.size > MAX_UPLOAD:
        raise ValueError(f"It is larger than {MAX_UPLOAD // 1024**2} MiB.")
    file.seek(0)
    start = file.read(16)
    file.seek(0)
    endings = [ending for mark, ending in _STARTS if start.startswith(mark)]
    endings += [ending for mark, ending in _INNER_STARTS if mark in start[4:]]
    if not endings:
        raise ValueError("It is not a PNG, JPEG, WebP, AVIF or GIF.")
    return default_storage.save(f"{FOLDER}/{uuid.uuid4().hex}.{endings[0]}", file)
