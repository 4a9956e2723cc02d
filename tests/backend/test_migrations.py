"""Migrations are safe while the previous release still runs; `./dev lint` checks the same."""

import pytest
from django.core.management import call_command
from django.db import migrations as operations

from tools.devstack import migrations

# Outside of a transaction: PostgreSQL builds an index concurrently only there.
pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]


def test_no_migration_breaks_the_previous_release() -> None:
    linter = migrations.linter()
    linter.lint_all_migrations()
    assert (linter.nb_erroneous, linter.nb_total >= len(migrations.APPS)) == (0, True)


def test_models_are_those_of_the_migrations() -> None:
    """A limit of a model that no migration has is a limit that PostgreSQL does not enforce."""
    call_command("makemigrations", check_changes=True, dry_run=True)


def test_breaking_migration_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """It drops a column that the previous release still reads."""
    linter = migrations.linter()
    migration = linter.migration_loader.get_migration("search_api", "0001_initial")
    drop = operations.RemoveField("searchclick", "position")
    monkeypatch.setattr(type(migration), "operations", [*migration.operations, drop])
    linter.lint_migration(migration)
    assert linter.nb_erroneous == 1


def test_no_migration_drops_what_the_previous_release_uses_or_rewrites_a_table() -> None:
    found = migrations.linter().migration_loader.disk_migrations
    unsafe = {key: migrations.unsafe_operations(found[key]) for key in found if key[0] in migrations.APPS}
    assert {key: reasons for key, reasons in unsafe.items() if reasons} == {}


@pytest.mark.parametrize(
    ("key", "reasons"),
    [
        (("products", "0007_no_code_vector"), ["DROP TEXT breaks the previous release"]),
        (
            ("products", "0004_sort_key"),
            ["sort_key is computed for every row, and nobody can read the table meanwhile"],
        ),
    ],
)
def test_drops_and_rewrites_are_found(
    monkeypatch: pytest.MonkeyPatch, key: tuple[str, str], reasons: list[str]
) -> None:
    """Seen with processes of an earlier commit: degraded searches failed, and 100,000 products were locked for 32 s."""
    monkeypatch.setattr(migrations, "BEFORE_FIRST_RELEASE", set())
    migration = migrations.linter().migration_loader.disk_migrations[key]
    assert migrations.unsafe_operations(migration) == reasons
