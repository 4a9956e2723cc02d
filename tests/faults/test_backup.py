"""The backup procedure of docs/operations.md: dump, lose the database, restore, rebuild."""

import subprocess
from pathlib import Path

import psycopg2
import pytest

from tests.faults.conftest import Trial, eventually
from tools.devstack.binaries import postgres_home
from tools.devstack.services.postgres import ROLE

pytestmark = pytest.mark.faults


def test_restored_dump_serves_orders_and_searches(trial: Trial, tmp_path: Path) -> None:
    product_id = trial.rename("Alabaster clock")
    trial.order()
    acknowledged_before = dict(trial.acknowledged)
    postgres = trial.system.stack.postgres
    run(trial, "pg_dump", "--format=custom", f"--file={tmp_path / 'dump'}", postgres.url)
    trial.rename("Changed after the dump")
    eventually(lambda: trial.finds("changed after dump", product_id))
    maintain(trial, "CREATE DATABASE restored TEMPLATE template0")
    restored = postgres.url_of("restored")
    run(trial, "pg_restore", "--no-owner", "--exit-on-error", f"--dbname={restored}", str(tmp_path / "dump"))
    assert trial.order().status == 201  # the old database serves meanwhile
    maintain(trial, f"DROP DATABASE IF EXISTS {ROLE} WITH (FORCE)")
    assert trial.order().status == 503
    maintain(trial, f"ALTER DATABASE restored RENAME TO {ROLE}")
    trial.system.project.manage({"arguments": ["reindex"]})
    trial.acknowledged = acknowledged_before
    eventually(lambda: trial.finds("alabaster", product_id))
    eventually(lambda: trial.order().status == 201)


def run(trial: Trial, program: str, *arguments: str) -> None:
    path = postgres_home(trial.system.project.state) / "bin" / program
    subprocess.run([path, *arguments], check=True, capture_output=True)


def maintain(trial: Trial, statement: str) -> None:
    """Run a statement on another database of the server."""
    connection = psycopg2.connect(trial.system.stack.postgres.url_of("postgres"))
    try:
        connection.autocommit = True
        connection.cursor().execute(statement)
    finally:
        connection.close()
