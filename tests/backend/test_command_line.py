"""Commands with an unavailable service or wrong settings explain it without a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.orders.web import database_url_of_test
from tools.devstack.state import CHECKOUT

UNAVAILABLE = {
    "DATABASE_URL": "postgres://shop:a-password@127.0.0.1:1/shop",
    "OPENSEARCH_URL": "http://shop:a-password@127.0.0.1:1",
}
COMMANDS = (
    "reindex",
    "check_index",
    "check_stock",
    "import_catalogue --products {folder}/products.csv",
    "evaluate_search {folder}/judgements.csv --every-query",
)
NOT_CHECKED = 2  # what check_index ends with; the others with 1


def manage(command: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", *command.split()],
        cwd=CHECKOUT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a catalogue and judgements of one product."""
    products = "sku,name,brand,category,price,description,colour,released\nA-1,Oak chair,,,9.99,,,\n"
    (tmp_path / "products.csv").write_text(products)
    (tmp_path / "judgements.csv").write_text("query,sku,grade\noak chair,A-1,3\n")
    return tmp_path


@pytest.mark.service
@pytest.mark.parametrize("command", COMMANDS)
def test_postgresql_is_unavailable(command: str, folder: Path) -> None:
    ended = manage(command.format(folder=folder), DATABASE_URL=UNAVAILABLE["DATABASE_URL"])
    assert ended.returncode == (NOT_CHECKED if command == "check_index" else 1)
    assert "PostgreSQL" in ended.stderr
    assert "Connection refused" in ended.stderr
    assert_explained(ended)


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("command", [COMMANDS[0], "reindex --if-needed", COMMANDS[-1]])
def test_opensearch_is_unavailable(command: str, folder: Path) -> None:
    settings = {"DATABASE_URL": database_url_of_test(), "OPENSEARCH_URL": UNAVAILABLE["OPENSEARCH_URL"]}
    ended = manage(command.format(folder=folder), **settings)
    assert ended.returncode == 1
    assert "OpenSearch" in ended.stderr
    assert_explained(ended)


@pytest.mark.unit
def test_settings_are_wrong() -> None:
    ended = manage("reindex", DEBUG="false", SECRET_KEY="short")
    assert ended.returncode == 1
    assert ended.stderr.startswith("The settings are wrong: SECRET_KEY must be set to at least 32 random characters")


@pytest.mark.service
def test_migrations_are_missing() -> None:
    """DATABASE_URL names a database without tables, not the test's own."""
    ended = manage("check_stock")
    assert ended.returncode == 1
    assert ended.stderr.startswith('The database lacks a table: relation "stores_store" does not exist')
    assert "Next step: manage.py migrate" in ended.stderr


@pytest.mark.unit
def test_traceback_option_shows_the_traceback() -> None:
    ended = manage("check_stock --traceback", DATABASE_URL=UNAVAILABLE["DATABASE_URL"])
    assert "Traceback (most recent call last)" in ended.stderr


def assert_explained(ended: "subprocess.CompletedProcess[str]") -> None:
    assert "Traceback" not in ended.stderr
    assert "a-password" not in ended.stderr
