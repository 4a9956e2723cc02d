"""Every setting that the documents name exists: an environment variable, or one of Django's that the project sets."""

import re
from pathlib import Path

import pytest

from backend import settings

pytestmark = pytest.mark.unit

CHECKOUT = Path(__file__).resolve().parent.parent
# Not the change log, which names those of earlier versions.
DOCUMENTS = [
    *CHECKOUT.glob("[!C]*.md"),
    *(file for file in CHECKOUT.glob("docs/**/*.md") if "decisions" not in file.parts),
]
NAME = re.compile(r"`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`")
CONFIGURATION = (CHECKOUT / "docs" / "configuration.md").read_text(encoding="utf-8")
# Of the tests, the compose file's own, and of what other programs read.
ELSEWHERE = "\n".join(
    file.read_text(encoding="utf-8")
    for pattern in (".env.example", "docker-compose.yml", "Dockerfile", "tests/**/*.py", "tools/**/*.py")
    for file in CHECKOUT.glob(pattern)
    if file != Path(__file__)
)


def exists(name: str) -> bool:
    is_variable = f"| `{name}` |" in CONFIGURATION
    is_constant = re.search(rf"^(\w+, )*{name}(, \w+)* = ", SOURCES, re.MULTILINE) is not None
    return is_variable or is_constant or hasattr(settings, name) or re.search(rf"\b{name}\b", ELSEWHERE) is not None


SOURCES = "\n".join(
    file.read_text(encoding="utf-8")
    for folder in ("foundation", "language", "products", "stores", "indexing", "orders", "search_api", "storefront")
    for file in (CHECKOUT / folder).rglob("*.py")
)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(CHECKOUT)))
def test_settings_that_a_document_names_exist(document: Path) -> None:
    named = set(NAME.findall(document.read_text(encoding="utf-8")))
    assert {name for name in named if not exists(name)} == set()
