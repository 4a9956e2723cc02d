"""Signals end the child of a command such as `./dev test`, also when a person started it."""

import os
import signal
import subprocess
import sys

import pytest

from tools.devstack.state import CHECKOUT

pytestmark = pytest.mark.unit

PROGRAM = """
import subprocess
from tools.devstack import interrupts

class Child(subprocess.Popen):
    def wait(self, timeout=None):
        print(self.pid, flush=True)  # from here on a signal meets the wait
        return super().wait(timeout)

interrupts.listen()
print("exit code", interrupts.wait_for(Child(["sleep", "60"])))
"""


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP])
def test_signal_that_the_terminal_does_not_send_ends_the_child(sent: signal.Signals) -> None:
    terminal, stdin = os.openpty()
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT) as program:
        assert program.stdout
        child = int(program.stdout.readline())
        program.send_signal(sent)
        try:
            answer, _ = program.communicate(timeout=30)
        finally:
            program.kill()
            os.close(terminal)
            os.close(stdin)
    assert answer == f"{child}\nexit code {-signal.SIGTERM}\n"
