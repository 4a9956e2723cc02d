"""Migrations are safe while the release before still serves: none breaks it, none locks a busy table for long."""

from pathlib import Path

import pytest
from django_migration_linter import MigrationLinter

pytestmark = [pytest.mark.service, pytest.mark.django_db]

APPS = ["products", "stores", "orders", "indexing", "search_api"]
# Of tables that had not been released yet when they were changed: nothing served from them.
BEFORE_THE_FIRST_RELEASE = ["0002_lean_indexes", "0002_capture_and_registry"]


def test_no_migration_breaks_the_release_before() -> None:
    linter = MigrationLinter(
        str(Path(__file__).resolve().parents[2]),
        include_apps=APPS,
        ignore_name=BEFORE_THE_FIRST_RELEASE,
        no_cache=True,
        quiet=["ok", "ignore", "warning"],
    )
    linter.lint_all_migrations()
    assert (linter.nb_erroneous, linter.nb_total > len(APPS)) == (0, True)
