"""Calls at the same time."""

import threading
from collections.abc import Callable, Sequence


def run_together(actions: Sequence[Callable[[], object]]) -> None:
    """Run each in a thread and wait for all; raises the first error."""
    errors: list[BaseException] = []

    def run(action: Callable[[], object]) -> None:
        try:
            action()
        except BaseException as error:  # noqa: BLE001 - raised below
            errors.append(error)

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
