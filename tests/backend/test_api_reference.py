"""docs/api.md says what the API does."""

import pytest

from backend.management.commands.api_reference import DOCUMENT, written

pytestmark = pytest.mark.unit


def test_reference_is_what_the_api_says_of_itself() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == written(), "run ./dev manage api_reference"
