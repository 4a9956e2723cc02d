"""Which code answers. What another release stored may have another form, or other hits."""

import functools
import hashlib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
PACKAGES = ("foundation", "language", "products", "stores", "indexing", "search_api")


@functools.cache
def digest() -> str:
    """The same in every process that runs the same code, with the same data files and libraries."""
    found = hashlib.blake2b((CHECKOUT / "requirements.txt").read_bytes(), digest_size=8)
    for package in PACKAGES:
        for file in sorted((CHECKOUT / package).rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                found.update(str(file.relative_to(CHECKOUT)).encode() + file.read_bytes())
    return found.hexdigest()
