"""A steady stream of stock changes that have to reach the index, from a process of its own.

`python -m tools.bench.stock_changes DATABASE_URL RATE` runs until it is stopped: a random row
becomes sold out, or in stock again. Like the load generator it works at fixed times, and catches up
after a stall.
"""

import itertools
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2

from tools.bench.errors import BenchError
from tools.bench.vocabulary import STORE_WITH_EVERYTHING, UNITS
from tools.devstack.state import CHECKOUT

ROWS = 5_000  # taken in turn, so that all changes together touch many products
# The store with everything keeps its stock: orders are placed there meanwhile.
SAMPLE = """
    SELECT id FROM stores_inventory
    WHERE id %% (1 + (SELECT max(id) FROM stores_inventory) / %s) = 0
        AND store_id <> (SELECT id FROM stores_store WHERE code = %s)
"""
FLIP = "UPDATE stores_inventory SET quantity = CASE quantity WHEN 0 THEN %s ELSE 0 END WHERE id = %s"


@contextmanager
def changing_stock(url: str, rate: float) -> Iterator[None]:
    """`rate` changes a second beside the block."""
    process = subprocess.Popen([sys.executable, "-m", "tools.bench.stock_changes", url, str(rate)], cwd=CHECKOUT)
    try:
        yield
        if process.poll() is not None:
            raise BenchError("the process that changes stock has ended; the reason is above")
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    url, rate = sys.argv[1], float(sys.argv[2])
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(SAMPLE, [ROWS, STORE_WITH_EVERYTHING])
        rows = [row for (row,) in cursor.fetchall()]
        random.shuffle(rows)
        start = time.perf_counter()
        for number, row in enumerate(itertools.cycle(rows)):
            time.sleep(max(0.0, start + number / rate - time.perf_counter()))
            cursor.execute(FLIP, [UNITS, row])


if __name__ == "__main__":
    main()
