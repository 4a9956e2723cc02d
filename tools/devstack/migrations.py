"""Checks that the previous release still works beside the migrations, without long locks."""

import os
import sys

import django
from django_migration_linter import MigrationLinter

from tools.devstack.console import say
from tools.devstack.state import CHECKOUT

# From numeric(12, 2) to numeric: PostgreSQL changes its catalogue alone, and reads and writes stay as they were.
COMPATIBLE = {"0002_amounts_of_any_currency", "0003_amounts_of_any_currency"}
APPS = ["foundation", "products", "stores", "orders", "indexing", "search_api", "webhooks", "api_keys"]


def linter() -> MigrationLinter:
    """A linter that prints the errors of the migrations it checks. Needs a PostgreSQL."""
    return MigrationLinter(
        str(CHECKOUT),
        include_apps=APPS,
        no_cache=True,
        quiet=["ok", "ignore", "warning"],
        ignore_name=sorted(COMPATIBLE),
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    django.setup()
    check = linter()
    check.lint_all_migrations()
    say(f"  {check.nb_total} migrations, {check.nb_erroneous or 'none'} unsafe")
    sys.exit(1 if check.has_errors else 0)
