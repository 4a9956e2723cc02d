"""What a part of the benchmark is given to work with."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Effort:
    """How long to measure. A part that has its own idea of `seconds` multiplies this one."""

    rounds: int
    seconds: float  # one side, one round
    queries: int  # different ones, at most
    quick: bool = False  # a smoke test: everything runs, no figure means anything


FULL = Effort(rounds=5, seconds=1.5, queries=200)
QUICK = Effort(rounds=1, seconds=0.3, queries=20, quick=True)


@dataclass(frozen=True)
class Rig:
    """A running system with a catalogue, stock and a fresh index, used by nothing but the benchmark.

    Django is set up in the benchmark's own process against the same services: parts may call the project's code.
    """

    effort: Effort
    environment: Mapping[str, str]  # DATABASE_URL, REDIS_URL, OPENSEARCH_URL and the project's settings
    web: str  # address of the production server, result cache on, no limits on request rates
    web_with: Callable[[Mapping[str, str]], AbstractContextManager[str]]  # another one, with changed settings
    workers: Callable[[], AbstractContextManager[None]]  # Celery workers and beat, as in production
    workers_with: Callable[[Mapping[str, str]], AbstractContextManager[None]]  # the same, with changed settings
    catalogue: Path | None = None  # the file that the products came from; None: they were generated

    @property
    def database(self) -> str:
        return self.environment["DATABASE_URL"]

    @property
    def opensearch(self) -> str:
        return self.environment["OPENSEARCH_URL"]
