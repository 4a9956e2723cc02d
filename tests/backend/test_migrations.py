"""Migrations are safe while the previous release still runs; `./dev lint` checks the same."""

import pytest

from tools.devstack import migrations

# Outside of a transaction: PostgreSQL builds an index concurrently only there.
pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]


def test_no_migration_breaks_the_previous_release() -> None:
    linter = migrations.linted()
    assert (linter.nb_erroneous, linter.nb_total > len(migrations.APPS)) == (0, True)


def test_breaking_migration_is_found() -> None:
    """Those before the first release would have broken a previous one."""
    assert migrations.linted(without=[]).nb_erroneous == len(migrations.BEFORE_THE_FIRST_RELEASE)
