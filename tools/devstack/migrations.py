"""Are the migrations safe while the release before still serves: none breaks it, none locks a busy table for long."""

import os
import sys
from collections.abc import Sequence

import django
from django_migration_linter import MigrationLinter

from tools.devstack.console import say
from tools.devstack.state import CHECKOUT

APPS = ["foundation", "products", "stores", "orders", "indexing", "search_api"]
# Of tables that had not been released yet when they were changed: nothing served from them.
BEFORE_THE_FIRST_RELEASE = ["0002_capture_and_registry", "0005_note_with_less_work"]


def linted(*, without: Sequence[str] = BEFORE_THE_FIRST_RELEASE) -> MigrationLinter:
    """Every migration but these, looked at; what is wrong with them is printed. Needs a PostgreSQL, if an empty one."""
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
