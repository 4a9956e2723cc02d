"""What devstack prints to its output and its errors."""

import os
import subprocess
import sys

import pytest

from tools.devstack.state import CHECKOUT

pytestmark = pytest.mark.unit

PROGRAM = """
from tools.devstack.console import complain, say
for step in range(3):
    say(f"step {step}")
complain("all done")
"""


def test_closed_pipe_does_not_end_the_program() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-c", PROGRAM]
    ended = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, cwd=CHECKOUT, check=False)
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (0, "all done\n")


def test_closed_terminal_does_not_end_the_program() -> None:
    terminal, writer = os.openpty()
    os.close(terminal)
    command = [sys.executable, "-c", PROGRAM]
    ended = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, text=True, cwd=CHECKOUT, check=False)
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (0, "all done\n")
