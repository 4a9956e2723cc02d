"""The stacks of test runs, separate from the developer's own."""

from collections.abc import Iterator
from contextlib import contextmanager

from tools.devstack.errors import DevstackError
from tools.devstack.services import Stack, State

KEPT = "kept"


@contextmanager
def services_of_one_run() -> Iterator[Stack]:
    """Services that are removed at the end. Removes those of killed runs first."""
    remove_abandoned()
    with Stack.throwaway(durable=False) as stack:
        yield stack


def kept_services() -> Stack:
    """Services that keep running for the next run; `./dev down` removes them."""
    stack = Stack(State.throwaway(KEPT), durable=False)
    stack.start()
    return stack


def remove_kept() -> bool:
    """Stop and remove them; False when there were none."""
    if not (State.throwaway_folder() / KEPT).exists():
        return False
    _remove(State.throwaway(KEPT))
    return True


def remove_abandoned() -> None:
    """Stop and remove the services of runs whose process has ended without removing them."""
    for folder in State.throwaway_folder().glob("run-*"):
        state = State(folder)
        if state.abandoned:
            _remove(state)


def check_no_run() -> None:
    """DevstackError while tests use services of this checkout; those of ended runs are removed."""
    remove_abandoned()
    if running := sorted(folder.name for folder in State.throwaway_folder().glob("run-*")):
        raise DevstackError(
            f"Tests are running on services of this checkout: {', '.join(running)}.",
            "Wait until they have ended, or stop them, then run this command again.",
        )


def _remove(state: State) -> None:
    Stack(state.create(), opensearch_nodes=state.opensearch_nodes).stop()
    state.remove()
