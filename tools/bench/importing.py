"""Importing a catalogue from CSV, beside COPY of the same rows into the same table."""

import csv
import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg2

from tools.bench.dataset import generated_rows
from tools.bench.errors import BenchError
from tools.bench.figures import Measure
from tools.bench.rig import Rig
from tools.bench.rounds import Side, interleave, per_second
from tools.bench.system import database
from tools.devstack.state import CHECKOUT

COLUMNS = ("sku", "name", "brand", "category", "price", "description", "colour", "released")
COPY = """
    COPY products_product (sku, name, brand, price, description, attributes, active, popularity, updated_at)
    FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL (brand, description))
"""
FULL_ROWS, QUICK_ROWS = 20_000, 200
MOST_ROUNDS = 3
EMPTY = "TRUNCATE products_product, products_category CASCADE"


def importing(rig: Rig) -> Iterator[Measure]:
    """Into an empty database, with all indexes and triggers, start-up included."""
    with TemporaryDirectory() as folder, database(rig.database, "bench_import") as url:
        file = rig.catalogue or Path(folder) / "products.csv"
        if rig.catalogue is None:
            with file.open("w", newline="") as lines:
                writer = csv.writer(lines)
                writer.writerow(COLUMNS)
                writer.writerows(generated_rows(QUICK_ROWS if rig.effort.quick else FULL_ROWS))
        _manage(rig, url, "migrate", "--verbosity", "0")
        with file.open(newline="") as lines:
            rows = list(csv.DictReader(lines))

        def rate_of(work: Callable[[], None]) -> Side:
            def side() -> dict[str, float]:
                _execute(url, EMPTY)
                return per_second(len(rows), work)

            return side

        sides = {
            "import": rate_of(lambda: _manage(rig, url, "import_catalogue", f"--products={file}")),
            "copy": rate_of(lambda: _copy(url, rows)),
        }
        rounds = interleave(min(rig.effort.rounds, MOST_ROUNDS), sides, warm_up=False)
    yield Measure(
        f"import_catalogue / COPY, {len(rows):,} products",
        "rows/s",
        ours=rounds["import"]["per_second"],
        limit=rounds["copy"]["per_second"],
        limit_name="COPY of the same rows",
    )


def _manage(rig: Rig, url: str, *arguments: str) -> None:
    environment = {**rig.environment, "DATABASE_URL": url}
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, env=environment, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchError(f"manage.py {arguments[0]} failed: {done.stderr[-500:]}")


def _copy(url: str, rows: list[dict[str, str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([row["sku"], row["name"], row["brand"], row["price"], row["description"], "{}", "t", 0, "now"])
    text.seek(0)
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.copy_expert(COPY, text)


def _execute(url: str, statement: str) -> None:
    with closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(statement)
