"""Checks that the previous release still works beside the migrations, without long locks."""

import os
import sys
from collections.abc import Sequence

import django
from django_migration_linter import MigrationLinter

from tools.devstack.console import say
from tools.devstack.state import CHECKOUT

APPS = ["products", "stores", "orders", "indexing", "search_api"]
# They change tables that had not been released yet.
BEFORE_THE_FIRST_RELEASE = ["0002_lean_indexes", "0002_capture_and_registry", "0005_note_with_less_work"]


def linted(*, without: Sequence[str] = BEFORE_THE_FIRST_RELEASE) -> MigrationLinter:
    """Check every migration except these, and print the errors. Needs a PostgreSQL."""
    linter = MigrationLinter(
        str(CHECKOUT),
        include_apps=APPS,
        ignore_name=without,
        no_cache=True,
        quiet=["ok", "ignore", "warning"],
    )
    linter.lint_all_migrations()
    return linter


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    django.setup()
    linter = linted()
    say(f"  {linter.nb_total} migrations, {linter.nb_erroneous or 'none'} unsafe")
    sys.exit(1 if linter.has_errors else 0)
