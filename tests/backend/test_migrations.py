"""Migrations are safe while the release before still serves, as `./dev lint` says of them."""

import pytest

from tools.devstack import migrations

# Outside of a transaction, without which PostgreSQL builds no index beside writes.
pytestmark = [pytest.mark.service, pytest.mark.django_db(transaction=True)]


def test_no_migration_breaks_the_release_before() -> None:
    linter = migrations.linted()
    assert (linter.nb_erroneous, linter.nb_total > len(migrations.APPS)) == (0, True)


def test_one_that_does_is_found() -> None:
    """Those that came before the first release would have broken a release before."""
    assert migrations.linted(without=[]).nb_erroneous == len(migrations.BEFORE_THE_FIRST_RELEASE)
