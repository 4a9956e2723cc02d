"""The documents name files that exist."""

import re
from pathlib import Path

import pytest
from django.apps import apps

CHECKOUT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/**/*.md"), *CHECKOUT.glob("tools/bench/*.md")])
APPS = (
    "backend|storefront|search_api|orders|webhooks|indexing|stores|products|language|foundation|tools|tests|docs|deploy"
)

pytestmark = pytest.mark.unit


def linked(text: str) -> set[str]:
    """Targets of links and pictures that lie in the project, without their anchors."""
    return {target for target in re.findall(r"\]\(([^)#\s]+)", text) if "://" not in target}


def mentioned(text: str) -> set[str]:
    """Paths of the project's own modules in code spans: `orders/placing.py`."""
    return set(re.findall(rf"`((?:{APPS})/[\w/]+\.(?:py|md|yml|json|toml))", text))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(CHECKOUT)))
def test_what_a_document_links_to_and_names_exists(document: Path) -> None:
    text = document.read_text()
    links = {target for target in linked(text) if not (document.parent / target).exists()}
    paths = {path for path in mentioned(text) if not (CHECKOUT / path).exists()}
    assert (links, paths) == (set(), set())


def test_the_readme_leads_to_every_page() -> None:
    pages = {str(page.relative_to(CHECKOUT)) for page in CHECKOUT.glob("docs/*.md")}
    assert pages - linked((CHECKOUT / "README.md").read_text()) == set()


def test_every_table_of_indexing_is_described() -> None:
    tables = {model._meta.db_table for model in apps.get_app_config("indexing").get_models()}  # noqa: SLF001 - public, despite its name
    described = re.findall(r"^\| `(indexing_\w+)` \|", (CHECKOUT / "docs" / "indexing.md").read_text(), re.MULTILINE)
    assert sorted(described) == sorted(tables)
