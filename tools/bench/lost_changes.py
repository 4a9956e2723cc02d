"""How many documents end up wrong in two ways to keep an index, after kills and outages.

    python -m tools.bench.lost_changes [SECONDS] [PRODUCTS] [SIDE ...]

Our own synchronisation, and the Celery signal processor of django-opensearch-dsl with its command
for the rebuild. Each side has services and workers of its own. At the end both have the time that
they need to empty their queues; then every document is compared with PostgreSQL.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tools.bench.errors import BenchError
from tools.devstack.services import Beat, Stack, Worker, running_together
from tools.devstack.state import CHECKOUT

WRITERS = 2
OUTAGE_SECONDS = 3.0
# A side is done when two comparisons COMPARE_SECONDS apart find the same, at the latest after
# QUIET_SECONDS.
QUIET_SECONDS, COMPARE_SECONDS = 60.0, 5.0
FAULTS = ("missing", "extra", "different")
STORM = ("-m", "tests.indexing.storm")


@dataclass(frozen=True)
class Side:
    """One way to keep an index up to date."""

    name: str
    settings: str
    queue: str
    alias: str
    rebuild: tuple[tuple[str, ...], ...]


OURS = Side("ours", "backend.settings", "indexing", "products", (("manage.py", "reindex"),))
THEIRS = Side(
    "django-opensearch-dsl",
    "tools.bench.dsl.settings",
    "dsl",
    "dsl-products",
    (
        ("manage.py", "opensearch", "index", "rebuild", "--force"),
        ("manage.py", "opensearch", "document", "index", "--force"),
    ),
)


class Shop:
    """The services and workers of one side."""

    def __init__(self, stack: Stack, side: Side) -> None:
        self.stack, self.side = stack, side
        self.environment: Mapping[str, str] = {
            **os.environ,
            **stack.environment(),
            "DJANGO_SETTINGS_MODULE": side.settings,
            "DEBUG": "true",
            "INDEX_PREFIX": "",
        }
        self.worker = Worker(stack.state, self.environment, name="worker", queues=side.queue, concurrency=2)
        self.beat = Beat(stack.state, self.environment)

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=CHECKOUT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BenchError(f"{self.side.name}: {' '.join(arguments)} failed:\n{done.stderr or done.stdout}")
        return done.stdout

    def launch(self, *arguments: str) -> "subprocess.Popen[bytes]":
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            [sys.executable, *arguments], cwd=CHECKOUT, env=self.environment, stdout=quiet, stderr=quiet
        )

    def rebuild(self) -> None:
        for command in self.side.rebuild:
            self.run(*command)

    def wrong(self) -> dict[str, int]:
        """How many documents are missing, extra and different."""
        found = json.loads(self.run(*STORM, "compare", self.side.alias))
        return {fault: len(found[fault]) for fault in FAULTS}


def wrong_documents(side: Side, seconds: float, products: int) -> dict[str, int]:
    """How many documents are wrong after the storm, by kind of fault."""
    with Stack.throwaway(durable=False) as stack:
        shop = Shop(stack, side)
        shop.run("manage.py", "migrate", "--verbosity", "0")
        shop.run(*STORM, "fill", str(products))
        shop.rebuild()
        with running_together(shop.worker, shop.beat):
            _storm(shop, seconds)
            end = time.monotonic() + QUIET_SECONDS
            before, now = dict[str, int](), shop.wrong()
            while time.monotonic() < end and now != before:
                time.sleep(COMPARE_SECONDS)
                before, now = now, shop.wrong()
            return now


def _storm(shop: Shop, seconds: float) -> None:
    """Changes during a rebuild, then during an outage, then while workers are killed."""
    chance = random.Random(1)
    with _changes(shop, seconds):
        shop.rebuild()
    with _changes(shop, seconds):
        shop.stack.opensearch.stop()
        time.sleep(OUTAGE_SECONDS)
        shop.stack.opensearch.start()
        shop.stack.redis.restart()
    with _changes(shop, seconds) as writers:
        while any(writer.poll() is None for writer in writers):
            time.sleep(chance.uniform(0.5, 2.0))
            shop.worker.kill()
            shop.worker.start()


@contextmanager
def _changes(shop: Shop, seconds: float) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Writers that run beside the block, which waits for their end."""
    writers = [shop.launch(*STORM, "change", str(seconds), str(seed)) for seed in range(WRITERS)]
    yield writers
    for writer in writers:
        writer.wait()


def main(seconds: str = "10", products: str = "2000", *names: str) -> None:
    for side in (OURS, THEIRS):
        if names and side.name not in names:
            continue
        wrong = wrong_documents(side, float(seconds), int(products))
        print(f"{side.name}: {sum(wrong.values())} documents wrong of about {products}: {wrong}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
