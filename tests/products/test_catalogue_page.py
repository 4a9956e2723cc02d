"""`docs/catalogue.md` agrees with the import and the demo."""

import re
from pathlib import Path

import pytest

from products.catalogue_import import PRODUCTS
from products.demo.vocabulary import shelves
from stores.catalogue_import import STORES

pytestmark = pytest.mark.unit

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")


def described(kind: str) -> list[str]:
    """Columns in the first cells of a table, in their order."""
    table = PAGE.split(f"| {kind} |")[1].split("\n\n")[0]
    return [name for cell in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", cell)]


def test_every_column_is_described() -> None:
    assert described("products") == list(PRODUCTS.fields)
    assert described("stores") == list(STORES.fields)


def test_size_of_the_vocabulary_matches_the_docs() -> None:
    brands = {brand.name for shelf in shelves() for brand in shelf.brands}
    assert f"products in {len(shelves())} categories under {len(brands)} invented brands" in PAGE
