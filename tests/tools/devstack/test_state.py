"""The folder of a stack."""

import os
import threading

import psutil
import pytest

from tests.eventually import eventually
from tools.devstack.services import State

pytestmark = pytest.mark.service


def test_command_that_waited_while_the_stack_was_removed_excludes_others(state: State) -> None:
    held, end, others = threading.Event(), threading.Event(), threading.Event()

    def wait(reached: threading.Event) -> None:
        with state.lock():
            reached.set()
            end.wait(20)

    waiting, other = (threading.Thread(target=wait, args=[reached]) for reached in (held, others))
    with state.lock():
        waiting.start()
        eventually(lambda: _opened(state) == 2)
        state.remove()
    assert held.wait(20)
    assert state.run.is_dir()
    other.start()
    eventually(lambda: _opened(state) == 2)
    assert not others.is_set()
    end.set()
    assert others.wait(20)
    for thread in (waiting, other):
        thread.join()


def _opened(state: State) -> int:
    """How often the file of the lock is open in this process."""
    return sum(file.path == str(state.folder / "lock") for file in psutil.Process(os.getpid()).open_files())
