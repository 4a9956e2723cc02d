"""What a part of the benchmark works with."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Effort:
    """How much to measure. A part that needs longer or shorter multiplies `seconds`."""

    rounds: int
    seconds: float  # one side, one round
    queries: int  # different ones, at most
    products: int
    stores: int
    stores_per_product: int
    quick: bool = False  # a smoke test: everything runs, the figures mean nothing


FULL = Effort(5, 1.5, queries=200, products=20_000, stores=1_000, stores_per_product=60)
QUICK = Effort(1, 0.3, queries=20, products=200, stores=10, stores_per_product=4, quick=True)


@dataclass(frozen=True)
class Rig:
    """A running system with a catalogue, stock and a fresh index, used only by the benchmark.

    Django is set up in the benchmark's own process for the same services: parts may call the
    project's code. `web_with` and `workers_with` start more processes with changed settings.
    """

    effort: Effort
    environment: Mapping[str, str]  # DATABASE_URL, REDIS_URL, OPENSEARCH_URL and the project's settings
    web: str  # address of the production server, with its result cache, without limits on request rates
    web_with: Callable[[Mapping[str, str]], AbstractContextManager[str]]
    workers_with: Callable[[Mapping[str, str]], AbstractContextManager[None]]  # Celery workers and beat
    catalogue: Path | None = None  # the file with the products; None: they were generated

    @property
    def database(self) -> str:
        return self.environment["DATABASE_URL"]

    @property
    def opensearch(self) -> str:
        return self.environment["OPENSEARCH_URL"]

    def workers(self) -> AbstractContextManager[None]:
        """Celery workers and beat, as in production."""
        return self.workers_with({})
