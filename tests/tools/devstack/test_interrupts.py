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


def test_signal_that_is_sent_twice_interrupts_once() -> None:
    program = """
import os, signal
from tools.devstack import interrupts
interrupts.listen()
try:
    os.kill(os.getpid(), signal.SIGHUP)
except KeyboardInterrupt:
    os.kill(os.getpid(), signal.SIGHUP)
    print("stopped")
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=CHECKOUT, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "stopped\n", "")
