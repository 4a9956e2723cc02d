"""Small drawings for demo products, one for each root category, as PNG files in Django's storage."""

import colorsys
import struct
import zlib
from collections.abc import Callable, Iterable

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from products.models import PATH_SEPARATOR

WIDTH, HEIGHT = 320, 240
FOLDER = "demo"
Inside = Callable[[float, float], bool]
# Whether a point is in the shape; both coordinates go from -1 to 1.
SHAPES: tuple[Inside, ...] = (
    lambda x, y: x * x + y * y < 0.45,
    lambda x, y: abs(x) < 0.6 and abs(y) < 0.6,
    lambda x, y: abs(x) + abs(y) < 0.8,
    lambda x, y: abs(x) < 0.3 + 0.3 * (y > -0.1) and -0.8 < y < 0.7,
    lambda x, y: 0.2 < x * x + y * y < 0.55,
    lambda x, y: abs(x) < 0.75 and abs(y - 0.45 * x * x) < 0.35,
)


def root_of(path: str) -> str:
    return path.split(PATH_SEPARATOR, maxsplit=1)[0]


def store(roots: Iterable[str]) -> dict[str, str]:
    """The names of the stored drawings by root category; a drawing that is stored already is left alone."""
    names = {}
    for root in sorted(set(roots)):
        number = zlib.crc32(root.encode())
        name = f"{FOLDER}/{number:08x}.png"
        if not default_storage.exists(name):
            name = default_storage.save(name, ContentFile(_draw(number)))
        names[root] = name
    return names


def _draw(number: int) -> bytes:
    """A shape in a colour on white, and its shadow below."""
    inside = SHAPES[number % len(SHAPES)]
    red, green, blue = colorsys.hls_to_rgb(number // 7 % 360 / 360, 0.5, 0.45)
    palette = bytes((255, 255, 255, 225, 225, 225, round(red * 255), round(green * 255), round(blue * 255)))
    rows = bytearray()
    for row in range(HEIGHT):
        y = 2.2 * row / HEIGHT - 1.1
        rows.append(0)  # no filter
        for column in range(WIDTH):
            x = (2.2 * column / WIDTH - 1.1) * WIDTH / HEIGHT
            is_shadow = (x / 0.8) ** 2 + ((y - 0.85) / 0.12) ** 2 < 1
            rows.append(2 if inside(x, y) else is_shadow)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)  # 8 bits, with a palette
    parts = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in parts)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
