"""`./dev webhooks`: thousands of events for receivers that fail, hang, redirect and die, while workers are killed."""

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console

from tools.devstack import interrupts
from tools.devstack.deliveries.trial import SETTINGS, Plan, Trial
from tools.devstack.deliveries.verdict import judge
from tools.devstack.project import Project
from tools.devstack.services import Beat, Stack, State, Worker, running_together
from tools.devstack.throwaway import remove_abandoned

PATIENCE = 900.0  # s after the last event
NO_OPENSEARCH = {"OPENSEARCH_URL": "http://127.0.0.1:9"}  # nothing here uses it
console = Console()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("./dev webhooks", description=__doc__)
    parser.add_argument("--events", type=int, default=10_000, metavar="N", help="how many (default 10,000)")
    parser.add_argument("--seed", type=int, metavar="S", help="repeat the changes and kills of an earlier run")
    options = parser.parse_args(arguments)
    interrupts.listen()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
    console.print(f"Seed {seed}. Starting PostgreSQL, Redis, beat and two workers ...")
    with _trial(Plan(options.events, seed)) as trial:
        began = time.monotonic()
        trial.run(within=PATIENCE, watch=Progress(began))
        seconds = time.monotonic() - began
        verdict = judge(trial)
    for line in [*verdict.lines, *(f"FAILED: {failure}" for failure in verdict.failures)]:
        console.print(line, markup=False, soft_wrap=True)
    passed = f"Passed in {seconds:.0f} s: every event arrived, in the order of its subject, and none was undone."
    console.print("FAILED." if verdict.failures else passed)
    return 1 if verdict.failures else 0


@contextmanager
def _trial(plan: Plan) -> Iterator[Trial]:
    remove_abandoned()
    state = State.throwaway()
    stack = Stack(state, external=NO_OPENSEARCH, durable=False)
    try:
        stack.start()
        project = Project(stack, fetch_model=False)
        project.environment.update(SETTINGS | NO_OPENSEARCH | {"LOG_LEVEL": "INFO"})
        project.manage({"arguments": ["migrate", "--verbosity", "0"]})
        workers = [
            Worker(state, project.environment, name=f"webhooks-{number}", queues="webhooks") for number in (1, 2)
        ]
        with running_together(*workers, Beat(state, project.environment)):
            yield Trial(state, project.environment, workers, plan)
    finally:
        stack.stop()
        state.remove()


class Progress:
    """Says every few seconds how many deliveries are left."""

    EVERY = 10.0  # s

    def __init__(self, began: float) -> None:
        self._began, self._said = began, began

    def __call__(self, waiting: int) -> None:
        now = time.monotonic()
        if now - self._said >= self.EVERY:
            self._said = now
            console.print(f"{now - self._began:.0f} s: {waiting:,} deliveries are left")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
