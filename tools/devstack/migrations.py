"""Checks that the previous release still works beside the migrations, without long locks."""

import os
import re
import sys
from collections.abc import Iterator

import django
from django.db.migrations import AddField, CreateModel, Migration, RunSQL
from django.db.migrations.operations.base import Operation
from django_migration_linter import MigrationLinter

from tools.devstack.console import complain, say
from tools.devstack.state import CHECKOUT

# From numeric(12, 2) to numeric: PostgreSQL changes its catalogue alone, and reads and writes stay as they were.
COMPATIBLE = {"0002_amounts_of_any_currency", "0003_amounts_of_any_currency"}
# Made before there was a release: databases that it would interrupt are those of developers (docs/operations.md).
BEFORE_FIRST_RELEASE = {
    ("products", "0004_sort_key"),
    ("products", "0007_no_code_vector"),
    ("stores", "0002_sort_key"),
}
APPS = ["foundation", "products", "stores", "orders", "indexing", "search_api", "webhooks", "api_keys"]
_DROP = re.compile(r"\bDROP\s+(?!CONSTRAINT|TRIGGER)[A-Z]+", re.IGNORECASE)


def linter() -> MigrationLinter:
    """A linter that prints the errors of the migrations it checks. Needs a PostgreSQL."""
    return MigrationLinter(
        str(CHECKOUT),
        include_apps=APPS,
        no_cache=True,
        quiet=["ok", "ignore", "warning"],
        ignore_name=sorted(COMPATIBLE),
    )


def unsafe_operations(migration: Migration) -> list[str]:
    """What the linter does not look for: SQL that drops something, and columns that rewrite a table."""
    if (migration.app_label, migration.name) in BEFORE_FIRST_RELEASE:
        return []
    created = {operation.name_lower for operation in migration.operations if isinstance(operation, CreateModel)}
    return [reason for operation in migration.operations for reason in _reasons(operation, created)]


def _reasons(operation: Operation, created: set[str]) -> Iterator[str]:
    if isinstance(operation, RunSQL):
        yield from (f"{found} breaks the previous release" for found in _DROP.findall(str(operation.sql)))
    elif (
        isinstance(operation, AddField)
        and operation.model_name_lower not in created
        and getattr(operation.field, "db_persist", False)  # of a GeneratedField
    ):
        yield f"{operation.name} is computed for every row, and nobody can read the table meanwhile"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    django.setup()
    check = linter()
    check.lint_all_migrations()
    unsafe = [
        f"{migration}: {reason}"
        for migration in check.migration_loader.disk_migrations.values()
        if migration.app_label in APPS
        for reason in unsafe_operations(migration)
    ]
    for line in unsafe:
        complain(f"  {line}")
    say(f"  {check.nb_total} migrations, {check.nb_erroneous + len(unsafe) or 'none'} unsafe")
    sys.exit(1 if check.has_errors or unsafe else 0)
