"""Stacks for one test run: made beside the developer's own, removed with everything in them."""

from collections.abc import Iterator
from contextlib import contextmanager

from tools.devstack.services import Stack, State

KEPT = "kept"


@contextmanager
def services_of_one_run() -> Iterator[Stack]:
    """Services that are stopped and removed at the end; those of runs that were killed go first."""
    remove_abandoned()
    with Stack.throwaway(durable=False) as stack:
        yield stack


def kept_services() -> Stack:
    """Services that outlive the run and serve the next one; `./dev down` removes them."""
    stack = Stack(State.throwaway(KEPT), durable=False)
    stack.start()
    return stack


def remove_kept() -> bool:
    """Stop and remove them; False when there were none."""
    there = (State.throwaway_folder() / KEPT).exists()
    if there:
        _remove(State.throwaway(KEPT))
    return there


def remove_abandoned() -> None:
    """Stop and remove the services of runs whose process is gone without having cleaned up."""
    for folder in State.throwaway_folder().glob("run-*"):
        state = State(folder)
        if state.abandoned:
            _remove(state)


def _remove(state: State) -> None:
    Stack(state.create(), opensearch_nodes=state.opensearch_nodes).stop()
    state.remove()
